import { expect, Page, Request } from '@playwright/test';

/** Requests of a page that have not been answered yet. */
export interface Traffic {
  pending: Set<Request>;
  /** When the last one began or ended, in milliseconds. */
  changedAt: number;
}

/** Follows a page's requests; what stays open by design does not count. */
export function follow(page: Page): Traffic {
  const traffic: Traffic = { pending: new Set(), changedAt: Date.now() };
  const end = (request: Request) => {
    if (traffic.pending.delete(request)) traffic.changedAt = Date.now();
  };
  let leaving = false;
  page.on('request', request => {
    if (request.resourceType() === 'websocket') return;
    if (request.isNavigationRequest()) leaving = true;
    traffic.pending.add(request);
    traffic.changedAt = Date.now();
  });
  // what the page before it asked for is never answered
  page.on('framenavigated', () => {
    if (leaving) traffic.pending.clear();
    leaving = false;
  });
  page.on('response', response => {
    const type = response.headers()['content-type'] ?? '';
    if (type.startsWith('text/event-stream')) end(response.request());
  });
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  return traffic;
}

/** What says that a page still waits for something. */
const WAITING = '[role="progressbar"], [aria-busy="true"]';

/**
 * Goes to a page and waits until it stands: everything asked for has been
 * answered, nothing spins, there is a heading. Answers what is wrong with it.
 *
 * @param how `load` as from a bookmark; `link` as by a click within the portal
 */
export async function visit(
  page: Page,
  traffic: Traffic,
  path: string,
  how: 'load' | 'link',
): Promise<string[]> {
  traffic.changedAt = Date.now();
  if (how === 'load') {
    await page.goto(path);
  } else {
    await page.evaluate(to => {
      window.history.pushState(null, '', to);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }, path);
  }
  return settle(page, traffic);
}

/** Waits until the page that is open stands, and answers what is wrong with it. */
export async function settle(page: Page, traffic: Traffic): Promise<string[]> {
  const problems: string[] = [];
  const state = async () => {
    if (traffic.pending.size) {
      return `waits for ${[...traffic.pending].map(r => r.url()).join(', ')}`;
    }
    if (await page.locator(WAITING).count()) return 'spins';
    if (!(await page.getByRole('heading').count())) return 'has no heading';
    if (Date.now() - traffic.changedAt < 250) return 'has only just settled';
    return 'stands';
  };
  try {
    await expect
      .poll(state, { timeout: 20_000, intervals: [50, 100, 150] })
      .toBe('stands');
  } catch {
    problems.push(`after 20 s it ${await state()}`);
  }
  const title = await page.title();
  if (!/.+ \| Fairway$/.test(title)) problems.push(`its tab says "${title}"`);
  const text = await page.evaluate(() => document.body.innerText);
  const raw = text.match(
    /.*(NotAllowedError|\bForbidden\b|Request failed with|Error: |PAGE NOT FOUND|\[object Object\]|\bNaN\b|\bundefined\b|Invalid Date).*/,
  );
  if (raw) problems.push(`it says "${raw[0].trim().slice(0, 200)}"`);
  return problems;
}

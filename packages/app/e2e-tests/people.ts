import { Browser, BrowserContext, expect, Page } from '@playwright/test';

/** What the browser complained of; a journey ends with this list empty. */
export interface Complaints {
  list: string[];
}

const OIDC = required('FAIRWAY_SANDBOX_OIDC_URL');

/** A page, signed in as a person of the seed catalog through the sandbox's sign-in. */
export async function signIn(
  browser: Browser,
  person: string,
): Promise<{ context: BrowserContext; page: Page; complaints: Complaints }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = watch(page);
  await page.goto('/');
  await chooseOnSignInPage(page, person);
  await expect(
    page.getByRole('heading', { name: `Hello, ${titleOf(person)}` }),
  ).toBeVisible({ timeout: 30_000 });
  return { context, page, complaints };
}

/** Waits to be sent to the sandbox's sign-in, and presses a person's button. */
export async function chooseOnSignInPage(page: Page, person: string) {
  await page.waitForURL(`${OIDC}/interaction/*`, { timeout: 30_000 });
  await page
    .getByRole('button', { name: new RegExp(` ?${person} · `) })
    .click();
}

/** As the portal calls a person: `on-call` is On Call. */
export function titleOf(person: string): string {
  return person
    .split('-')
    .map(word => word[0].toUpperCase() + word.slice(1))
    .join(' ');
}

/** A token for the API, of whoever is signed in on a page. */
export function tokenOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const response = await fetch(
      '/api/auth/oidc/refresh?optional&env=development',
      { headers: { 'x-requested-with': 'XMLHttpRequest' } },
    );
    const session = await response.json();
    return session.backstageIdentity.token;
  });
}

/** Collects errors of the console, exceptions and failed requests. */
export function watch(page: Page): Complaints {
  const complaints: Complaints = { list: [] };
  page.on('console', message => {
    if (message.type() === 'error') {
      complaints.list.push(
        `console: ${message.text()} ${message.location().url}`,
      );
    }
  });
  page.on('pageerror', error =>
    complaints.list.push(`exception: ${error.message}`),
  );
  page.on('response', response => {
    if (response.status() >= 400) {
      complaints.list.push(`HTTP ${response.status()} ${response.url()}`);
    }
  });
  return complaints;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run ./fairway e2e`);
  return value;
}

import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../../launcher/paths.mjs';
import { VIEWER } from '../lib/rig.mjs';

const PATIENCE_MS = 60_000;

/**
 * As tall as the rows of one platform: the board keeps only those in the DOM
 * that are in sight.
 */
const TALL = { width: 1440, height: 8000 };

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The board in a browser, signed in at the sandbox.
 *
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ chromium: string, system?: string, viewport?: { width: number, height: number } }} options
 *   `chromium`: the executable; `system`: of one platform only
 */
export async function openBoard(rig, options) {
  const { chromium: executablePath, system, viewport = TALL } = options;
  const require = createRequire(path.join(ROOT, 'package.json'));
  const { chromium } = require('@playwright/test');
  const browser = await chromium.launch({ executablePath, args: ARGS });
  try {
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(rig.portal.url);
    await page.waitForURL(`${rig.sandboxUrl(5)}/interaction/*`);
    await page
      .getByRole('button', { name: new RegExp(` ?${VIEWER} · `) })
      .click();
    await page.waitForURL(url => url.href.startsWith(rig.portal.url));
    await page.goto(
      `${rig.portal.url}/environments${system ? `?platform=${system}` : ''}`,
    );
    await page.locator('[data-cell]').first().waitFor();
    return {
      page,
      offsetMs: await clockOffset(page),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

const CLOCK_LOOKS = 20;

/**
 * By how much the page's clock is ahead of this process's, milliseconds: from
 * the quickest of some looks, so it is wrong by less than half of that.
 */
async function clockOffset(page) {
  let best = { took: Infinity, offset: 0 };
  for (let look = 0; look < CLOCK_LOOKS; look++) {
    const before = now();
    const there = await page.evaluate(
      () => performance.timeOrigin + performance.now(),
    );
    const after = now();
    const took = after - before;
    if (took < best.took) best = { took, offset: there - (before + after) / 2 };
  }
  return best.offset;
}

/** Milliseconds since the epoch with fraction, on the clock of this process. */
export function now() {
  return performance.timeOrigin + performance.now();
}

/**
 * Waits, in the page, until a cell shows something, and answers when the frame
 * with it had been drawn, on this process's clock.
 *
 * @param {Awaited<ReturnType<typeof openBoard>>} board
 * @param {{ key: string, version?: string, state?: string, patienceMs: number }} wanted
 *   `version` anywhere in the cell, also in what it tells when pointed at;
 *   `state` as the cell's state
 * @returns {Promise<number | undefined>} undefined when it was not seen in time
 */
export async function whenSeen({ page, offsetMs }, wanted) {
  // a page that is gone shows nothing
  const at = await page.evaluate(awaitInPage, wanted).catch(() => null);
  return at === null ? undefined : at - offsetMs;
}

// runs in the page
function awaitInPage({ key, version, state, patienceMs }) {
  const whole =
    version &&
    new RegExp(
      `(^|[^0-9.])${version.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^0-9.])`,
    );
  const isThere = () => {
    const cell = document.querySelector(`[data-cell="${CSS.escape(key)}"]`);
    if (!cell) return false;
    if (whole && !whole.test(cell.outerHTML)) return false;
    return !state || cell.getAttribute('data-state') === state;
  };
  return new Promise(resolve => {
    let observer;
    let timer;
    const end = at => {
      observer.disconnect();
      clearTimeout(timer);
      resolve(at);
    };
    let found = false;
    const look = () => {
      if (found || !isThere()) return;
      found = true;
      // the next frame draws it; what comes after has it on the screen
      requestAnimationFrame(() =>
        setTimeout(() => end(performance.timeOrigin + performance.now())),
      );
    };
    observer = new MutationObserver(look);
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    timer = setTimeout(() => end(null), patienceMs);
    look();
  });
}

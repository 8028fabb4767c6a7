import { median, percentile } from '../lib/statistics.mjs';
import { openBoard } from './openBoard.mjs';

/** A window as people have it: the board keeps only what is in sight in the DOM. */
const VIEWPORT = { width: 1440, height: 900 };

/** Times that all is typed and scrolled. */
const ROUNDS = 5;

/** What is typed into the search, letter by letter, and taken away again. */
const WORDS = ['orders', 'generated-01', 'api'];
/** From letter to letter; a quick typist needs as long. */
const TYPING_MS = 120;

/** Turns of the wheel, down and up again, and how far each goes. */
const TURNS = 60;
const TURN_PX = 900;
const TURN_MS = 50;

/** Until the page has done what its start brings. */
const QUIET_MS = 3000;

/**
 * How the board of the largest size answers to hands: from a key in the search
 * until the next frame was drawn (the browser's own event timing, which tells of
 * what takes 16 ms and more), and the longest task while it is scrolled. A browser
 * without a graphics processor draws on the same processors and holds single tasks up,
 * so each figure is the median over some rounds.
 *
 * @see https://web.dev/articles/inp
 * @param {import('../lib/rig.mjs').Rig} rig
 * @param {{ chromium: string, note: (text: string) => void }} options
 */
export async function measureHandling(rig, { chromium, note }) {
  note('opening the board');
  const board = await openBoard(rig, { chromium, viewport: VIEWPORT });
  try {
    const { page } = board;
    await page.waitForTimeout(QUIET_MS);
    await page.evaluate(observe);
    const grid = page.getByRole('grid');
    const rows = Number(await grid.getAttribute('aria-rowcount'));
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) {
      note(`typing over ${rows} rows, ${round} of ${ROUNDS}`);
      const keys = await type(page);
      const typed = await page.evaluate(() => window.fairwayBench.take());
      note(`scrolling ${rows} rows, ${round} of ${ROUNDS}`);
      await scroll(page, grid);
      const scrolled = await page.evaluate(() => window.fairwayBench.take());
      rounds.push(toFigures(keys, typed, scrolled));
    }
    const middle = key => median(rounds.map(round => round[key]));
    return {
      rows,
      inpMs: middle('inpMs'),
      longestScrollTaskMs: middle('longestScrollTaskMs'),
      rounds,
    };
  } finally {
    await board.close();
  }
}

function toFigures(keys, typed, scrolled) {
  // those that are not told of took less than 16 ms
  const interactions = [
    ...typed.interactions,
    ...Array(Math.max(0, keys - typed.interactions.length)).fill(0),
  ];
  return {
    keys,
    inpMs: percentile(interactions, 0.98),
    longestTypingTaskMs: Math.max(0, ...typed.tasks),
    longestScrollTaskMs: Math.max(0, ...scrolled.tasks),
    longScrollTasks: scrolled.tasks.length,
  };
}

async function type(page) {
  const search = page.getByRole('searchbox', { name: 'Search services' });
  await search.click();
  let keys = 0;
  const press = async key => {
    await page.keyboard.press(key);
    keys += 1;
    await page.waitForTimeout(TYPING_MS);
  };
  for (const word of WORDS) {
    for (const letter of word) await press(letter);
    for (const _ of word) await press('Backspace');
  }
  await page.waitForTimeout(QUIET_MS);
  return keys;
}

async function scroll(page, grid) {
  const box = await grid.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const way of [1, -1]) {
    for (let turn = 0; turn < TURNS; turn++) {
      await page.mouse.wheel(0, way * TURN_PX);
      await page.waitForTimeout(TURN_MS);
    }
  }
  await page.waitForTimeout(TURN_MS);
}

// runs in the page
function observe() {
  let longest = new Map();
  let tasks = [];
  new PerformanceObserver(list => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (!interactionId) continue;
      const known = longest.get(interactionId) ?? 0;
      longest.set(interactionId, Math.max(known, duration));
    }
  }).observe({ type: 'event', durationThreshold: 16 });
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask' });
  window.fairwayBench = {
    take() {
      const taken = { interactions: [...longest.values()], tasks };
      longest = new Map();
      tasks = [];
      return taken;
    },
  };
}

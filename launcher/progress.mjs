import { isStopping } from './interrupt.mjs';

/**
 * Runs one step and prints one line for it, with the time it took. On a
 * terminal the line is there from the beginning and its seconds run; elsewhere
 * it is printed once, at the end.
 *
 * @template T
 * @param {string} name
 * @param {(note: (text: string) => void) => Promise<T>} run `note` sets the
 *   words that stand behind the name
 * @param {{ isTTY?: boolean, columns?: number, write(text: string): void }} [out]
 * @returns {Promise<T>}
 */
export async function step(name, run, out = process.stdout) {
  const started = performance.now();
  let text = '';
  const live = out.isTTY;
  const draw = () =>
    out.write(CLEAR + line(name, started, text).slice(0, width(out)));
  const timer = live ? setInterval(draw, 200) : undefined;
  const finish = () => {
    clearInterval(timer);
    out.write(`${live ? CLEAR : ''}${line(name, started, text)}\n`);
  };
  try {
    const result = await run(words => {
      text = words;
    });
    finish();
    return result;
  } catch (error) {
    text = isStopping() ? 'stopped' : 'failed';
    finish();
    throw error;
  }
}

const CLEAR = '\r\u001b[2K';

// a line that wraps could not be drawn over
function width({ columns }) {
  return (columns || 80) - 1;
}

function line(name, started, text) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return `  ${name.padEnd(14)} ${`${seconds} s`.padStart(
    8,
  )}  ${text}`.trimEnd();
}

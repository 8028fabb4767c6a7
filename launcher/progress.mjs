/**
 * Runs one step and prints one line for it, with the time it took.
 *
 * @template T
 * @param {string} name
 * @param {(note: (text: string) => void) => Promise<T>} step `note` sets the
 *   words that stand behind the name
 * @returns {Promise<T>}
 */
export async function step(name, run) {
  const started = performance.now();
  let text = '';
  try {
    const result = await run(words => {
      text = words;
    });
    line(name, started, text);
    return result;
  } catch (error) {
    line(name, started, 'failed');
    throw error;
  }
}

function line(name, started, text) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `  ${name.padEnd(14)} ${`${seconds} s`.padStart(8)}  ${text}\n`,
  );
}

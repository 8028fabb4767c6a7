const PATIENCE_MS = 40_000;
const EVERY_MS = 100;

/**
 * Asks again and again until something is so.
 *
 * @param what - completes "it was not so that ..."
 */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += EVERY_MS) {
    if (await isSo()) return;
    await new Promise(resolve => setTimeout(resolve, EVERY_MS));
  }
  throw new Error(`In ${PATIENCE_MS / 1000} s it was not so that ${what}`);
}

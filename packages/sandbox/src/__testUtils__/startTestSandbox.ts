import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sandbox, SandboxOptions, startSandbox } from '../startSandbox';

/** A sandbox on free ports with its state in a temporary folder that `close` removes. */
export async function startTestSandbox(
  options: Partial<SandboxOptions> = {},
): Promise<Sandbox> {
  const dataDir =
    options.dataDir ?? mkdtempSync(join(tmpdir(), 'sandbox-test-'));
  const sandbox = await startSandbox({
    only: ['github'],
    speed: 50,
    ...options,
    dataDir,
  });
  return {
    ...sandbox,
    async close() {
      await sandbox.close();
      if (!options.dataDir) {
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
  };
}

/** Asks again until the answer is not undefined. */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`nothing came about within ${timeoutMs} ms`);
    }
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

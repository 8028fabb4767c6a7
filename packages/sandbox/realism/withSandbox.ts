import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sandbox, startSandbox } from '../src/startSandbox';

// What takes minutes in AWS takes seconds; waiters still have to wait.
const SPEED = 50;

/** Runs something against a sandbox of its own, AWS alone, and removes both afterwards. */
export async function withSandbox<T>(
  run: (sandbox: Sandbox, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-realism-'));
  try {
    const sandbox = await startSandbox({
      dataDir: join(folder, 'data'),
      only: ['aws'],
      speed: SPEED,
    });
    try {
      return await run(sandbox, folder);
    } finally {
      await sandbox.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

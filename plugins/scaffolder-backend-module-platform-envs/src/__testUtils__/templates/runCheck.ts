import { spawnSync } from 'node:child_process';
import { Proof } from './readTemplates';

/** How a check of a template ended. */
export type CheckResult =
  | { status: 'passed' }
  | { status: 'failed'; output: string }
  | { status: 'notProved'; missing: string[] };

/** Whether a program is on PATH. */
export function isThere(program: string): boolean {
  return (
    spawnSync('sh', ['-c', `command -v -- ${program}`], { stdio: 'ignore' })
      .status === 0
  );
}

/** Runs a check of a `proof.yaml` in a rendered repository. */
export function runCheck(
  check: Proof['checks'][number],
  folder: string,
): CheckResult {
  const missing = check.needs.filter(program => !isThere(program));
  if (missing.length) return { status: 'notProved', missing };
  const { status, stdout, stderr, error } = spawnSync(
    'sh',
    ['-euc', check.run],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: check.timeoutSeconds * 1_000,
      env: { ...process.env, CI: '1' },
    },
  );
  return status === 0
    ? { status: 'passed' }
    : { status: 'failed', output: `${error ?? ''}${stdout}${stderr}` };
}

import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, its output shown.
 *
 * @returns its exit code
 * @throws Error - there is no such program.
 */
export function runCommand(
  command: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', code => resolve(code ?? 1));
  });
}

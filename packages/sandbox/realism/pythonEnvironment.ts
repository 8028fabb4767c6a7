import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './runCommand';

/**
 * Makes a virtual environment with what a requirements file pins, unless the
 * folder holds one.
 *
 * @returns the folder of its programs
 * @throws Error - python3 or one of the packages cannot be had.
 */
export async function pythonEnvironment(
  folder: string,
  requirements: string,
): Promise<string> {
  const bin = join(folder, 'bin');
  if (!existsSync(join(bin, 'python'))) {
    await succeed('python3', ['-m', 'venv', folder]);
  }
  await succeed(join(bin, 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ]);
  return bin;
}

async function succeed(command: string, args: string[]): Promise<void> {
  const code = await runCommand(command, args);
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  }
}

import { spawnSync } from 'node:child_process';
import { Problem } from '../problem.mjs';

/** The sandbox serves repositories through git itself. @throws Problem when there is none */
export function requireGit() {
  const version = gitVersion();
  if (!version) {
    throw new Problem(
      'git is not on the PATH; the sandbox and promotions need it.',
      'install git 2.30 or newer, then run this again.',
    );
  }
}

/** `2.39.5`, or undefined when there is no git. */
export function gitVersion() {
  const { status, stdout } = spawnSync('git', ['--version'], {
    encoding: 'utf8',
  });
  return status === 0 ? /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] : undefined;
}

import { spawnSync } from 'node:child_process';
import { Problem } from '../problem.mjs';

const OLDEST = [2, 30];

/**
 * The sandbox serves repositories through git itself.
 *
 * @throws Problem when there is none, or one that is too old
 */
export function requireGit() {
  const complaint = judgeGit(gitVersion());
  if (complaint) {
    throw new Problem(
      `git is ${complaint}; the sandbox and promotions need it.`,
      `install git ${OLDEST.join('.')} or newer, then run this again.`,
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

/** What is wrong with a version of git; undefined when it will do. */
export function judgeGit(version) {
  if (!version) return 'not on the PATH';
  const [major, minor] = version.split('.').map(Number);
  const fits = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return fits ? undefined : `${version}, older than ${OLDEST.join('.')}`;
}

/** Something that a person can mend: what is wrong, and the next step. */
export class Problem extends Error {
  /**
   * @param {string} message what is wrong, naming the thing
   * @param {string} nextStep what to do about it
   */
  constructor(message, nextStep) {
    super(message);
    this.nextStep = nextStep;
  }
}

const FILE_ERRORS = {
  ENOSPC: ['The disk is full', 'make room, then run this again.'],
  EDQUOT: ['The disk quota is used up', 'make room, then run this again.'],
  EROFS: [
    'The disk is read-only',
    'use a checkout on a disk that can be written.',
  ],
  EACCES: [
    'There is no right to write',
    'make the checkout yours ("ls -ld" shows whose it is), or run this as its owner.',
  ],
  EPERM: [
    'There is no right to change',
    'make the checkout yours ("ls -ld" shows whose it is), or run this as its owner.',
  ],
};

/**
 * The same error, as a Problem when it is about the disk.
 *
 * @param {Error & { code?: string, path?: string }} error
 * @returns {Error}
 */
export function asProblem(error) {
  const known = error?.syscall && FILE_ERRORS[error.code];
  if (!known) return error;
  const [what, nextStep] = known;
  return new Problem(
    `${what} (${error.code}${error.path ? `, ${error.path}` : ''}).`,
    nextStep,
  );
}

/** @param {Problem} problem */
export function printProblem(problem) {
  process.stderr.write(
    `\n${problem.message}\nNext step: ${problem.nextStep}\n`,
  );
}

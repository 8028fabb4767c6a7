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

/** @param {Problem} problem */
export function printProblem(problem) {
  process.stderr.write(
    `\n${problem.message}\nNext step: ${problem.nextStep}\n`,
  );
}

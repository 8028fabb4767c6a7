import { InputError } from '@backstage/errors';

/** A file that cannot be read or edited without guessing; names file and line. */
export class OverlayError extends InputError {
  constructor(
    readonly path: string,
    readonly line: number | undefined,
    problem: string,
  ) {
    super(`${path}${line ? `:${line}` : ''}: ${problem}`);
  }
}

import { ServiceUnavailableError } from '@backstage/errors';

/**
 * What an issuer said of itself, asked for again after it could not be asked.
 *
 * It is asked when this is made, and from then on only when somebody needs the
 * answer and the last attempt failed; who comes meanwhile waits for the same
 * attempt.
 */
export class Discovery<C extends { promise: Promise<unknown> }> {
  readonly #issuer: string;
  readonly #begin: () => C;
  #context: C;
  #hasFailed = false;

  /**
   * @param issuer - its address, for messages
   * @param begin - starts to ask; `promise` settles with the answer
   */
  constructor(issuer: string, begin: () => C) {
    this.#issuer = issuer;
    this.#begin = begin;
    this.#context = this.#ask();
  }

  /** @throws ServiceUnavailableError - the issuer still cannot be asked. */
  async ready(): Promise<C> {
    if (this.#hasFailed) this.#context = this.#ask();
    const context = this.#context;
    try {
      await context.promise;
    } catch (error) {
      throw new ServiceUnavailableError(
        `The identity provider cannot be asked how to sign in (${
          this.#issuer
        }): try again in a moment; if it stays, see that the portal reaches that address`,
        error,
      );
    }
    return context;
  }

  #ask(): C {
    this.#hasFailed = false;
    const context = this.#begin();
    context.promise.catch(() => {
      this.#hasFailed = true;
    });
    return context;
  }
}

/**
 * Runs rounds, one at a time. What is asked for during a round leads to one
 * more after it, however often, so that nothing that came in between is missed.
 */
export class Rounds {
  #running?: Promise<void>;
  #again = false;
  #stopped = false;

  /** @param round - one round; when it throws, those who wait are told, and no further round follows it */
  constructor(private readonly round: () => Promise<void>) {}

  /** Resolves when a round has ended that began no earlier than this call, or the last before {@link stop}. */
  async run(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#repeat().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Lets the present round end and begins no other after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => {});
  }

  async #repeat(): Promise<void> {
    do {
      this.#again = false;
      await this.round();
    } while (this.#again && !this.#stopped);
  }
}

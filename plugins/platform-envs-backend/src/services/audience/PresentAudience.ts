import { Audience } from '@fairway/plugin-platform-envs-node';

/** Who read a page counts as there for so long: an open one asks again when something changed. */
const LINGER_MS = 2 * 60_000;

/**
 * Who looks at this replica: open streams, and whoever read something within
 * the last two minutes. What has to be followed with nobody looking, such as a
 * promotion under way, counts as a reader, too.
 */
export class PresentAudience implements Audience {
  readonly #now: () => Date;
  readonly #listeners = new Set<() => void>();
  #staying = 0;
  #cameAt = -Infinity;
  #lastAt = -Infinity;

  constructor(options: { now?: () => Date } = {}) {
    this.#now = options.now ?? (() => new Date());
  }

  get since(): number | undefined {
    return this.#isThere() ? this.#cameAt : undefined;
  }

  onArrival(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody reads something now. */
  read(): void {
    const wasThere = this.#isThere();
    this.#lastAt = this.#now().getTime();
    if (wasThere) return;
    this.#cameAt = this.#lastAt;
    for (const listener of this.#listeners) listener();
  }

  /** Somebody stays until the function that this returns is called. */
  stay(): () => void {
    this.read();
    this.#staying += 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#staying -= 1;
      this.#lastAt = this.#now().getTime();
    };
  }

  #isThere(): boolean {
    return (
      this.#staying > 0 || this.#now().getTime() - this.#lastAt < LINGER_MS
    );
  }
}

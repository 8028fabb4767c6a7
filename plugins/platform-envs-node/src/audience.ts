/**
 * Whether somebody looks at what sources say, so that what nobody sees need
 * not be asked for.
 *
 * @public
 */
export interface Audience {
  /** Since when somebody has been there without a pause, milliseconds since 1970; undefined while nobody is. */
  readonly since: number | undefined;
  /** Calls back when somebody comes after nobody was there. Returns the way to stop that. */
  onArrival(listener: () => void): () => void;
}

/** How often something is asked, in milliseconds. @public */
export interface PaceIntervals {
  /** While somebody looks. */
  activeMs: number;
  /** While nobody does. */
  idleMs: number;
}

/** A timer that fires a little early must not cost a whole round. */
const EARLY = 0.1;

/** So many rounds may pass without an answer before something must be wrong. */
const MISSED_ROUNDS = 3;

/**
 * When a source is to be asked again: soon while somebody looks, seldom while
 * nobody does. Without an audience it is as if somebody always looked.
 *
 * @public
 */
export class Pace {
  #audience?: Pick<Audience, 'since'>;
  readonly #now: () => Date;

  constructor(
    private readonly intervals: PaceIntervals,
    options: { audience?: Pick<Audience, 'since'>; now?: () => Date } = {},
  ) {
    this.#audience = options.audience;
    this.#now = options.now ?? (() => new Date());
  }

  /** Goes by this audience from now on. */
  attend(audience: Pick<Audience, 'since'>): void {
    this.#audience = audience;
  }

  /** Whether somebody looks. */
  get isActive(): boolean {
    return this.#since !== undefined;
  }

  /** Milliseconds from one question to the next, as things stand. */
  get intervalMs(): number {
    const { activeMs, idleMs } = this.intervals;
    return this.isActive ? activeMs : Math.max(idleMs, activeMs);
  }

  /** Whether what was asked then (milliseconds since 1970; never when undefined) is to be asked now. */
  isDue(askedAtMs: number | undefined): boolean {
    if (askedAtMs === undefined) return true;
    return this.#nowMs - askedAtMs >= this.intervalMs * (1 - EARLY);
  }

  /**
   * Milliseconds that an answer may be old before its source counts as silent.
   * What grew old because nobody looked has the time of some rounds to be
   * asked again.
   */
  get patienceMs(): number {
    const since = this.#since;
    const activeMs = MISSED_ROUNDS * this.intervals.activeMs;
    return since !== undefined && this.#nowMs - since >= activeMs
      ? activeMs
      : Math.max(MISSED_ROUNDS * this.intervals.idleMs, activeMs);
  }

  get #since(): number | undefined {
    return this.#audience ? this.#audience.since : 0;
  }

  get #nowMs(): number {
    return this.#now().getTime();
  }
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { Pace, SourceCondition } from '@fairway/plugin-platform-envs-node';
import { conditionAfter, failureOf } from './condition';

/** What is asked, and how often. */
export interface PolledSourceOptions {
  /** What a person calls it. */
  title: string;
  /** Logged when it begins to fail. */
  complaint: string;
  /** How often it is asked, and how old its word may be before it is stale. */
  pace: Pace;
  logger: LoggerService;
  now: () => Date;
}

/** How it goes with a source that is asked again and again: one reading at a time, each failure told once. */
export class PolledSource {
  readonly #stop = new AbortController();
  #observedAt?: string;
  #askedAtMs?: number;
  #failure?: SourceCondition;
  #reading?: Promise<void>;

  constructor(private readonly options: PolledSourceOptions) {}

  /** Aborts when the feed is stopped. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** How far it can be relied on now. */
  get condition(): SourceCondition {
    const { now, pace } = this.options;
    return conditionAfter(this.#observedAt, this.#failure, {
      nowMs: now().getTime(),
      patienceMs: pace.patienceMs,
    });
  }

  /** Whether it is being asked at this moment. */
  get isBeingRead(): boolean {
    return this.#reading !== undefined;
  }

  /** It answered, if only in part. */
  heard(): void {
    this.#observedAt = this.options.now().toISOString();
  }

  /** Asks when it is due. Never throws; who asks while a reading runs gets that one. */
  poll(read: () => Promise<void>): Promise<void> {
    if (this.#reading) return this.#reading;
    const { pace, now } = this.options;
    if (!pace.isDue(this.#askedAtMs)) return Promise.resolve();
    this.#askedAtMs = now().getTime();
    this.#reading = this.#attempt(read).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #attempt(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.#failure = undefined;
    } catch (error) {
      if (this.signal.aborted) return;
      const failure = failureOf(error);
      if (failure.message !== this.#failure?.message) {
        const { logger, complaint, title } = this.options;
        logger.warn(complaint, { source: title, reason: failure.message });
      }
      this.#failure = failure;
    }
  }
}

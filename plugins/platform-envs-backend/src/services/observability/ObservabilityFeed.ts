import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ObservabilitySource,
  ObservedThings,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { conditionAfter, failureOf } from './condition';

/** What a feed needs. */
export interface ObservabilityFeedOptions {
  source: ObservabilitySource;
  /** How often it is polled; what is older than some of these is stale. */
  intervalMs: number;
  logger: LoggerService;
  now: () => Date;
}

/** Keeps the dashboards and alerts of one source; what it said last stays when it falls silent. */
export class ObservabilityFeed {
  readonly source: ObservabilitySource;
  readonly #options: ObservabilityFeedOptions;
  readonly #stop = new AbortController();
  #things?: ObservedThings;
  #observedAt?: string;
  #failure?: SourceCondition;
  #reading?: Promise<void>;

  constructor(options: ObservabilityFeedOptions) {
    this.#options = options;
    this.source = options.source;
  }

  /** Undefined until it answered. */
  get things(): ObservedThings | undefined {
    return this.#things;
  }

  /** How far it can be relied on now. */
  get condition(): SourceCondition {
    const { now, intervalMs } = this.#options;
    return conditionAfter(this.#observedAt, this.#failure, {
      nowMs: now().getTime(),
      intervalMs,
    });
  }

  /** Asks again. Never throws; one reading at a time. */
  poll(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #read(): Promise<void> {
    const { source, now, logger } = this.#options;
    try {
      this.#things = await source.read(this.#stop.signal);
      this.#observedAt = now().toISOString();
      this.#failure = undefined;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const failure = failureOf(error);
      if (failure.message !== this.#failure?.message) {
        logger.warn('Dashboards and alerts cannot be read', {
          source: source.title,
          reason: failure.message,
        });
      }
      this.#failure = failure;
    }
  }
}

import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ObservabilitySource,
  ObservedThings,
  Pace,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { PolledSource } from './PolledSource';

/** What a feed needs. */
export interface ObservabilityFeedOptions {
  source: ObservabilitySource;
  /** How often it is asked, and how old its word may be before it is stale. */
  pace: Pace;
  logger: LoggerService;
  now: () => Date;
}

/** Keeps the dashboards and alerts of one source; what it said last stays when it falls silent. */
export class ObservabilityFeed {
  readonly source: ObservabilitySource;
  readonly #polled: PolledSource;
  #things?: ObservedThings;

  constructor(options: ObservabilityFeedOptions) {
    this.source = options.source;
    this.#polled = new PolledSource({
      ...options,
      title: options.source.title,
      complaint: 'Dashboards and alerts cannot be read',
    });
  }

  /** Undefined until it answered. */
  get things(): ObservedThings | undefined {
    return this.#things;
  }

  /** How far it can be relied on now. */
  get condition(): SourceCondition {
    return this.#polled.condition;
  }

  /** Whether it is being asked at this moment. */
  get isBeingRead(): boolean {
    return this.#polled.isBeingRead;
  }

  /** Asks again, when that is due. Never throws; one reading at a time. */
  poll(): Promise<void> {
    return this.#polled.poll(async () => {
      this.#things = await this.source.read(this.#polled.signal);
      this.#polled.heard();
    });
  }

  stop(): void {
    this.#polled.stop();
  }
}

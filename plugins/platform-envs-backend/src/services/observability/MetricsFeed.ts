import { LoggerService } from '@backstage/backend-plugin-api';
import {
  MetricsRange,
  MetricsSource,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { conditionAfter, failureOf } from './condition';
import { RequestHistory } from './RequestHistory';

/** One value a minute, as Prometheus is asked. */
export const STEP_MS = 60_000;
/** What people look at after a deployment. */
export const WINDOW_MS = 3 * 60 * 60_000;
/** The first answers come in parts, newest first: one of all would stall the process. */
const PART_MS = 30 * 60_000;
/** The newest minutes are asked for again: samples arrive late. */
const OVERLAP_MS = 2 * STEP_MS;

/** What a feed needs. */
export interface MetricsFeedOptions {
  source: MetricsSource;
  /** How often it is polled; what is older than some of these is stale. */
  intervalMs: number;
  logger: LoggerService;
  now: () => Date;
}

/**
 * Keeps the last three hours of request figures from one source. The first
 * time it asks for all of them in parts, later only for what is new.
 */
export class MetricsFeed {
  readonly source: MetricsSource;
  readonly history = new RequestHistory(STEP_MS, WINDOW_MS / STEP_MS + 1);
  readonly #options: MetricsFeedOptions;
  readonly #stop = new AbortController();
  #observedAt?: string;
  #failure?: SourceCondition;
  /** How far back is known without a hole. */
  #knownFromMs?: number;
  #reading?: Promise<void>;

  constructor(options: MetricsFeedOptions) {
    this.#options = options;
    this.source = options.source;
  }

  /** How far it can be relied on now. */
  get condition(): SourceCondition {
    const { now, intervalMs } = this.#options;
    return conditionAfter(this.#observedAt, this.#failure, {
      nowMs: now().getTime(),
      intervalMs,
    });
  }

  /** Asks for what is new. Never throws; one reading at a time. */
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
    const { now, source, logger } = this.#options;
    const nowMs = now().getTime();
    const endMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const windowMs = endMs - WINDOW_MS;
    try {
      const lastMs = this.history.endMs;
      if (lastMs === undefined) {
        await this.#readBack(windowMs, endMs);
      } else {
        await this.#readOn(Math.max(lastMs - OVERLAP_MS, windowMs), endMs);
        // what could not be had at first
        const knownMs = this.#knownFromMs ?? lastMs;
        if (knownMs > windowMs) {
          await this.#readBack(windowMs, knownMs - STEP_MS);
        }
      }
      this.#failure = undefined;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const failure = failureOf(error);
      if (failure.message !== this.#failure?.message) {
        logger.warn('Request metrics cannot be read', {
          source: source.title,
          reason: failure.message,
        });
      }
      this.#failure = failure;
    }
  }

  /** From the newest part to the oldest, so that the present is known first. */
  async #readBack(fromMs: number, toMs: number): Promise<void> {
    for (let endMs = toMs; endMs >= fromMs; endMs -= PART_MS) {
      const startMs = Math.max(fromMs, endMs - PART_MS + STEP_MS);
      await this.#readPart(startMs, endMs);
      this.#knownFromMs = startMs;
    }
  }

  /** From the oldest part to the newest, so that a failure leaves no hole behind. */
  async #readOn(fromMs: number, toMs: number): Promise<void> {
    for (let startMs = fromMs; startMs <= toMs; startMs += PART_MS) {
      const endMs = Math.min(toMs, startMs + PART_MS - STEP_MS);
      await this.#readPart(startMs, endMs);
    }
  }

  async #readPart(startMs: number, endMs: number): Promise<void> {
    const range: MetricsRange = { startMs, endMs, stepMs: STEP_MS };
    const measured = await this.source.readRequests(range, this.#stop.signal);
    this.history.put(startMs, endMs, measured);
    this.#observedAt = this.#options.now().toISOString();
  }
}

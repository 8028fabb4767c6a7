import { setTimeout as sleep } from 'node:timers/promises';
import { LoggerService } from '@backstage/backend-plugin-api';
import {
  MetricsRange,
  MetricsSource,
  Pace,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { PolledSource } from './PolledSource';
import { RequestHistory } from './RequestHistory';

/** One value a minute, as Prometheus is asked. */
export const STEP_MS = 60_000;
/** What people look at after a deployment. */
export const WINDOW_MS = 3 * 60 * 60_000;
/** The first answers come in parts, newest first: one of all would stall the process. */
const PART_MS = 10 * 60_000;
/** A part that takes no longer is nobody's trouble. */
const EASY_MS = 300;
/**
 * So many times as much as a part took longer, the next one is waited with: one
 * answer in 25 to somebody else meets it. Of 500 services three hours are there
 * after some five minutes, of 50 at once.
 */
const REST = 24;
/** The newest minutes are asked for again: samples arrive late. */
const OVERLAP_MS = 2 * STEP_MS;

/** What a feed needs. */
export interface MetricsFeedOptions {
  source: MetricsSource;
  /** How often it is asked, and how old its word may be before it is stale. */
  pace: Pace;
  logger: LoggerService;
  now: () => Date;
}

/**
 * Keeps the last three hours of request figures from one source. The first
 * time it asks for all of them in parts, with rests between them and the present
 * first, later only for what is new.
 */
export class MetricsFeed {
  readonly source: MetricsSource;
  readonly history = new RequestHistory(STEP_MS, WINDOW_MS / STEP_MS + 1);
  readonly #now: () => Date;
  readonly #pace: Pace;
  readonly #polled: PolledSource;
  /** Between two parts of the past. */
  #isResting = false;
  /** How far back is known without a hole. */
  #knownFromMs?: number;

  constructor(options: MetricsFeedOptions) {
    this.source = options.source;
    this.#now = options.now;
    this.#pace = options.pace;
    this.#polled = new PolledSource({
      ...options,
      title: options.source.title,
      complaint: 'Request metrics cannot be read',
    });
  }

  /** How far it can be relied on now. */
  get condition(): SourceCondition {
    return this.#polled.condition;
  }

  /** Whether it is being asked for the present at this moment. */
  get isBeingRead(): boolean {
    return this.#polled.isBeingRead && !this.#isResting;
  }

  /** Asks for what is new, when that is due. Never throws; one reading at a time. */
  poll(): Promise<void> {
    return this.#polled.poll(() => this.#read());
  }

  stop(): void {
    this.#polled.stop();
  }

  async #read(): Promise<void> {
    await this.#readOn();
    for (;;) {
      const began = performance.now();
      if (!(await this.#readBack())) return;
      this.#polled.signal.throwIfAborted();
      const tookMs = performance.now() - began;
      const restMs = Math.min((tookMs - EASY_MS) * REST, STEP_MS / 2);
      if (restMs > 0) {
        // a past that is long in coming is for somebody who looks, and still does
        if (!this.#pace.isActive) return;
        await this.#rest(restMs);
        if (!this.#pace.isActive) return;
      }
      // the present does not wait for the past
      if (this.#nowMs > this.history.endMs!) await this.#readOn();
    }
  }

  /** Whoever asks the portal something has a turn, however many are measured. */
  async #rest(ms: number): Promise<void> {
    this.#isResting = true;
    try {
      await sleep(ms, undefined, { signal: this.#polled.signal });
    } finally {
      this.#isResting = false;
    }
  }

  /** To the last full minute. */
  get #nowMs(): number {
    return Math.floor(this.#now().getTime() / STEP_MS) * STEP_MS;
  }

  /** What is new, from the oldest part to the newest, so that a failure leaves no hole behind. */
  async #readOn(): Promise<void> {
    const toMs = this.#nowMs;
    const lastMs = this.history.endMs;
    if (lastMs === undefined) {
      // the newest part is that from which it is read back
      this.#knownFromMs = toMs + STEP_MS;
      return;
    }
    const fromMs = Math.max(lastMs - OVERLAP_MS, toMs - WINDOW_MS);
    for (let startMs = fromMs; startMs <= toMs; startMs += PART_MS) {
      const endMs = Math.min(toMs, startMs + PART_MS - STEP_MS);
      await this.#readPart(startMs, endMs);
    }
  }

  /** The part before what is known; says whether there was any. */
  async #readBack(): Promise<boolean> {
    const windowMs = this.#nowMs - WINDOW_MS;
    const endMs = this.#knownFromMs! - STEP_MS;
    if (endMs < windowMs) return false;
    const startMs = Math.max(windowMs, endMs - PART_MS + STEP_MS);
    await this.#readPart(startMs, endMs);
    this.#knownFromMs = startMs;
    return true;
  }

  async #readPart(startMs: number, endMs: number): Promise<void> {
    const range: MetricsRange = { startMs, endMs, stepMs: STEP_MS };
    const measured = await this.source.readRequests(range, this.#polled.signal);
    await this.history.put(startMs, endMs, measured);
    this.#polled.heard();
  }
}

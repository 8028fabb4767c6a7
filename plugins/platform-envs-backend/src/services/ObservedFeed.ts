import { LoggerService } from '@backstage/backend-plugin-api';
import { Observed } from '@fairway/plugin-platform-envs-common';
import { z } from 'zod';
import { SnapshotShape, SnapshotStore } from '../database/SnapshotStore';

/** One thing to be read. */
export interface FeedTarget<T> {
  /** The same over time, and over replicas. */
  key: string;
  /** What a person calls it: begins a sentence. */
  title: string;
  /** @throws Error - its message is shown to people; NotAllowedError and NotFoundError will not pass by waiting. */
  read(signal: AbortSignal): Promise<T>;
}

/** @public */
export interface ObservedFeedOptions<T> {
  /** Prefix of its documents in the store. */
  name: string;
  /** What a value must look like to be used after a restart. */
  value: z.ZodType<T>;
  store: SnapshotStore;
  logger: LoggerService;
  /** A reading that takes longer is given up. */
  deadlineMs: number;
  /** How often somebody polls: what was not renewed thrice is stale. */
  intervalMs: number;
  now: () => Date;
}

interface Saved<T> {
  value?: T;
  observedAt?: string;
  failure?: { message: string; lasting: boolean };
}

/** How many intervals a reading may miss. */
const MISSED = 3;

/**
 * Readings from outside that one replica makes and all replicas show.
 *
 * Each target has its own deadline, and none waits for another. The last good
 * value outlives failures, which are told beside it; a database that is away
 * leaves what was last seen of it.
 */
export class ObservedFeed<T> {
  readonly #shape: SnapshotShape<Saved<T>>;
  readonly #seen = new Map<string, Saved<T>>();
  readonly #underWay = new Set<string>();

  constructor(private readonly options: ObservedFeedOptions<T>) {
    this.#shape = z.looseObject({
      value: options.value.optional(),
      observedAt: z.string().optional(),
      failure: z
        .looseObject({ message: z.string(), lasting: z.boolean() })
        .optional(),
    }) as unknown as SnapshotShape<Saved<T>>;
  }

  /** Reads all targets side by side. Never throws. */
  async poll(targets: FeedTarget<T>[]): Promise<void> {
    await Promise.all(targets.map(target => this.#renew(target)));
  }

  /** Whether a target was read before, with success or without. */
  async isKnown(key: string): Promise<boolean> {
    return (await this.#load(key)) !== undefined;
  }

  /** What was last read, and how far it can be trusted. Asks nobody outside. */
  async get(key: string): Promise<Observed<T>> {
    const saved = await this.#load(key);
    if (!saved) return { state: 'stale', message: 'It has not been read yet' };
    const { value, observedAt, failure } = saved;
    const known = {
      ...(value !== undefined && { value }),
      ...(observedAt && { observedAt }),
    };
    if (failure) {
      const isError = failure.lasting || value === undefined;
      return {
        ...known,
        state: isError ? 'error' : 'stale',
        message: failure.message,
      };
    }
    const { now, intervalMs, deadlineMs } = this.options;
    const age = now().getTime() - Date.parse(observedAt ?? '');
    return age <= MISSED * intervalMs + deadlineMs
      ? { ...known, state: 'live' }
      : { ...known, state: 'stale', message: 'It has not been read lately' };
  }

  async #renew(target: FeedTarget<T>): Promise<void> {
    const { key } = target;
    // one that outlived its deadline holds up only itself
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      const value = await this.#read(target);
      const observedAt = this.options.now().toISOString();
      await this.#save(key, { value, observedAt });
    } catch (error) {
      await this.#fail(key, error as Error);
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #read({ title, read }: FeedTarget<T>): Promise<T> {
    const { deadlineMs } = this.options;
    const end = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        end.abort();
        reject(
          new Error(
            `${title} did not answer within ${Math.round(deadlineMs / 1000)} s`,
          ),
        );
      }, deadlineMs);
    });
    try {
      return await Promise.race([read(end.signal), deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #fail(key: string, error: Error): Promise<void> {
    const before = await this.#load(key);
    const { message } = error;
    if (before?.failure?.message !== message) {
      this.options.logger.warn('A reading from outside failed', {
        feed: this.options.name,
        target: key,
        reason: message,
      });
    }
    const lasting = ['NotAllowedError', 'NotFoundError'].includes(error.name);
    await this.#save(key, { ...before, failure: { message, lasting } });
  }

  async #save(key: string, saved: Saved<T>): Promise<void> {
    this.#seen.set(key, saved);
    const { store, logger, name } = this.options;
    try {
      await store.save(`${name}:${key}`, saved);
    } catch (error) {
      logger.warn('A reading from outside was not saved', {
        feed: name,
        target: key,
        reason: String(error),
      });
    }
  }

  async #load(key: string): Promise<Saved<T> | undefined> {
    const { store, name } = this.options;
    try {
      const saved = await store.load(`${name}:${key}`, this.#shape);
      if (saved) this.#seen.set(key, saved);
      return saved;
    } catch {
      return this.#seen.get(key);
    }
  }
}

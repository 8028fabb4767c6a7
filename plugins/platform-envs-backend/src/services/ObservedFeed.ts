import { LoggerService } from '@backstage/backend-plugin-api';
import { Observed } from '@fairway/plugin-platform-envs-common';
import { Pace } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { giveWay } from '../rightOfWay';
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
  /** How often each is read, and how old a reading may be before it is stale. */
  pace: Pace;
  now: () => Date;
}

interface Saved<T> {
  /** When a replica last began to read, ISO 8601 UTC. */
  askedAt?: string;
  value?: T;
  observedAt?: string;
  failure?: { message: string; lasting: boolean };
}

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
      askedAt: z.string().optional(),
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

  /**
   * The same, but only those that no replica has read or begun to read within
   * the interval of the pace.
   */
  async pollDue(targets: FeedTarget<T>[]): Promise<void> {
    const { pace } = this.options;
    const isDue = ({ askedAt }: Saved<T> = {}) =>
      pace.isDue(askedAt === undefined ? undefined : Date.parse(askedAt));
    const readings: Promise<void>[] = [];
    for (const target of targets) {
      readings.push(this.#renew(target, isDue));
      // hundreds would begin in one moment
      await giveWay();
    }
    await Promise.all(readings);
  }

  /** Whether a target was read before, with success or without. */
  async isKnown(key: string): Promise<boolean> {
    const { observedAt, failure } = (await this.#load(key)) ?? {};
    return observedAt !== undefined || failure !== undefined;
  }

  /** What was last read, and how far it can be trusted. Asks nobody outside. */
  async get(key: string): Promise<Observed<T>> {
    const isBeingRead = this.#underWay.has(key) && { isBeingRead: true };
    const { value, observedAt, failure } = (await this.#load(key)) ?? {};
    if (!observedAt && !failure) {
      return {
        state: 'stale',
        message: 'It has not been read yet',
        ...isBeingRead,
      };
    }
    const known = {
      ...(value !== undefined && { value }),
      ...(observedAt && { observedAt }),
      ...isBeingRead,
    };
    if (failure) {
      const isError = failure.lasting || value === undefined;
      return {
        ...known,
        state: isError ? 'error' : 'stale',
        message: failure.message,
      };
    }
    const { now, pace, deadlineMs } = this.options;
    const age = now().getTime() - Date.parse(observedAt ?? '');
    return age <= pace.patienceMs + deadlineMs
      ? { ...known, state: 'live' }
      : { ...known, state: 'stale', message: 'It has not been read lately' };
  }

  async #renew(
    target: FeedTarget<T>,
    isWanted: (saved: Saved<T> | undefined) => boolean = () => true,
  ): Promise<void> {
    const { key } = target;
    // one that outlived its deadline holds up only itself
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      const before = await this.#load(key);
      if (!isWanted(before)) return;
      const askedAt = this.options.now().toISOString();
      await this.#save(key, { ...before, askedAt });
      const value = await this.#read(target);
      const observedAt = this.options.now().toISOString();
      await this.#save(key, { askedAt, value, observedAt });
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

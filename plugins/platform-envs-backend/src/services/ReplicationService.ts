import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentReplication,
  okReading,
  Reading,
  ReplicationLag,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { Pace, ReplicationLagSource } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { SnapshotShape, SnapshotStore } from '../database/SnapshotStore';
import { EnvironmentService } from './EnvironmentService';

const NOT_CONFIGURED =
  'AWS is not configured (the `aws` block of the configuration)';

const savedAsking = z.looseObject({ at: z.iso.datetime() });

const savedReading = z.discriminatedUnion('status', [
  z.looseObject({
    status: z.literal('ok'),
    value: z.array(z.looseObject({ globalCluster: z.string() })),
    observedAt: z.string(),
  }),
  z.looseObject({ status: z.literal('unavailable'), reason: z.string() }),
]) as unknown as SnapshotShape<Reading<ReplicationLag[]>>;

/**
 * Keeps the replication lag of every environment that has a global database.
 *
 * One replica polls; the database carries the result, so that all replicas
 * answer alike and a page view never calls AWS.
 */
export class ReplicationService {
  readonly #underWay = new Set<string>();

  constructor(
    private readonly options: {
      environments: Pick<
        EnvironmentService,
        'getEnvironments' | 'getEnvironment' | 'getDatabase'
      >;
      /** Absent: AWS is not configured. */
      source?: ReplicationLagSource;
      store: SnapshotStore;
      logger: LoggerService;
      /** How often each environment is asked, and when a reading is not current any more. */
      pace: Pace;
      now?: () => Date;
    },
  ) {}

  /**
   * Asks for every environment with a global database that is due. Never
   * throws; a slow account holds up no other.
   */
  async poll(): Promise<void> {
    await Promise.all(
      this.options.environments
        .getEnvironments()
        .map(({ ref }) => this.#renew(ref)),
    );
  }

  /**
   * What was last read. No call goes upstream.
   *
   * @throws NotFoundError - the catalog has no such environment.
   */
  async get(environmentRef: string): Promise<EnvironmentReplication> {
    const database = this.options.environments.getDatabase(environmentRef);
    if (typeof database === 'string') {
      return {
        environmentRef,
        absentReason: database,
        lag: unavailableReading(database),
      };
    }
    if (!this.options.source) {
      return {
        environmentRef,
        absentReason: NOT_CONFIGURED,
        lag: unavailableReading(NOT_CONFIGURED),
      };
    }
    const lag = await this.#load(environmentRef);
    return {
      environmentRef,
      ...(this.#underWay.has(environmentRef) && { isBeingRead: true }),
      lag: lag
        ? this.#withAge(lag)
        : unavailableReading('It has not been read yet'),
    };
  }

  async #renew(ref: string): Promise<void> {
    const { environments, source, pace } = this.options;
    const database = environments.getDatabase(ref);
    if (!source || typeof database === 'string' || this.#underWay.has(ref)) {
      return;
    }
    this.#underWay.add(ref);
    try {
      const { at } = (await this.#askedAt(ref)) ?? {};
      if (!pace.isDue(at === undefined ? undefined : Date.parse(at))) return;
      await this.#noteAsking(ref);
      const reading = await source.getReplicationLag(database).then(
        value => okReading(value, this.#now().toISOString()),
        error => this.#unavailable(ref, error),
      );
      await this.#save(ref, reading);
    } finally {
      this.#underWay.delete(ref);
    }
  }

  /** When a replica last began to ask. */
  #askedAt(ref: string): Promise<{ at: string } | undefined> {
    return this.options.store
      .load(askedNameOf(ref), savedAsking)
      .catch(() => undefined);
  }

  /** So that no other replica asks as well; one that cannot note it asks all the same. */
  async #noteAsking(ref: string): Promise<void> {
    await this.options.store
      .save(askedNameOf(ref), { at: this.#now().toISOString() })
      .catch(() => undefined);
  }

  #load(ref: string): Promise<Reading<ReplicationLag[]> | undefined> {
    return this.options.store.load(nameOf(ref), savedReading);
  }

  #withAge(lag: Reading<ReplicationLag[]>): Reading<ReplicationLag[]> {
    if (lag.status !== 'ok') return lag;
    const age = this.#now().getTime() - Date.parse(lag.observedAt);
    return age <= this.options.pace.patienceMs
      ? lag
      : unavailableReading(
          `AWS was last asked at ${lag.observedAt}; the figures are out of date`,
          lag.observedAt,
        );
  }

  #unavailable(ref: string, error: unknown): Reading<ReplicationLag[]> {
    const reason = error instanceof Error ? error.message : String(error);
    this.options.logger.warn('Replication lag cannot be read', {
      environment: ref,
      reason,
    });
    return unavailableReading(reason, this.#now().toISOString());
  }

  async #save(ref: string, reading: Reading<ReplicationLag[]>) {
    try {
      await this.options.store.save(nameOf(ref), reading);
    } catch (error) {
      this.options.logger.warn('Replication lag was not saved', {
        environment: ref,
        reason: String(error),
      });
    }
  }

  #now(): Date {
    return this.options.now?.() ?? new Date();
  }
}

function askedNameOf(environmentRef: string): string {
  return `replication-asked:${environmentRef}`;
}

function nameOf(environmentRef: string): string {
  return `replication:${environmentRef}`;
}

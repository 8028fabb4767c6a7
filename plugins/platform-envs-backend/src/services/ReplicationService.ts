import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentReplication,
  okReading,
  Reading,
  ReplicationLag,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import { ReplicationLagSource } from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { SnapshotShape, SnapshotStore } from '../database/SnapshotStore';
import { EnvironmentService } from './EnvironmentService';

const NOT_CONFIGURED =
  'AWS is not configured (the `aws` block of the configuration)';

/** A reading that nobody renewed for this long is not current any more. */
const STALE_MS = 5 * 60_000;

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
      now?: () => Date;
    },
  ) {}

  /** Asks for every environment with a global database. Never throws; a slow account holds up no other. */
  async poll(): Promise<void> {
    const { environments, source } = this.options;
    if (!source) return;
    await Promise.all(
      environments.getEnvironments().map(async ({ ref }) => {
        const database = environments.getDatabase(ref);
        if (typeof database === 'string') return;
        await this.#save(
          ref,
          await source.getReplicationLag(database).then(
            value => okReading(value, this.#now().toISOString()),
            error => this.#unavailable(ref, error),
          ),
        );
      }),
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
    const lag = await this.options.store.load(
      nameOf(environmentRef),
      savedReading,
    );
    return {
      environmentRef,
      lag: lag
        ? this.#withAge(lag)
        : unavailableReading('It has not been read yet'),
    };
  }

  #withAge(lag: Reading<ReplicationLag[]>): Reading<ReplicationLag[]> {
    if (lag.status !== 'ok') return lag;
    const age = this.#now().getTime() - Date.parse(lag.observedAt);
    return age <= STALE_MS
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

function nameOf(environmentRef: string): string {
  return `replication:${environmentRef}`;
}

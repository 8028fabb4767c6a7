import { ReplicationLag } from '@fairway/plugin-platform-envs-common';

/** A replicated database to be watched. @public */
export interface ReplicatedDatabase {
  /** Identifier of the Aurora global cluster. */
  globalCluster: string;
  /** Twelve digits. */
  accountId: string;
  /** Region that the environment calls primary. */
  primaryRegion: string;
}

/**
 * How far each reader region of a database trails its writer.
 *
 * @public
 */
export interface ReplicationLagSource {
  /**
   * One entry per reader region, in the order of the members; a database with
   * no reader gives an empty list. A reader without data points has readings
   * that are `unavailable`: neither an error nor zero. Roles are resolved anew
   * on each call, since a switchover swaps them.
   *
   * Unit: milliseconds.
   *
   * @throws NotFoundError - no such database in that account and region.
   * @throws NotAllowedError - the credentials may not look.
   * @throws ServiceUnavailableError - the source cannot be reached or throttles.
   */
  getReplicationLag(database: ReplicatedDatabase): Promise<ReplicationLag[]>;
}

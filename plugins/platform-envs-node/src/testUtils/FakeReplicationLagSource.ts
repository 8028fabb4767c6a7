import { ReplicationLag } from '@fairway/plugin-platform-envs-common';
import {
  ReplicatedDatabase,
  ReplicationLagSource,
} from '../ports/ReplicationLagSource';

/**
 * Answers what the test put in, by global cluster; throws the error that it
 * put in.
 *
 * @public
 */
export class FakeReplicationLagSource implements ReplicationLagSource {
  readonly answers = new Map<string, ReplicationLag[] | Error>();
  readonly calls: ReplicatedDatabase[] = [];

  async getReplicationLag(
    database: ReplicatedDatabase,
  ): Promise<ReplicationLag[]> {
    this.calls.push(database);
    const answer = this.answers.get(database.globalCluster) ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

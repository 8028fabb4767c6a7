import { AwsError } from '../AwsError';
import { DatabaseFleet } from '../DatabaseFleet';
import { checkClusterIs, readIdentifier } from './checks';
import { SNAPSHOT_EVENTS } from './eventTexts';
import { ClusterSnapshot, DatabaseCluster } from './records';

const SNAPSHOT_MS = 3_000;

/** Snapshots of Aurora clusters; they hold no data, only what the cluster was. */
export class ClusterSnapshots {
  constructor(private readonly fleet: DatabaseFleet) {
    fleet.onStep('snapshot-available', ({ arn }) => {
      const snapshot = fleet.snapshots.find(item => item.arn === arn);
      if (snapshot) {
        snapshot.status = 'available';
        fleet.record(
          'db-cluster-snapshot',
          snapshot,
          SNAPSHOT_EVENTS.created(),
        );
      }
    });
  }

  /** @throws AwsError - InvalidDBClusterStateFault, DBClusterSnapshotAlreadyExistsFault. */
  create(
    cluster: DatabaseCluster,
    givenId: string,
    tags: Record<string, string>,
  ): ClusterSnapshot {
    const { fleet } = this;
    const id = readIdentifier('DBClusterSnapshotIdentifier', givenId);
    checkClusterIs(cluster, 'available');
    if (fleet.snapshotsIn(cluster).some(item => item.id === id)) {
      throw new AwsError(
        'DBClusterSnapshotAlreadyExistsFault',
        `Cannot create the cluster snapshot because one with the identifier ${id} already exists.`,
      );
    }
    return this.write(cluster, id, tags);
  }

  /** A snapshot without asking; RDS takes some of its own, whose names have colons. */
  write(
    cluster: DatabaseCluster,
    id: string,
    tags: Record<string, string>,
  ): ClusterSnapshot {
    const { fleet } = this;
    const { accountId, region } = cluster;
    const snapshot: ClusterSnapshot = {
      id,
      clusterId: cluster.id,
      accountId,
      region,
      arn: `arn:aws:rds:${region}:${accountId}:cluster-snapshot:${id}`,
      status: 'creating',
      engine: cluster.engine,
      engineVersion: cluster.engineVersion,
      port: cluster.port,
      masterUsername: cluster.masterUsername,
      clusterCreatedAtMs: cluster.createdAtMs,
      createdAtMs: fleet.nowMs,
      tags,
    };
    fleet.add('snapshots', snapshot);
    fleet.record('db-cluster-snapshot', snapshot, SNAPSHOT_EVENTS.creating());
    fleet.later(SNAPSHOT_MS, 'snapshot-available', snapshot.arn);
    return snapshot;
  }
}

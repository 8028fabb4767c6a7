import { AwsError } from '../AwsError';
import { DatabaseFleet } from '../DatabaseFleet';
import { checkClusterIs } from './checks';
import { CLUSTER_EVENTS, INSTANCE_EVENTS } from './eventTexts';
import { LongStops } from './LongStops';
import { DatabaseCluster, DatabaseInstance, DatabaseStatus } from './records';

const STOP_MS = 4_000;
const START_MS = 5_000;
const FAILOVER_MS = 3_000;

/** Stopping, starting and failing over Aurora clusters, by Aurora's rules. */
export class ClusterRuns {
  private readonly longStops: LongStops<DatabaseCluster>;

  constructor(private readonly fleet: DatabaseFleet) {
    const step = (
      name: string,
      act: (
        cluster: DatabaseCluster,
        data: Record<string, unknown> | undefined,
      ) => void,
    ): void =>
      fleet.onStep(name, ({ arn, data }) => {
        const cluster = fleet.clusterByArn(arn);
        if (cluster) {
          act(cluster, data);
        }
      });
    step('cluster-stopped', cluster => this.becomeStopped(cluster));
    step('cluster-started', cluster => this.becomeStarted(cluster));
    step('cluster-failed-over', (cluster, data) =>
      this.finishFailover(cluster, data),
    );
    this.longStops = new LongStops(fleet, 'cluster-long-stopped', {
      find: arn => fleet.clusterByArn(arn),
      start: cluster => {
        fleet.record(
          'db-cluster',
          cluster,
          CLUSTER_EVENTS.startedAfterSevenDays(),
        );
        this.start(cluster);
      },
    });
  }

  /** @throws AwsError - InvalidDBClusterStateFault, also for a member of a global database that is not alone in it. */
  stop(cluster: DatabaseCluster): void {
    const global = this.fleet.globalOf(cluster);
    if (global && global.memberArns.length > 1) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `DBCluster ${cluster.id} cannot be stopped: You can only stop and start a cluster that's part of an Aurora global database if it's the only cluster in the global database.`,
      );
    }
    checkClusterIs(cluster, 'available');
    this.setAll(cluster, 'stopping');
    this.fleet.later(STOP_MS, 'cluster-stopped', cluster.arn);
  }

  /** @throws AwsError - InvalidDBClusterStateFault. */
  start(cluster: DatabaseCluster): void {
    if (cluster.status !== 'stopped') {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `DbCluster ${cluster.id} is in ${cluster.status} state but expected it to be one of stopped,inaccessible-encryption-credentials-recoverable.`,
      );
    }
    delete cluster.startsByItselfAtMs;
    this.setAll(cluster, 'starting');
    this.fleet.later(START_MS, 'cluster-started', cluster.arn);
  }

  /**
   * Makes a reader the writer: the one asked for, or the one of the highest
   * priority.
   *
   * @throws AwsError - InvalidDBClusterStateFault, InvalidParameterValue.
   */
  failover(cluster: DatabaseCluster, targetId: string | undefined): void {
    const { fleet } = this;
    if (cluster.globalClusterId && !cluster.isWriter) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `DbCluster ${cluster.id} is a secondary cluster of a global database and has no writer to fail over`,
      );
    }
    checkClusterIs(cluster, 'available');
    const members = fleet.instancesOf(cluster);
    const readers = members
      .filter(({ isWriter, status }) => !isWriter && status === 'available')
      .sort((a, b) => a.promotionTier - b.promotionTier);
    const wanted = targetId?.toLocaleLowerCase('en-US');
    if (wanted && !members.some(({ id }) => id === wanted)) {
      throw new AwsError(
        'InvalidParameterValue',
        `Cannot find target DB instance ${targetId} in DB cluster ${cluster.id}`,
      );
    }
    const target = wanted
      ? readers.find(({ id }) => id === wanted)
      : readers[0];
    if (!target) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        wanted
          ? `Target DB instance ${targetId} is not an available reader of DB cluster ${cluster.id}`
          : `DB cluster ${cluster.id} has no available reader to fail over to`,
      );
    }
    const writer = members.find(({ isWriter }) => isWriter);
    cluster.status = 'failing-over';
    fleet.record(
      'db-cluster',
      cluster,
      writer?.availabilityZone === target.availabilityZone
        ? CLUSTER_EVENTS.sameZoneFailover(target.id)
        : CLUSTER_EVENTS.crossZoneFailover(target.id),
    );
    fleet.later(FAILOVER_MS, 'cluster-failed-over', cluster.arn, {
      target: target.arn,
    });
  }

  private setAll(cluster: DatabaseCluster, status: DatabaseStatus): void {
    cluster.status = status;
    this.fleet.instancesOf(cluster).forEach(instance => {
      instance.status = status;
    });
    this.fleet.changed();
  }

  private becomeStopped(cluster: DatabaseCluster): void {
    this.setAll(cluster, 'stopped');
    this.run(cluster, false);
    this.fleet.record('db-cluster', cluster, CLUSTER_EVENTS.stopped());
    this.longStops.begin(cluster);
  }

  private becomeStarted(cluster: DatabaseCluster): void {
    this.setAll(cluster, 'available');
    this.run(cluster, true);
    this.fleet.record('db-cluster', cluster, CLUSTER_EVENTS.started());
  }

  private run(cluster: DatabaseCluster, running: boolean): void {
    const everything: Array<DatabaseCluster | DatabaseInstance> = [
      cluster,
      ...this.fleet.instancesOf(cluster),
    ];
    everything.forEach(item => this.fleet.changePhase(item, { running }));
  }

  private finishFailover(
    cluster: DatabaseCluster,
    data: Record<string, unknown> | undefined,
  ): void {
    const { fleet } = this;
    const target = fleet.instanceByArn(String(data?.target));
    cluster.status = 'available';
    if (target) {
      for (const instance of fleet.instancesOf(cluster)) {
        const writes = instance === target;
        if (instance.isWriter !== writes) {
          instance.isWriter = writes;
          fleet.changePhase(instance, { writes });
          fleet.record('db-instance', instance, INSTANCE_EVENTS.restarted());
        }
      }
      fleet.record('db-cluster', cluster, CLUSTER_EVENTS.failedOver(target.id));
    }
    fleet.changed();
  }
}

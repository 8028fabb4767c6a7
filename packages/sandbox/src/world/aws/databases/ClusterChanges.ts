import { AwsError } from '../AwsError';
import { DatabaseFleet, DatabasePlace } from '../DatabaseFleet';
import {
  checkFinalSnapshot,
  checkMasterUser,
  checkUpgrade,
  readIdentifier,
} from './checks';
import { CLUSTER_EVENTS, INSTANCE_EVENTS, SNAPSHOT_EVENTS } from './eventTexts';
import {
  ClusterSnapshot,
  DatabaseCluster,
  DatabaseInstance,
  DatabaseStatus,
} from './records';
import { defaultParameterGroup } from './seedDatabases';

const CREATE_MS = 4_000;
const MODIFY_MS = 2_000;
const STOP_MS = 4_000;
const START_MS = 5_000;
const DELETE_MS = 3_000;
const FAILOVER_MS = 3_000;
const SNAPSHOT_MS = 3_000;
/** A stopped database starts by itself, so that it does not miss maintenance. */
export const LONGEST_STOP_MS = 7 * 86_400_000;
/** How often somebody looks whether that time has come. */
export const STOP_WATCH_MS = 3_600_000;

/** Engines that make clusters, with the version that a new one gets unless told. */
const ENGINES: Record<string, { version: string; port: number }> = {
  'aurora-postgresql': { version: '16.6', port: 5432 },
  'aurora-mysql': { version: '8.0.mysql_aurora.3.08.0', port: 3306 },
};

/** What a new cluster is asked to be; absent parts get Aurora's defaults. */
export interface ClusterRequest {
  id: string;
  engine: string;
  engineVersion?: string;
  globalClusterId?: string;
  masterUsername?: string;
  masterPassword?: string;
  managesPassword?: boolean;
  databaseName?: string;
  port?: number;
  deletionProtection?: boolean;
  backupRetentionDays?: number;
  parameterGroup?: string;
  subnetGroup?: string;
  writeForwarding?: boolean;
  serverless?: { minimum: number; maximum: number };
  tags: Record<string, string>;
}

/** What may be changed about a cluster; absent parts stay. */
export type ClusterModification = Pick<
  ClusterRequest,
  | 'engineVersion'
  | 'port'
  | 'deletionProtection'
  | 'backupRetentionDays'
  | 'parameterGroup'
  | 'writeForwarding'
  | 'serverless'
> & { allowsMajorUpgrade?: boolean };

/** What can be done to Aurora clusters, by Aurora's rules. */
export class ClusterChanges {
  constructor(private readonly fleet: DatabaseFleet) {
    fleet.onStep('cluster-available', ({ arn, data }) =>
      this.within(arn, cluster => this.becomeAvailable(cluster, data)),
    );
    fleet.onStep('cluster-stopped', ({ arn }) =>
      this.within(arn, cluster => this.becomeStopped(cluster)),
    );
    fleet.onStep('cluster-long-stopped', ({ arn }) =>
      this.within(arn, cluster => this.endLongStop(cluster)),
    );
    fleet.onStep('cluster-deleted', ({ arn }) =>
      this.within(arn, cluster => {
        fleet.record('db-cluster', cluster, CLUSTER_EVENTS.deleted());
        fleet.remove(cluster);
      }),
    );
    fleet.onStep('cluster-failed-over', ({ arn, data }) =>
      this.within(arn, cluster => this.finishFailover(cluster, data)),
    );
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

  /** @throws AwsError - DBClusterAlreadyExistsFault, GlobalClusterNotFoundFault, InvalidParameter*, InvalidGlobalClusterStateFault. */
  create(place: DatabasePlace, request: ClusterRequest): DatabaseCluster {
    const { fleet } = this;
    const id = readIdentifier('DBClusterIdentifier', request.id);
    const defaults = Object.hasOwn(ENGINES, request.engine)
      ? ENGINES[request.engine]
      : undefined;
    if (!defaults) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid DB engine: ${
          request.engine
        }; the sandbox has clusters of ${Object.keys(ENGINES).join(' and ')}`,
      );
    }
    if (fleet.clustersIn(place).some(item => item.id === id)) {
      throw new AwsError(
        'DBClusterAlreadyExistsFault',
        'DB Cluster already exists',
      );
    }
    const global = request.globalClusterId
      ? fleet.getGlobal(place, request.globalClusterId)
      : undefined;
    const primary = global && fleet.membersOf(global)[0];
    const engineVersion =
      request.engineVersion ?? global?.engineVersion ?? defaults.version;
    if (global) {
      this.checkJoin(place, request, engineVersion);
    }
    if (!primary) {
      checkMasterUser({
        username: request.masterUsername,
        password: request.masterPassword,
        managed: request.managesPassword,
      });
    }
    const isWriter = !primary;
    const cluster: DatabaseCluster = {
      ...place,
      id,
      arn: `arn:aws:rds:${place.region}:${place.accountId}:cluster:${id}`,
      engine: request.engine,
      engineVersion,
      status: 'creating',
      deletionProtection: request.deletionProtection ?? false,
      parameterGroup:
        request.parameterGroup ??
        defaultParameterGroup(request.engine, engineVersion),
      subnetGroup: request.subnetGroup ?? 'default',
      port: request.port ?? defaults.port,
      backupRetentionDays: request.backupRetentionDays ?? 1,
      tags: request.tags,
      createdAtMs: fleet.nowMs,
      globalClusterId: global?.id,
      isWriter,
      sourceRegion: primary?.region ?? place.region,
      masterUsername: request.masterUsername ?? primary?.masterUsername,
      databaseName: request.databaseName ?? global?.databaseName,
      writeForwarding: request.writeForwarding ?? false,
      serverless: request.serverless,
      history: [
        {
          fromMs: fleet.nowMs,
          running: false,
          writes: isWriter,
          ...(primary && { sourceRegion: primary.region }),
        },
      ],
    };
    fleet.add('clusters', cluster);
    global?.memberArns.push(cluster.arn);
    fleet.later(CREATE_MS, 'cluster-available', cluster.arn, {
      event: 'created',
    });
    return cluster;
  }

  /** @throws AwsError - InvalidDBClusterStateFault, InvalidParameterCombination. */
  modify(cluster: DatabaseCluster, change: ClusterModification): void {
    this.mustBe(cluster, 'available');
    const { engineVersion } = change;
    if (engineVersion && engineVersion !== cluster.engineVersion) {
      checkUpgrade(
        cluster.engine,
        cluster.engineVersion,
        engineVersion,
        change.allowsMajorUpgrade,
      );
      cluster.engineVersion = engineVersion;
      this.fleet.instancesOf(cluster).forEach(instance => {
        instance.engineVersion = engineVersion;
      });
    }
    cluster.port = change.port ?? cluster.port;
    cluster.deletionProtection =
      change.deletionProtection ?? cluster.deletionProtection;
    cluster.backupRetentionDays =
      change.backupRetentionDays ?? cluster.backupRetentionDays;
    cluster.parameterGroup = change.parameterGroup ?? cluster.parameterGroup;
    cluster.writeForwarding = change.writeForwarding ?? cluster.writeForwarding;
    cluster.serverless = change.serverless ?? cluster.serverless;
    cluster.status = 'modifying';
    this.fleet.later(MODIFY_MS, 'cluster-available', cluster.arn);
  }

  /** @throws AwsError - InvalidDBClusterStateFault, InvalidGlobalClusterStateFault, InvalidParameterCombination. */
  delete(
    cluster: DatabaseCluster,
    options: { skipSnapshot?: boolean; finalSnapshotId?: string },
  ): void {
    const { fleet } = this;
    checkFinalSnapshot(options.skipSnapshot, options.finalSnapshotId);
    if (cluster.deletionProtection) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Cannot delete protected Cluster, please disable deletion protection and try again.',
      );
    }
    const global = fleet.globalOf(cluster);
    if (global && cluster.isWriter && global.memberArns.length > 1) {
      throw new AwsError(
        'InvalidGlobalClusterStateFault',
        'Unable to delete cluster that is a primary member of global cluster while there are other global cluster members',
      );
    }
    if (global) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        'This cluster is a part of a global cluster, please remove it from globalcluster first',
      );
    }
    this.mustBe(cluster, 'available');
    if (
      fleet.instancesOf(cluster).some(({ status }) => status !== 'deleting')
    ) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
      );
    }
    if (options.finalSnapshotId) {
      this.snapshot(cluster, options.finalSnapshotId, cluster.tags);
    }
    cluster.status = 'deleting';
    fleet.later(DELETE_MS, 'cluster-deleted', cluster.arn);
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
    this.mustBe(cluster, 'available');
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
    this.fleet.later(START_MS, 'cluster-available', cluster.arn, {
      event: 'started',
    });
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
    this.mustBe(cluster, 'available');
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

  /** @throws AwsError - InvalidDBClusterStateFault, DBClusterSnapshotAlreadyExistsFault. */
  snapshot(
    cluster: DatabaseCluster,
    givenId: string,
    tags: Record<string, string>,
  ): ClusterSnapshot {
    const { fleet } = this;
    const id = readIdentifier('DBClusterSnapshotIdentifier', givenId);
    this.mustBe(cluster, 'available');
    if (fleet.snapshotsIn(cluster).some(item => item.id === id)) {
      throw new AwsError(
        'DBClusterSnapshotAlreadyExistsFault',
        `Cannot create the cluster snapshot because one with the identifier ${id} already exists.`,
      );
    }
    return this.writeSnapshot(cluster, id, tags);
  }

  /** A snapshot without asking; RDS takes some of its own, whose names have colons. */
  writeSnapshot(
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

  private checkJoin(
    place: DatabasePlace,
    request: ClusterRequest,
    engineVersion: string,
  ): void {
    const global = this.fleet.getGlobal(place, request.globalClusterId!);
    const members = this.fleet.membersOf(global);
    if (global.engine !== request.engine) {
      throw new AwsError(
        'InvalidParameterCombination',
        `The engine of the DB cluster (${request.engine}) does not match the engine of the global cluster (${global.engine})`,
      );
    }
    if (engineVersion !== global.engineVersion) {
      throw new AwsError(
        'InvalidParameterCombination',
        `The engine version of the DB cluster (${engineVersion}) does not match the engine version of the global cluster (${global.engineVersion})`,
      );
    }
    if (members.some(({ region }) => region === place.region)) {
      throw new AwsError(
        'InvalidGlobalClusterStateFault',
        `Global cluster ${global.id} already has a member in ${place.region}`,
      );
    }
    if (members.length > 0 && request.masterUsername) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Cannot specify user name for cross region replication cluster',
      );
    }
    if (members.length > 0 && members[0].status !== 'available') {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `Source cluster ${members[0].arn} is in a state which is not valid for physical replication`,
      );
    }
  }

  private mustBe(cluster: DatabaseCluster, wanted: DatabaseStatus): void {
    if (cluster.status !== wanted) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `DbCluster ${cluster.id} is not in ${wanted} state`,
      );
    }
  }

  private within(arn: string, act: (cluster: DatabaseCluster) => void): void {
    const cluster = this.fleet.clusterByArn(arn);
    if (cluster) {
      act(cluster);
    }
  }

  private setAll(cluster: DatabaseCluster, status: DatabaseStatus): void {
    cluster.status = status;
    this.fleet.instancesOf(cluster).forEach(instance => {
      instance.status = status;
    });
    this.fleet.changed();
  }

  private becomeAvailable(
    cluster: DatabaseCluster,
    data: Record<string, unknown> | undefined,
  ): void {
    const { fleet } = this;
    cluster.status = 'available';
    if (data?.event === 'created') {
      fleet.changePhase(cluster, { running: true });
      fleet.record('db-cluster', cluster, CLUSTER_EVENTS.created());
    }
    if (data?.event === 'started') {
      this.setAll(cluster, 'available');
      this.run(cluster, true);
      fleet.record('db-cluster', cluster, CLUSTER_EVENTS.started());
    }
    fleet.changed();
  }

  private becomeStopped(cluster: DatabaseCluster): void {
    this.setAll(cluster, 'stopped');
    this.run(cluster, false);
    cluster.startsByItselfAtMs = this.fleet.nowMs + LONGEST_STOP_MS;
    this.fleet.record('db-cluster', cluster, CLUSTER_EVENTS.stopped());
    this.fleet.later(STOP_WATCH_MS, 'cluster-long-stopped', cluster.arn);
  }

  private endLongStop(cluster: DatabaseCluster): void {
    if (cluster.status !== 'stopped') {
      return;
    }
    if (cluster.startsByItselfAtMs! > this.fleet.nowMs) {
      this.fleet.later(STOP_WATCH_MS, 'cluster-long-stopped', cluster.arn);
      return;
    }
    this.fleet.record(
      'db-cluster',
      cluster,
      CLUSTER_EVENTS.startedAfterSevenDays(),
    );
    this.start(cluster);
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

import { AwsError } from '../AwsError';
import { DatabaseFleet, DatabasePlace } from '../DatabaseFleet';
import {
  checkClusterIs,
  checkFinalSnapshot,
  checkMasterUser,
  checkUpgrade,
  readIdentifier,
} from './checks';
import { ClusterSnapshots } from './ClusterSnapshots';
import { CLUSTER_EVENTS } from './eventTexts';
import { DatabaseCluster } from './records';
import { defaultParameterGroup } from './seedDatabases';

const CREATE_MS = 4_000;
const MODIFY_MS = 2_000;
const DELETE_MS = 3_000;
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

/** Making, changing and deleting Aurora clusters, by Aurora's rules. */
export class ClusterChanges {
  constructor(
    private readonly fleet: DatabaseFleet,
    private readonly snapshots: ClusterSnapshots,
  ) {
    fleet.onStep('cluster-available', ({ arn, data }) =>
      this.within(arn, cluster => this.becomeAvailable(cluster, data)),
    );
    fleet.onStep('cluster-deleted', ({ arn }) =>
      this.within(arn, cluster => {
        fleet.record('db-cluster', cluster, CLUSTER_EVENTS.deleted());
        fleet.remove(cluster);
      }),
    );
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
    checkClusterIs(cluster, 'available');
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
    checkClusterIs(cluster, 'available');
    if (
      fleet.instancesOf(cluster).some(({ status }) => status !== 'deleting')
    ) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        'Cluster cannot be deleted, it still contains DB instances in non-deleting state.',
      );
    }
    if (options.finalSnapshotId) {
      this.snapshots.create(cluster, options.finalSnapshotId, cluster.tags);
    }
    cluster.status = 'deleting';
    fleet.later(DELETE_MS, 'cluster-deleted', cluster.arn);
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

  private within(arn: string, act: (cluster: DatabaseCluster) => void): void {
    const cluster = this.fleet.clusterByArn(arn);
    if (cluster) {
      act(cluster);
    }
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
    fleet.changed();
  }
}

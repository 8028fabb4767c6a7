import { AwsError } from '../AwsError';
import { DatabaseFleet, DatabasePlace } from '../DatabaseFleet';
import { checkFinalSnapshot, checkInstanceIs, readIdentifier } from './checks';
import { INSTANCE_EVENTS } from './eventTexts';
import {
  checkClass,
  checkMember,
  checkPlain,
  protectedByCluster,
} from './instanceChecks';
import { LongStops } from './LongStops';
import { DatabaseCluster, DatabaseInstance } from './records';
import { defaultParameterGroup } from './seedDatabases';

const CREATE_MS = 5_000;
const MODIFY_MS = 3_000;
const STOP_MS = 4_000;
const START_MS = 5_000;
const DELETE_MS = 3_000;
const LATEST_POSTGRES = '16.6';
const DEFAULT_PROMOTION_TIER = 1;

/** What a new instance is asked to be; absent parts get the defaults of RDS. */
export interface InstanceRequest {
  id: string;
  engine: string;
  instanceClass: string;
  clusterId?: string;
  engineVersion?: string;
  availabilityZone?: string;
  allocatedGb?: number;
  masterUsername?: string;
  masterPassword?: string;
  managesPassword?: boolean;
  databaseName?: string;
  port?: number;
  deletionProtection?: boolean;
  promotionTier?: number;
  multiAz?: boolean;
  tags: Record<string, string>;
}

/** What may be changed about an instance; absent parts stay. */
export interface InstanceModification {
  instanceClass?: string;
  allocatedGb?: number;
  deletionProtection?: boolean;
  promotionTier?: number;
  multiAz?: boolean;
  backupRetentionDays?: number;
  /** Otherwise a new class waits for the maintenance window. */
  immediately?: boolean;
}

/** What can be done to DB instances: members of clusters and plain RDS. */
export class InstanceChanges {
  private readonly longStops: LongStops<DatabaseInstance>;

  constructor(private readonly fleet: DatabaseFleet) {
    this.longStops = new LongStops(fleet, 'instance-long-stopped', {
      find: arn => fleet.instanceByArn(arn),
      start: instance => {
        fleet.record(
          'db-instance',
          instance,
          INSTANCE_EVENTS.startedAfterSevenDays(),
        );
        this.start(instance);
      },
    });
    fleet.onStep('instance-available', ({ arn, data }) =>
      this.within(arn, instance => this.becomeAvailable(instance, data)),
    );
    fleet.onStep('instance-stopped', ({ arn }) =>
      this.within(arn, instance => this.becomeStopped(instance)),
    );
    fleet.onStep('instance-deleted', ({ arn }) =>
      this.within(arn, instance => {
        fleet.record('db-instance', instance, INSTANCE_EVENTS.deleted());
        fleet.remove(instance);
      }),
    );
  }

  /** @throws AwsError - DBInstanceAlreadyExistsFault, DBClusterNotFoundFault, InvalidDBClusterStateFault, InvalidParameter*. */
  create(place: DatabasePlace, request: InstanceRequest): DatabaseInstance {
    const { fleet } = this;
    const id = readIdentifier('DBInstanceIdentifier', request.id);
    checkClass(request.instanceClass);
    if (fleet.instancesIn(place).some(item => item.id === id)) {
      throw new AwsError(
        'DBInstanceAlreadyExistsFault',
        'DB instance already exists',
      );
    }
    const cluster = request.clusterId
      ? fleet.getCluster(place, request.clusterId)
      : undefined;
    if (cluster) {
      checkMember(cluster, request);
    } else {
      checkPlain(request);
    }
    const members = cluster ? fleet.instancesOf(cluster) : [];
    const isWriter = cluster
      ? cluster.isWriter && !members.some(member => member.isWriter)
      : true;
    const engineVersion =
      cluster?.engineVersion ?? request.engineVersion ?? LATEST_POSTGRES;
    const instance: DatabaseInstance = {
      ...place,
      id,
      arn: `arn:aws:rds:${place.region}:${place.accountId}:db:${id}`,
      engine: request.engine,
      engineVersion,
      status: 'creating',
      deletionProtection: request.deletionProtection ?? false,
      parameterGroup: defaultParameterGroup(request.engine, engineVersion),
      subnetGroup: cluster?.subnetGroup ?? 'default',
      port: request.port ?? cluster?.port ?? 5432,
      backupRetentionDays: cluster?.backupRetentionDays ?? 1,
      tags: request.tags,
      createdAtMs: fleet.nowMs,
      availabilityZone:
        request.availabilityZone ??
        `${place.region}${'abc'[members.length % 3]}`,
      instanceClass: request.instanceClass,
      clusterId: cluster?.id,
      isWriter,
      replicaOf: undefined,
      promotionTier: request.promotionTier ?? DEFAULT_PROMOTION_TIER,
      allocatedGb: cluster ? 1 : request.allocatedGb!,
      masterUsername: request.masterUsername ?? cluster?.masterUsername,
      databaseName: request.databaseName,
      multiAz: request.multiAz ?? false,
      history: [{ fromMs: fleet.nowMs, running: false, writes: isWriter }],
    };
    fleet.add('instances', instance);
    fleet.later(CREATE_MS, 'instance-available', instance.arn, {
      event: 'created',
    });
    return instance;
  }

  /** @throws AwsError - InvalidDBInstanceStateFault, InvalidParameterCombination, InvalidParameterValue. */
  modify(instance: DatabaseInstance, change: InstanceModification): void {
    checkInstanceIs(instance, 'available');
    if (instance.clusterId && change.deletionProtection !== undefined) {
      throw protectedByCluster();
    }
    if (
      change.allocatedGb !== undefined &&
      change.allocatedGb < instance.allocatedGb
    ) {
      throw new AwsError(
        'InvalidParameterCombination',
        `Requested storage size (${change.allocatedGb}) cannot be smaller than the current size (${instance.allocatedGb})`,
      );
    }
    if (change.instanceClass) {
      checkClass(change.instanceClass);
      instance.pendingInstanceClass = change.instanceClass;
    }
    instance.allocatedGb = change.allocatedGb ?? instance.allocatedGb;
    instance.deletionProtection =
      change.deletionProtection ?? instance.deletionProtection;
    instance.promotionTier = change.promotionTier ?? instance.promotionTier;
    instance.multiAz = change.multiAz ?? instance.multiAz;
    instance.backupRetentionDays =
      change.backupRetentionDays ?? instance.backupRetentionDays;
    if (change.immediately) {
      instance.status = 'modifying';
      this.fleet.later(MODIFY_MS, 'instance-available', instance.arn);
    }
    this.fleet.changed();
  }

  /** @throws AwsError - InvalidDBInstanceStateFault, InvalidDBClusterStateFault, InvalidParameterCombination. */
  delete(
    instance: DatabaseInstance,
    options: { skipSnapshot?: boolean; finalSnapshotId?: string },
  ): void {
    const { fleet } = this;
    if (instance.deletionProtection) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Cannot delete protected DB Instance, please disable deletion protection and try again.',
      );
    }
    const cluster = fleet.clusterOf(instance);
    if (!cluster && !instance.replicaOf) {
      checkFinalSnapshot(options.skipSnapshot, options.finalSnapshotId);
    }
    if (instance.status === 'deleting') {
      throw new AwsError(
        'InvalidDBInstanceStateFault',
        `Instance ${instance.id} is already being deleted.`,
      );
    }
    if (cluster) {
      this.handOver(cluster, instance);
    }
    for (const replica of fleet.instancesIn(instance)) {
      if (replica.replicaOf === instance.id) {
        replica.replicaOf = undefined;
        replica.isWriter = true;
        fleet.changePhase(replica, { writes: true });
      }
    }
    instance.status = 'deleting';
    fleet.later(DELETE_MS, 'instance-deleted', instance.arn);
  }

  /** @throws AwsError - InvalidDBInstanceStateFault, InvalidParameterCombination for Aurora and for replicas. */
  stop(instance: DatabaseInstance): void {
    this.mustStandAlone(instance);
    checkInstanceIs(instance, 'available');
    instance.status = 'stopping';
    this.fleet.later(STOP_MS, 'instance-stopped', instance.arn);
  }

  /** @throws AwsError - InvalidDBInstanceStateFault, InvalidParameterCombination for Aurora. */
  start(instance: DatabaseInstance): void {
    this.mustStandAlone(instance);
    checkInstanceIs(instance, 'stopped');
    delete instance.startsByItselfAtMs;
    instance.status = 'starting';
    this.fleet.later(START_MS, 'instance-available', instance.arn, {
      event: 'started',
    });
  }

  /** The writer of a cluster goes: a reader takes over, if there is one. */
  private handOver(cluster: DatabaseCluster, leaving: DatabaseInstance): void {
    const { fleet } = this;
    const others = fleet
      .instancesOf(cluster)
      .filter(item => item !== leaving && item.status !== 'deleting');
    const global = fleet.globalOf(cluster);
    if (
      others.length === 0 &&
      cluster.isWriter &&
      global &&
      global.memberArns.length > 1
    ) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        'Cannot delete the last instance of the master cluster. Delete the replica cluster before deleting the last master cluster instance.',
      );
    }
    const heir = others.sort((a, b) => a.promotionTier - b.promotionTier)[0];
    if (leaving.isWriter && heir) {
      leaving.isWriter = false;
      heir.isWriter = true;
      fleet.changePhase(leaving, { writes: false });
      fleet.changePhase(heir, { writes: true });
    }
  }

  private mustStandAlone(instance: DatabaseInstance): void {
    if (instance.clusterId) {
      throw new AwsError(
        'InvalidParameterCombination',
        `${instance.engine} DB instances are not eligible for stopping or starting; stop or start DB cluster ${instance.clusterId}`,
      );
    }
    const isSource = this.fleet
      .instancesIn(instance)
      .some(({ replicaOf }) => replicaOf === instance.id);
    if (instance.replicaOf || isSource) {
      throw new AwsError(
        'InvalidParameterCombination',
        `Cannot stop or start a DB instance that is a read replica or has one: ${instance.id}`,
      );
    }
  }

  private within(arn: string, act: (instance: DatabaseInstance) => void): void {
    const instance = this.fleet.instanceByArn(arn);
    if (instance) {
      act(instance);
    }
  }

  private becomeAvailable(
    instance: DatabaseInstance,
    data: Record<string, unknown> | undefined,
  ): void {
    const { fleet } = this;
    if (instance.status === 'deleting') {
      return;
    }
    instance.status = 'available';
    if (instance.pendingInstanceClass && !data) {
      fleet.changeClass(instance, instance.pendingInstanceClass);
      delete instance.pendingInstanceClass;
      fleet.record('db-instance', instance, INSTANCE_EVENTS.classApplied());
    }
    if (data) {
      fleet.changePhase(instance, { running: true });
      fleet.record(
        'db-instance',
        instance,
        data.event === 'created'
          ? INSTANCE_EVENTS.created()
          : INSTANCE_EVENTS.started(),
      );
    }
    fleet.changed();
  }

  private becomeStopped(instance: DatabaseInstance): void {
    const { fleet } = this;
    instance.status = 'stopped';
    fleet.changePhase(instance, { running: false });
    fleet.record('db-instance', instance, INSTANCE_EVENTS.shutDown());
    fleet.record('db-instance', instance, INSTANCE_EVENTS.stopped());
    this.longStops.begin(instance);
  }
}

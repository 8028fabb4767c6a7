import { AwsError } from '../AwsError';
import { Conditions } from '../Conditions';
import { DatabaseFleet, DatabasePlace } from '../DatabaseFleet';
import { checkUpgrade, readIdentifier } from './checks';
import { ClusterChanges } from './ClusterChanges';
import { CLUSTER_EVENTS, EventText } from './eventTexts';
import { DatabaseCluster, GlobalDatabase } from './records';

const CHECK_MS = 1_000;
const SHUT_DOWN_MS = 3_000;
const PROMOTE_MS = 4_000;
const FAILOVER_MS = 5_000;
const RESYNC_MS = 6_000;
const DETACH_MS = 3_000;

/** What a new global database is asked to be. */
export interface GlobalRequest {
  id: string;
  /** ARN or identifier of a cluster that becomes its primary. */
  sourceCluster?: string;
  engine?: string;
  engineVersion?: string;
  databaseName?: string;
  storageEncrypted?: boolean;
  deletionProtection?: boolean;
  tags: Record<string, string>;
}

/**
 * What can be done to Aurora global databases.
 *
 * A switchover goes: pending, the old primary shuts down, all data arrives, the
 * target is promoted, the roles are swapped. A failover with data loss asks
 * nothing of the old primary, which is brought back in line when its region is
 * up again.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
 */
export class GlobalChanges {
  constructor(
    private readonly fleet: DatabaseFleet,
    private readonly clusters: ClusterChanges,
    private readonly conditions: Conditions,
  ) {
    const step = (
      name: string,
      act: (database: GlobalDatabase) => void,
    ): void =>
      fleet.onStep(name, ({ arn }) => {
        const database = fleet.globals.find(item => item.arn === arn);
        if (database?.failover) {
          act(database);
          fleet.changed();
        }
      });
    step('switchover-checked', database => this.beginSwitchover(database));
    step('switchover-shut-down', database => this.shutDownOld(database));
    step('switchover-promoted', database => this.finishSwitchover(database));
    step('failover-promoted', database => this.finishFailover(database));
    fleet.onStep('global-resync', ({ arn, data }) =>
      this.resync(arn, String(data?.cluster)),
    );
  }

  /** @throws AwsError - GlobalClusterAlreadyExistsFault, DBClusterNotFoundFault, InvalidDBClusterStateFault, InvalidParameter*. */
  create(place: DatabasePlace, request: GlobalRequest): GlobalDatabase {
    const { fleet } = this;
    const id = readIdentifier('GlobalClusterIdentifier', request.id);
    if (
      fleet.globals.some(
        item => item.accountId === place.accountId && item.id === id,
      )
    ) {
      throw new AwsError(
        'GlobalClusterAlreadyExistsFault',
        `Global cluster ${id} already exists`,
      );
    }
    const source = request.sourceCluster
      ? fleet.getCluster(place, request.sourceCluster)
      : undefined;
    if (source && (request.engine || request.engineVersion)) {
      throw new AwsError(
        'InvalidParameterCombination',
        'When creating global cluster from existing db cluster, value for engineName should not be specified since it will be inherited from source cluster',
      );
    }
    if (source && (source.globalClusterId || source.status !== 'available')) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        source.globalClusterId
          ? `DB cluster ${source.id} is already a member of global cluster ${source.globalClusterId}`
          : `DbCluster ${source.id} is not in available state`,
      );
    }
    const engine = source?.engine ?? request.engine;
    if (engine !== 'aurora-postgresql' && engine !== 'aurora-mysql') {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid global cluster engine: ${engine}`,
      );
    }
    const database: GlobalDatabase = {
      id,
      accountId: place.accountId,
      arn: `arn:aws:rds::${place.accountId}:global-cluster:${id}`,
      engine,
      engineVersion:
        source?.engineVersion ??
        request.engineVersion ??
        (engine === 'aurora-mysql' ? '8.0.mysql_aurora.3.08.0' : '16.6'),
      status: 'available',
      deletionProtection: request.deletionProtection ?? false,
      databaseName: source?.databaseName ?? request.databaseName,
      storageEncrypted: request.storageEncrypted ?? source !== undefined,
      memberArns: source ? [source.arn] : [],
      resyncing: [],
      tags: request.tags,
    };
    if (source) {
      source.globalClusterId = id;
    }
    fleet.add('globals', database);
    return database;
  }

  /** @throws AwsError - GlobalClusterAlreadyExistsFault, InvalidGlobalClusterStateFault, InvalidParameterCombination. */
  modify(
    database: GlobalDatabase,
    change: {
      newId?: string;
      deletionProtection?: boolean;
      engineVersion?: string;
      allowsMajorUpgrade?: boolean;
    },
  ): void {
    const { fleet } = this;
    this.mustBeAvailable(database);
    if (
      change.engineVersion &&
      change.engineVersion !== database.engineVersion
    ) {
      checkUpgrade(
        database.engine,
        database.engineVersion,
        change.engineVersion,
        change.allowsMajorUpgrade,
      );
      for (const member of fleet.membersOf(database)) {
        this.clusters.modify(member, {
          engineVersion: change.engineVersion,
          allowsMajorUpgrade: change.allowsMajorUpgrade,
        });
      }
      database.engineVersion = change.engineVersion;
    }
    if (change.newId) {
      const id = readIdentifier('NewGlobalClusterIdentifier', change.newId);
      if (
        fleet.globals.some(
          item =>
            item !== database &&
            item.accountId === database.accountId &&
            item.id === id,
        )
      ) {
        throw new AwsError(
          'GlobalClusterAlreadyExistsFault',
          `Global cluster ${id} already exists`,
        );
      }
      database.id = id;
      database.arn = `arn:aws:rds::${database.accountId}:global-cluster:${id}`;
      fleet.membersOf(database).forEach(member => {
        member.globalClusterId = id;
      });
    }
    database.deletionProtection =
      change.deletionProtection ?? database.deletionProtection;
    fleet.changed();
  }

  /** @throws AwsError - InvalidGlobalClusterStateFault unless it is empty; InvalidParameterCombination when protected. */
  delete(database: GlobalDatabase): void {
    if (database.deletionProtection) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Cannot delete protected Global Cluster, please disable deletion protection and try again.',
      );
    }
    if (database.memberArns.length > 0) {
      throw new AwsError(
        'InvalidGlobalClusterStateFault',
        `Global Cluster ${database.arn} is not empty`,
      );
    }
    this.fleet.removeGlobal(database);
  }

  /**
   * Lets a cluster go; a secondary becomes a cluster of its own that writes.
   *
   * @throws AwsError - DBClusterNotFoundFault, InvalidGlobalClusterStateFault.
   */
  removeMember(database: GlobalDatabase, wanted: string): void {
    const { fleet } = this;
    const member = this.member(database, wanted);
    this.mustBeAvailable(database);
    if (member.isWriter && database.memberArns.length > 1) {
      throw new AwsError(
        'InvalidGlobalClusterStateFault',
        'Unable to remove the primary cluster from the global cluster while there are other global cluster members',
      );
    }
    database.memberArns = database.memberArns.filter(arn => arn !== member.arn);
    database.resyncing = database.resyncing.filter(arn => arn !== member.arn);
    member.globalClusterId = undefined;
    if (!member.isWriter) {
      member.status = 'promoting';
      this.setWriter(member, member.region);
      fleet.later(DETACH_MS, 'cluster-available', member.arn);
    }
    fleet.changed();
  }

  /** @throws AwsError - DBClusterNotFoundFault, InvalidGlobalClusterStateFault, InvalidDBClusterStateFault. */
  switchOver(database: GlobalDatabase, targetArn: string): void {
    const { fleet } = this;
    const { from, to } = this.endsOf(database, targetArn);
    for (const member of fleet.membersOf(database)) {
      this.mustBeHealthy(database, member);
    }
    if (from.engineVersion !== to.engineVersion) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `The engine version of target cluster ${to.id} (${to.engineVersion}) must be the same as that of the primary cluster ${from.id} (${from.engineVersion})`,
      );
    }
    this.mustHaveInstance(to);
    database.failover = {
      status: 'pending',
      fromArn: from.arn,
      toArn: to.arn,
      allowsDataLoss: false,
    };
    database.status = 'switching-over';
    fleet.later(CHECK_MS, 'switchover-checked', database.arn);
  }

  /** With data loss: the target becomes the primary whatever the old one says. */
  failOver(database: GlobalDatabase, targetArn: string): void {
    const { from, to } = this.endsOf(database, targetArn);
    this.mustBeHealthy(database, to);
    this.mustHaveInstance(to);
    database.failover = {
      status: 'failing-over',
      fromArn: from.arn,
      toArn: to.arn,
      allowsDataLoss: true,
    };
    database.status = 'failing-over';
    to.status = 'promoting';
    this.fleet.later(FAILOVER_MS, 'failover-promoted', database.arn);
  }

  /** Whether a member's data follows the primary's. */
  isInSync(database: GlobalDatabase, member: DatabaseCluster): boolean {
    const nowMs = this.fleet.nowMs;
    const [primary] = this.fleet.membersOf(database);
    const isDown = (region: string) =>
      this.conditions.regionDownAt(region, nowMs);
    return (
      !database.resyncing.includes(member.arn) &&
      !isDown(member.region) &&
      !isDown(primary.region)
    );
  }

  private endsOf(
    database: GlobalDatabase,
    targetArn: string,
  ): { from: DatabaseCluster; to: DatabaseCluster } {
    const to = this.member(database, targetArn);
    this.mustBeAvailable(database);
    if (to.isWriter) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `Target cluster ${to.arn} is already the primary cluster of global cluster ${database.id}`,
      );
    }
    return { from: this.fleet.membersOf(database)[0], to };
  }

  private member(database: GlobalDatabase, wanted: string): DatabaseCluster {
    const found = this.fleet
      .membersOf(database)
      .find(({ id, arn }) => arn === wanted || id === wanted);
    if (!found) {
      throw new AwsError(
        'DBClusterNotFoundFault',
        `DB cluster ${wanted} is not a member of global cluster ${database.id}`,
      );
    }
    return found;
  }

  private mustBeAvailable({ id, status, failover }: GlobalDatabase): void {
    if (status !== 'available' || failover) {
      throw new AwsError(
        'InvalidGlobalClusterStateFault',
        `Global cluster ${id} is not in available state`,
      );
    }
  }

  private mustBeHealthy(
    database: GlobalDatabase,
    member: DatabaseCluster,
  ): void {
    const isDown = this.conditions.regionDownAt(
      member.region,
      this.fleet.nowMs,
    );
    if (
      member.status !== 'available' ||
      isDown ||
      database.resyncing.includes(member.arn)
    ) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `DB cluster ${member.id} in ${member.region} is not healthy: ${
          isDown ? 'the Region cannot be reached' : member.status
        }`,
      );
    }
  }

  private mustHaveInstance(cluster: DatabaseCluster): void {
    const hasOne = this.fleet
      .instancesOf(cluster)
      .some(({ status }) => status === 'available');
    if (!hasOne) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `Target cluster ${cluster.id} has no available DB instance`,
      );
    }
  }

  private failoverEnds(database: GlobalDatabase): {
    from: DatabaseCluster;
    to: DatabaseCluster;
  } {
    const { fromArn, toArn } = database.failover!;
    return {
      from: this.fleet.clusterByArn(fromArn)!,
      to: this.fleet.clusterByArn(toArn)!,
    };
  }

  private beginSwitchover(database: GlobalDatabase): void {
    const { from, to } = this.failoverEnds(database);
    if (this.cancelled(database, from, to)) {
      return;
    }
    database.failover!.status = 'switching-over';
    from.status = 'modifying';
    to.status = 'modifying';
    this.tell([from, to], CLUSTER_EVENTS.switchoverStarted(to.id, to.region));
    this.fleet.later(SHUT_DOWN_MS, 'switchover-shut-down', database.arn);
  }

  private shutDownOld(database: GlobalDatabase): void {
    const { from, to } = this.failoverEnds(database);
    if (this.cancelled(database, from, to)) {
      return;
    }
    this.tell([from, to], CLUSTER_EVENTS.oldPrimaryDown(from.id, from.region));
    this.tell([to], CLUSTER_EVENTS.waitingForData(`${to.region}: 0 ms`));
    this.fleet.later(PROMOTE_MS, 'switchover-promoted', database.arn);
  }

  private finishSwitchover(database: GlobalDatabase): void {
    const { from, to } = this.failoverEnds(database);
    this.swapRoles(database, to);
    from.status = 'available';
    this.tell([from, to], CLUSTER_EVENTS.newPrimaryPromoted(to.id, to.region));
    this.tell([from, to], CLUSTER_EVENTS.switchoverFinished(to.id, to.region));
  }

  private finishFailover(database: GlobalDatabase): void {
    const { from, to } = this.failoverEnds(database);
    this.swapRoles(database, to);
    this.tell([from, to], CLUSTER_EVENTS.newPrimaryPromoted(to.id, to.region));
    this.tell(
      [from, to],
      CLUSTER_EVENTS.globalFailoverFinished(to.id, to.region),
    );
    for (const member of this.fleet.membersOf(database).slice(1)) {
      database.resyncing.push(member.arn);
      this.tell(
        [member],
        CLUSTER_EVENTS.resyncStarted(member.id, member.region),
      );
      this.fleet.later(RESYNC_MS, 'global-resync', database.arn, {
        cluster: member.arn,
        ...(member === from && { wasPrimary: true }),
      });
    }
    if (from.status === 'available') {
      // Kept by Aurora so that what was not replicated can be looked for.
      this.clusters.writeSnapshot(
        from,
        `rds:unplanned-global-failover-${from.id}-${this.fleet.nowMs}`,
        from.tags,
      );
    }
  }

  /** A member comes back in line when its region, and the primary's, can be reached. */
  private resync(databaseArn: string, clusterArn: string): void {
    const { fleet } = this;
    const database = fleet.globals.find(item => item.arn === databaseArn);
    const member = fleet.clusterByArn(clusterArn);
    if (!database || !member || !database.resyncing.includes(clusterArn)) {
      return;
    }
    if (this.conditions.regionDownAt(member.region, fleet.nowMs)) {
      fleet.later(RESYNC_MS, 'global-resync', databaseArn, {
        cluster: clusterArn,
      });
      return;
    }
    database.resyncing = database.resyncing.filter(arn => arn !== clusterArn);
    this.tell(
      [member],
      CLUSTER_EVENTS.resyncFinished(member.id, member.region),
    );
    fleet.changed();
  }

  private cancelled(
    database: GlobalDatabase,
    from: DatabaseCluster,
    to: DatabaseCluster,
  ): boolean {
    const isDown = [from, to].some(({ region }) =>
      this.conditions.regionDownAt(region, this.fleet.nowMs),
    );
    if (isDown) {
      from.status = 'available';
      to.status = 'available';
      database.status = 'available';
      delete database.failover;
      this.tell(
        [from, to],
        CLUSTER_EVENTS.switchoverCancelled(to.id, to.region),
      );
    }
    return isDown;
  }

  private swapRoles(database: GlobalDatabase, to: DatabaseCluster): void {
    database.memberArns = [
      to.arn,
      ...database.memberArns.filter(arn => arn !== to.arn),
    ];
    for (const member of this.fleet.membersOf(database)) {
      this.setWriter(member, to.region);
    }
    to.status = 'available';
    database.status = 'available';
    delete database.failover;
  }

  /** A cluster writes when it is in the writer's region; its first instance by tier does. */
  private setWriter(cluster: DatabaseCluster, writerRegion: string): void {
    const { fleet } = this;
    const writes = cluster.region === writerRegion;
    cluster.isWriter = writes;
    cluster.sourceRegion = writerRegion;
    fleet.changePhase(cluster, {
      writes,
      sourceRegion: writes ? undefined : writerRegion,
    });
    const instances = fleet
      .instancesOf(cluster)
      .sort((a, b) => a.promotionTier - b.promotionTier);
    instances.forEach((instance, index) => {
      instance.isWriter = writes && index === 0;
      fleet.changePhase(instance, { writes: instance.isWriter });
    });
  }

  private tell(clusters: DatabaseCluster[], text: EventText): void {
    clusters.forEach(cluster => this.fleet.record('db-cluster', cluster, text));
  }
}

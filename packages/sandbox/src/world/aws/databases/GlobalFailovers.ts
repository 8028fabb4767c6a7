import { AwsError } from '../AwsError';
import { Conditions } from '../Conditions';
import { DatabaseFleet } from '../DatabaseFleet';
import { checkGlobalIsAvailable } from './checks';
import { ClusterSnapshots } from './ClusterSnapshots';
import { CLUSTER_EVENTS, EventText } from './eventTexts';
import { findMember, setWriter } from './globalMembers';
import { DatabaseCluster, GlobalDatabase } from './records';

const CHECK_MS = 1_000;
const SHUT_DOWN_MS = 3_000;
const PROMOTE_MS = 4_000;
const FAILOVER_MS = 5_000;
const RESYNC_MS = 6_000;

/**
 * Giving an Aurora global database another primary.
 *
 * A switchover goes: pending, the old primary shuts down, all data arrives, the
 * target is promoted, the roles are swapped. A failover with data loss asks
 * nothing of the old primary, which is brought back in line when its region is
 * up again.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
 */
export class GlobalFailovers {
  constructor(
    private readonly fleet: DatabaseFleet,
    private readonly snapshots: ClusterSnapshots,
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
    const to = findMember(this.fleet, database, targetArn);
    checkGlobalIsAvailable(database);
    if (to.isWriter) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        `Target cluster ${to.arn} is already the primary cluster of global cluster ${database.id}`,
      );
    }
    return { from: this.fleet.membersOf(database)[0], to };
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
      this.snapshots.write(
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
      setWriter(this.fleet, member, to.region);
    }
    to.status = 'available';
    database.status = 'available';
    delete database.failover;
  }

  private tell(clusters: DatabaseCluster[], text: EventText): void {
    clusters.forEach(cluster => this.fleet.record('db-cluster', cluster, text));
  }
}

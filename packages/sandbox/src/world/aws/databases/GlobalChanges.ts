import { AwsError } from '../AwsError';
import { DatabaseFleet, DatabasePlace } from '../DatabaseFleet';
import { checkGlobalIsAvailable, checkUpgrade, readIdentifier } from './checks';
import { ClusterChanges } from './ClusterChanges';
import { findMember, setWriter } from './globalMembers';
import { GlobalDatabase } from './records';

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

/** Making, changing and deleting Aurora global databases, by Aurora's rules. */
export class GlobalChanges {
  constructor(
    private readonly fleet: DatabaseFleet,
    private readonly clusters: ClusterChanges,
  ) {}

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
    checkGlobalIsAvailable(database);
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
    const member = findMember(fleet, database, wanted);
    checkGlobalIsAvailable(database);
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
      setWriter(fleet, member, member.region);
      fleet.later(DETACH_MS, 'cluster-available', member.arn);
    }
    fleet.changed();
  }
}

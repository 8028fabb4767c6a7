import type {
  DBCluster,
  DBClusterSnapshot,
  DBInstance,
  FailoverStatus,
  GlobalCluster,
  GlobalClusterMember,
  Tag,
} from '@aws-sdk/client-rds';
import {
  ClusterSnapshot,
  DatabaseCluster,
  DatabaseInstance,
  GlobalDatabase,
} from '../../world/aws/databases/records';
import { seedOf } from '../../world/aws/noise';
import { CallContext } from './handlers';
import { clusterDefaults, instanceDefaults, storageKey } from './rdsDefaults';

/** `cluster-…`, `db-…`: the id that stays when the name changes. */
export function resourceId(
  kind: 'cluster' | 'db' | 'cluster-global',
  id: string,
) {
  return `${kind}-${(seedOf(`${kind}:${id}`) >>> 0)
    .toString(36)
    .toLocaleUpperCase('en-US')
    .padStart(7, '0')}${id.length}`;
}

export function tagList(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function readTags(tags: Tag[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (tags ?? []).map(({ Key, Value }) => [Key!, Value ?? '']),
  );
}

/** A global database as RDS describes it; the state of a switchover is there while it lasts. */
export function describeGlobal(
  database: GlobalDatabase,
  { aws }: CallContext,
): GlobalCluster {
  const members = aws.databases.membersOf(database);
  const { failover } = database;
  return {
    GlobalClusterIdentifier: database.id,
    GlobalClusterResourceId: resourceId('cluster-global', database.id),
    GlobalClusterArn: database.arn,
    Status: database.status,
    Engine: database.engine,
    EngineVersion: database.engineVersion,
    EngineLifecycleSupport: 'open-source-rds-extended-support',
    DatabaseName: database.databaseName,
    StorageEncrypted: database.storageEncrypted,
    DeletionProtection: database.deletionProtection,
    GlobalClusterMembers: members.map((cluster): GlobalClusterMember => {
      const inSync = aws.databaseChanges.globalFailovers.isInSync(
        database,
        cluster,
      );
      return {
        DBClusterArn: cluster.arn,
        IsWriter: cluster.isWriter,
        Readers: cluster.isWriter
          ? members.filter(other => !other.isWriter).map(({ arn }) => arn)
          : [],
        SynchronizationStatus: inSync ? 'connected' : 'pending-resync',
        GlobalWriteForwardingStatus: cluster.isWriter
          ? undefined
          : forwarding(cluster),
      };
    }),
    FailoverState: failover && {
      // The manual names `switching-over`; the published model does not.
      Status: failover.status as FailoverStatus,
      FromDbClusterArn: failover.fromArn,
      ToDbClusterArn: failover.toArn,
      IsDataLossAllowed: failover.allowsDataLoss,
    },
    Endpoint: `${database.id}.global-${accountHash(
      database.accountId,
    )}.global.rds.amazonaws.com`,
    TagList: tagList(database.tags),
  };
}

function forwarding({ writeForwarding }: DatabaseCluster) {
  return writeForwarding ? 'enabled' : 'disabled';
}

/** The part of an endpoint's name that is the same within an account and region. */
function accountHash(accountId: string, region = 'global'): string {
  return `c${(seedOf(`${accountId}/${region}`) >>> 0).toString(36)}`;
}

export function describeCluster(
  cluster: DatabaseCluster,
  { aws }: CallContext,
): DBCluster {
  const hash = accountHash(cluster.accountId, cluster.region);
  const domain = `${cluster.region}.rds.amazonaws.com`;
  const instances = aws.databases.instancesOf(cluster);
  return {
    ...clusterDefaults(cluster, aws.clock.now()),
    DBClusterIdentifier: cluster.id,
    DBClusterArn: cluster.arn,
    DbClusterResourceId: resourceId('cluster', cluster.id),
    Status: cluster.status,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    EngineMode: 'provisioned',
    Port: cluster.port,
    MasterUsername: cluster.masterUsername,
    DatabaseName: cluster.databaseName,
    Endpoint: cluster.isWriter
      ? `${cluster.id}.cluster-${hash}.${domain}`
      : undefined,
    ReaderEndpoint: `${cluster.id}.cluster-ro-${hash}.${domain}`,
    MultiAZ: instances.length > 1,
    AvailabilityZones: ['a', 'b', 'c'].map(zone => `${cluster.region}${zone}`),
    DBSubnetGroup: cluster.subnetGroup,
    DBClusterParameterGroup: cluster.parameterGroup,
    DBClusterMembers: instances.map(({ id, isWriter, promotionTier }) => ({
      DBInstanceIdentifier: id,
      IsClusterWriter: isWriter,
      DBClusterParameterGroupStatus: 'in-sync',
      PromotionTier: promotionTier,
    })),
    GlobalClusterIdentifier: cluster.globalClusterId,
    GlobalWriteForwardingRequested: cluster.globalClusterId
      ? cluster.writeForwarding
      : undefined,
    GlobalWriteForwardingStatus:
      cluster.globalClusterId && !cluster.isWriter
        ? forwarding(cluster)
        : undefined,
    ReplicationSourceIdentifier: replicationSource(cluster, aws.databases),
    ServerlessV2ScalingConfiguration: cluster.serverless && {
      MinCapacity: cluster.serverless.minimum,
      MaxCapacity: cluster.serverless.maximum,
    },
    StorageEncrypted: true,
    DeletionProtection: cluster.deletionProtection,
    BackupRetentionPeriod: cluster.backupRetentionDays,
    ClusterCreateTime: new Date(cluster.createdAtMs),
    AutomaticRestartTime: dateOf(cluster.startsByItselfAtMs),
    TagList: tagList(cluster.tags),
  };
}

/** Secondaries of a global database say where they copy from. */
function replicationSource(
  cluster: DatabaseCluster,
  databases: CallContext['aws']['databases'],
): string | undefined {
  const database = databases.globalOf(cluster);
  return database && !cluster.isWriter ? database.memberArns[0] : undefined;
}

export function describeInstance(
  instance: DatabaseInstance,
  { aws }: CallContext,
): DBInstance {
  const replicas = aws.databases
    .instancesIn(instance)
    .filter(({ replicaOf }) => replicaOf === instance.id)
    .map(({ id }) => id);
  const isMember = instance.clusterId !== undefined;
  return {
    ...instanceDefaults(instance, aws.clock.now()),
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DbiResourceId: resourceId('db', instance.id),
    DBInstanceStatus: instance.status,
    DBInstanceClass: instance.instanceClass,
    DBClusterIdentifier: instance.clusterId,
    Engine: instance.engine,
    EngineVersion: instance.engineVersion,
    AvailabilityZone: instance.availabilityZone,
    MultiAZ: instance.multiAz,
    // RDS names an endpoint when there is something to connect to.
    Endpoint:
      instance.status === 'creating'
        ? undefined
        : {
            Address: `${instance.id}.${accountHash(
              instance.accountId,
              instance.region,
            )}.${instance.region}.rds.amazonaws.com`,
            Port: instance.port,
          },
    DBName: instance.databaseName,
    DBSubnetGroup: { DBSubnetGroupName: instance.subnetGroup },
    DBParameterGroups: [
      {
        DBParameterGroupName: instance.parameterGroup,
        ParameterApplyStatus: 'in-sync',
      },
    ],
    MasterUsername: instance.masterUsername,
    StorageType: isMember ? 'aurora' : 'gp3',
    AllocatedStorage: instance.allocatedGb,
    StorageEncrypted: true,
    PubliclyAccessible: false,
    DeletionProtection: instance.deletionProtection,
    BackupRetentionPeriod: instance.backupRetentionDays,
    PromotionTier: isMember ? instance.promotionTier : undefined,
    PendingModifiedValues: instance.pendingInstanceClass
      ? { DBInstanceClass: instance.pendingInstanceClass }
      : {},
    ReadReplicaSourceDBInstanceIdentifier: instance.replicaOf,
    ReadReplicaDBInstanceIdentifiers: replicas,
    InstanceCreateTime: new Date(instance.createdAtMs),
    AutomaticRestartTime: dateOf(instance.startsByItselfAtMs),
    TagList: tagList(instance.tags),
  };
}

export function describeSnapshot(snapshot: ClusterSnapshot): DBClusterSnapshot {
  return {
    DBClusterSnapshotIdentifier: snapshot.id,
    DBClusterSnapshotArn: snapshot.arn,
    DBClusterIdentifier: snapshot.clusterId,
    Status: snapshot.status,
    PercentProgress: snapshot.status === 'available' ? 100 : 0,
    SnapshotType: snapshot.id.startsWith('rds:') ? 'automated' : 'manual',
    SnapshotCreateTime: new Date(snapshot.createdAtMs),
    AllocatedStorage: 1,
    KmsKeyId: storageKey(snapshot),
    ClusterCreateTime: new Date(snapshot.clusterCreatedAtMs),
    Engine: snapshot.engine,
    EngineVersion: snapshot.engineVersion,
    Port: snapshot.port,
    MasterUsername: snapshot.masterUsername,
    StorageEncrypted: true,
    TagList: tagList(snapshot.tags),
  };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

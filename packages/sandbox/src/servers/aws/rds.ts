import type {
  DBCluster,
  DBInstance,
  Filter,
  GlobalCluster,
  GlobalClusterMember,
} from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import {
  DatabaseCluster,
  DatabaseInstance,
  GlobalDatabase,
} from '../../world/aws/DatabaseFleet';
import { Page, paginate } from '../../world/aws/paginate';
import { seedOf } from '../../world/aws/noise';
import { CallContext, Handlers } from './handlers';

const DEFAULT_MAX_RECORDS = 100;

/** Amazon RDS and Aurora. Reading only: what the platforms run is not changed here. */
export const rdsHandlers: Handlers<typeof import('@aws-sdk/client-rds')> = {
  DescribeGlobalClusters(input, context) {
    const all = context.aws.databases.globalsIn(
      context.accountId,
      context.region,
    );
    const wanted = input.GlobalClusterIdentifier;
    const found = byIdentifier(all, wanted, globalArn);
    if (wanted && found.length === 0) {
      throw new AwsError(
        'GlobalClusterNotFoundFault',
        `Global cluster ${wanted} not found.`,
        404,
      );
    }
    const page = pageOf(
      filterBy(found, input.Filters, {
        'db-cluster-id': ({ clusters }) =>
          clusters.flatMap(({ id, arn }) => [id, arn]),
        region: ({ clusters }) => clusters.map(({ region }) => region),
      }),
      input,
    );
    return {
      GlobalClusters: page.items.map(item => describeGlobal(item, context)),
      Marker: page.nextToken,
    };
  },

  DescribeDBClusters(input, { aws, accountId, region }) {
    const wanted = input.DBClusterIdentifier;
    const found = byIdentifier(
      aws.databases.clustersIn(accountId, region),
      wanted,
      ({ arn }) => arn,
    );
    if (wanted && found.length === 0) {
      throw new AwsError(
        'DBClusterNotFoundFault',
        `DBCluster ${wanted} not found.`,
        404,
      );
    }
    const page = pageOf(
      filterBy(found, input.Filters, {
        'db-cluster-id': ({ id, arn }) => [id, arn],
        'db-cluster-resource-id': item => [resourceId('cluster', item.id)],
        engine: ({ engine }) => [engine],
      }),
      input,
    );
    return {
      DBClusters: page.items.map(describeCluster),
      Marker: page.nextToken,
    };
  },

  DescribeDBInstances(input, { aws, accountId, region }) {
    const wanted = input.DBInstanceIdentifier;
    const instances = aws.databases.instancesIn(accountId, region);
    const found = byIdentifier(instances, wanted, ({ arn }) => arn);
    if (wanted && found.length === 0) {
      throw new AwsError(
        'DBInstanceNotFoundFault',
        `DBInstance ${wanted} not found.`,
        404,
      );
    }
    const clusterArns = new Map(
      aws.databases
        .clustersIn(accountId, region)
        .map(({ id, arn }) => [id, arn]),
    );
    const page = pageOf(
      filterBy(found, input.Filters, {
        'db-instance-id': ({ id, arn }) => [id, arn],
        'db-cluster-id': ({ clusterId }) =>
          clusterId ? [clusterId, clusterArns.get(clusterId)!] : [],
        'dbi-resource-id': ({ id }) => [resourceId('db', id)],
        engine: ({ engine }) => [engine],
      }),
      input,
    );
    return {
      DBInstances: page.items.map(item => describeInstance(item, instances)),
      Marker: page.nextToken,
    };
  },

  ListTagsForResource(input, { aws, accountId, region }) {
    const found = [
      ...aws.databases.clustersIn(accountId, region),
      ...aws.databases.instancesIn(accountId, region),
    ].find(({ arn }) => arn === input.ResourceName);
    if (!found) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid resource name: ${input.ResourceName}`,
      );
    }
    return { TagList: tagList(found.tags) };
  },
};

/** Identifiers are matched without regard to case; an ARN is taken too. */
function byIdentifier<T extends { id: string }>(
  items: T[],
  wanted: string | undefined,
  arnOf: (item: T) => string,
): T[] {
  if (!wanted) {
    return items;
  }
  const id = wanted.toLocaleLowerCase('en-US');
  return items.filter(item => item.id === id || arnOf(item) === wanted);
}

/** Filters must all match; a filter matches with any of its values. */
function filterBy<T>(
  items: T[],
  filters: Filter[] | undefined,
  known: Record<string, (item: T) => string[]>,
): T[] {
  return (filters ?? []).reduce((rest, { Name, Values }) => {
    const valuesOf = known[Name!];
    if (!valuesOf) {
      throw new AwsError(
        'InvalidParameterValue',
        `Unrecognized filter name: ${Name}; the sandbox knows ${Object.keys(
          known,
        ).join(', ')}`,
      );
    }
    return rest.filter(item =>
      valuesOf(item).some(value => Values!.includes(value)),
    );
  }, items);
}

function pageOf<T>(
  items: T[],
  { MaxRecords, Marker }: { MaxRecords?: number; Marker?: string },
): Page<T> {
  const size = MaxRecords ?? DEFAULT_MAX_RECORDS;
  if (size < 20 || size > 100) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value ${size} for MaxRecords. Must be between 20 and 100`,
    );
  }
  return paginate(items, {
    token: Marker,
    size,
    tokenError: new AwsError('InvalidParameterValue', 'Invalid Marker'),
  });
}

function globalArn({ accountId, id }: GlobalDatabase): string {
  return `arn:aws:rds::${accountId}:global-cluster:${id}`;
}

function resourceId(kind: 'cluster' | 'db' | 'cluster-global', id: string) {
  return `${kind}-${(seedOf(`${kind}:${id}`) >>> 0)
    .toString(36)
    .toLocaleUpperCase('en-US')
    .padStart(7, '0')}${id.length}`;
}

function tagList(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function describeGlobal(
  database: GlobalDatabase,
  { aws }: CallContext,
): GlobalCluster {
  const writer = database.clusters[0];
  const synchronization = aws.conditions.holds('region-down')
    ? 'pending-resync'
    : 'connected';
  return {
    GlobalClusterIdentifier: database.id,
    GlobalClusterResourceId: resourceId('cluster-global', database.id),
    GlobalClusterArn: globalArn(database),
    Status: 'available',
    Engine: database.engine,
    EngineVersion: database.engineVersion,
    StorageEncrypted: true,
    DeletionProtection: true,
    GlobalClusterMembers: database.clusters.map(
      (cluster): GlobalClusterMember => ({
        DBClusterArn: cluster.arn,
        IsWriter: cluster.isWriter,
        Readers: cluster.isWriter
          ? database.clusters
              .filter(other => !other.isWriter)
              .map(({ arn }) => arn)
          : [],
        SynchronizationStatus: synchronization,
        GlobalWriteForwardingStatus: cluster.isWriter ? undefined : 'disabled',
      }),
    ),
    Endpoint: `${database.id}.global-${accountHash(
      writer.accountId,
    )}.global.rds.amazonaws.com`,
    TagList: tagList(writer.tags),
  };
}

/** The part of an endpoint's name that is the same within an account and region. */
function accountHash(accountId: string, region = 'global'): string {
  return `c${(seedOf(`${accountId}/${region}`) >>> 0).toString(36)}`;
}

function describeCluster(cluster: DatabaseCluster): DBCluster {
  const hash = accountHash(cluster.accountId, cluster.region);
  const domain = `${cluster.region}.rds.amazonaws.com`;
  return {
    DBClusterIdentifier: cluster.id,
    DBClusterArn: cluster.arn,
    DbClusterResourceId: resourceId('cluster', cluster.id),
    Status: 'available',
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    EngineMode: 'provisioned',
    Port: 5432,
    MasterUsername: 'postgres',
    DatabaseName: cluster.isWriter ? 'platform' : undefined,
    Endpoint: cluster.isWriter
      ? `${cluster.id}.cluster-${hash}.${domain}`
      : undefined,
    ReaderEndpoint: `${cluster.id}.cluster-ro-${hash}.${domain}`,
    MultiAZ: cluster.instances.length > 1,
    AvailabilityZones: ['a', 'b', 'c'].map(zone => `${cluster.region}${zone}`),
    DBClusterMembers: cluster.instances.map(({ id, isWriter }) => ({
      DBInstanceIdentifier: id,
      IsClusterWriter: isWriter,
      DBClusterParameterGroupStatus: 'in-sync',
      PromotionTier: 1,
    })),
    GlobalClusterIdentifier: cluster.globalClusterId,
    GlobalWriteForwardingStatus:
      cluster.globalClusterId && !cluster.isWriter ? 'disabled' : undefined,
    StorageEncrypted: true,
    DeletionProtection: true,
    BackupRetentionPeriod: 7,
    ClusterCreateTime: cluster.createdAt,
    TagList: tagList(cluster.tags),
  };
}

function describeInstance(
  instance: DatabaseInstance,
  all: DatabaseInstance[],
): DBInstance {
  const replicas = all
    .filter(({ replicaOf }) => replicaOf === instance.id)
    .map(({ id }) => id);
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DbiResourceId: resourceId('db', instance.id),
    DBInstanceStatus: 'available',
    DBInstanceClass: instance.instanceClass,
    DBClusterIdentifier: instance.clusterId,
    Engine: instance.engine,
    EngineVersion: instance.engineVersion,
    AvailabilityZone: instance.availabilityZone,
    MultiAZ: false,
    Endpoint: {
      Address: `${instance.id}.${accountHash(
        instance.accountId,
        instance.region,
      )}.${instance.region}.rds.amazonaws.com`,
      Port: 5432,
    },
    MasterUsername: 'postgres',
    StorageType: instance.clusterId ? 'aurora' : 'gp3',
    AllocatedStorage: instance.clusterId ? 1 : 100,
    StorageEncrypted: true,
    PubliclyAccessible: false,
    BackupRetentionPeriod: 7,
    PromotionTier: instance.clusterId ? 1 : undefined,
    ReadReplicaSourceDBInstanceIdentifier: instance.replicaOf,
    ReadReplicaDBInstanceIdentifiers: replicas,
    InstanceCreateTime: instance.createdAt,
    TagList: tagList(instance.tags),
  };
}

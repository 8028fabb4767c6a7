import * as elasticache from '@aws-sdk/client-elasticache';
import * as rds from '@aws-sdk/client-rds';
import {
  GetResourcesCommand,
  GetTagKeysCommand,
  GetTagValuesCommand,
  TagResourcesCommand,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { ACCOUNT, PAUSE, REGION, Step, stepsOf } from '../Step';

const call = stepsOf('rds');
const cache = stepsOf('elasticache');
const tagging = stepsOf('tagging');

const cluster = { DBClusterIdentifier: 'realism' };
const instance = { DBInstanceIdentifier: 'realism-1' };
const world = { GlobalClusterIdentifier: 'realism' };
const Engine = 'aurora-postgresql';
const ResourceName = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:realism`;
const group = { ReplicationGroupId: 'realism' };

export const DATABASE_STEPS: Step[] = [
  call(new rds.DescribeDBClustersCommand({}), 'none yet'),
  call(new rds.DescribeDBClustersCommand(cluster), 'no such cluster'),
  call(new rds.DescribeDBInstancesCommand(instance), 'no such instance'),
  call(new rds.DescribeGlobalClustersCommand(world), 'no such global cluster'),
  call(new rds.CreateGlobalClusterCommand({ ...world, Engine })),
  call(new rds.CreateGlobalClusterCommand({ ...world, Engine }), 'again'),
  call(
    new rds.CreateDBClusterCommand({
      ...cluster,
      ...world,
      Engine,
      MasterUsername: 'one',
      MasterUserPassword: 'password-of-one',
      Tags: [{ Key: 'Team', Value: 'one' }],
    }),
  ),
  PAUSE,
  call(
    new rds.CreateDBClusterCommand({
      ...cluster,
      Engine,
      MasterUsername: 'one',
      MasterUserPassword: 'password-of-one',
    }),
    'again',
  ),
  call(
    new rds.CreateDBInstanceCommand({
      ...cluster,
      ...instance,
      Engine,
      DBInstanceClass: 'db.r6g.large',
    }),
  ),
  PAUSE,
  call(new rds.DescribeDBClustersCommand(cluster)),
  call(new rds.DescribeDBInstancesCommand(instance)),
  call(new rds.ListTagsForResourceCommand({ ResourceName })),
  tagging(new GetResourcesCommand({ ResourceTypeFilters: ['rds:cluster'] })),
  tagging(
    new GetResourcesCommand({
      TagFilters: [{ Key: 'Team', Values: ['none'] }],
    }),
    'none',
  ),
  tagging(new GetTagKeysCommand({})),
  tagging(new GetTagValuesCommand({ Key: 'Team' })),
  tagging(
    new TagResourcesCommand({
      ResourceARNList: [ResourceName],
      Tags: { Cost: '2' },
    }),
  ),
  call(
    new rds.AddTagsToResourceCommand({
      ResourceName,
      Tags: [{ Key: 'Cost', Value: '1' }],
    }),
  ),
  call(
    new rds.RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['Cost'] }),
  ),
  call(
    new rds.ModifyDBClusterCommand({
      ...cluster,
      BackupRetentionPeriod: 7,
      ApplyImmediately: true,
    }),
  ),
  PAUSE,
  call(
    new rds.CreateDBClusterSnapshotCommand({
      ...cluster,
      DBClusterSnapshotIdentifier: 'realism',
    }),
  ),
  PAUSE,
  call(
    new rds.DescribeDBClusterSnapshotsCommand({
      DBClusterSnapshotIdentifier: 'realism',
    }),
  ),
  call(new rds.DescribeGlobalClustersCommand(world)),
  call(
    new rds.ModifyGlobalClusterCommand({ ...world, DeletionProtection: false }),
  ),
  call(new rds.DeleteGlobalClusterCommand(world), 'with a member'),
  call(
    new rds.RemoveFromGlobalClusterCommand({
      ...world,
      DbClusterIdentifier: ResourceName,
    }),
  ),
  PAUSE,
  call(new rds.DeleteGlobalClusterCommand(world)),
  call(new rds.StopDBClusterCommand(cluster)),
  PAUSE,
  call(new rds.StartDBClusterCommand(cluster)),
  PAUSE,
  call(
    new rds.DeleteDBInstanceCommand({ ...instance, SkipFinalSnapshot: true }),
  ),
  PAUSE,
  call(new rds.DeleteDBClusterCommand(cluster), 'no final snapshot told'),
  call(new rds.DeleteDBClusterCommand({ ...cluster, SkipFinalSnapshot: true })),
  PAUSE,
  cache(
    new elasticache.DescribeReplicationGroupsCommand(group),
    'no such group',
  ),
  cache(
    new elasticache.DescribeCacheClustersCommand({ CacheClusterId: 'none' }),
    'no such cluster',
  ),
  cache(
    new elasticache.CreateReplicationGroupCommand({
      ...group,
      ReplicationGroupDescription: 'realism',
      CacheNodeType: 'cache.t4g.micro',
      Engine: 'redis',
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
    }),
  ),
  PAUSE,
  cache(new elasticache.DescribeReplicationGroupsCommand(group)),
  cache(new elasticache.DeleteReplicationGroupCommand(group)),
];

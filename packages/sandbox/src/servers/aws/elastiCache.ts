import type * as Sdk from '@aws-sdk/client-elasticache';
import { AwsError } from '../../world/aws/AwsError';
import { CacheGroup } from '../../world/aws/caches/records';
import { Page } from '../../world/aws/paginate';
import {
  describeGroup,
  describeNode,
  nodeArn,
  tagList,
} from './elastiCacheShapes';
import { CallContext, Handlers } from './handlers';
import { eventFilter, recordPage } from './recordPages';

/** Amazon ElastiCache: replication groups without sharding. There are no serverless caches and no global datastores. */
export const elastiCacheHandlers: Handlers<typeof Sdk> = {
  DescribeReplicationGroups(input, context) {
    const { caches } = context.aws;
    const found = input.ReplicationGroupId
      ? [caches.get(context, input.ReplicationGroupId)]
      : caches.groupsIn(context);
    const page = pageOf(found, input);
    return {
      ReplicationGroups: page.items.map(describeGroup),
      Marker: page.nextToken,
    };
  },

  DescribeCacheClusters(input, context) {
    const all = context.aws.caches
      .groupsIn(context)
      .flatMap(group => group.nodes.map(node => ({ group, node })));
    const wanted = input.CacheClusterId?.toLocaleLowerCase('en-US');
    const found = wanted ? all.filter(({ node }) => node.id === wanted) : all;
    if (wanted && found.length === 0) {
      throw new AwsError(
        'CacheClusterNotFoundFault',
        `CacheCluster not found: ${input.CacheClusterId}`,
        404,
      );
    }
    const page = pageOf(
      input.ShowCacheClustersNotInReplicationGroups ? [] : found,
      input,
    );
    return {
      CacheClusters: page.items.map(({ group, node }) =>
        describeNode(group, node, input.ShowCacheNodeInfo ?? false),
      ),
      Marker: page.nextToken,
    };
  },

  DescribeServerlessCaches(input) {
    if (input.ServerlessCacheName) {
      throw new AwsError(
        'ServerlessCacheNotFoundFault',
        `Serverless cache ${input.ServerlessCacheName} not found`,
        404,
      );
    }
    return { ServerlessCaches: [] };
  },

  DescribeGlobalReplicationGroups(input) {
    if (input.GlobalReplicationGroupId) {
      throw new AwsError(
        'GlobalReplicationGroupNotFoundFault',
        `Global Replication Group ${input.GlobalReplicationGroupId} not found.`,
        404,
      );
    }
    return { GlobalReplicationGroups: [] };
  },

  DescribeEvents(input, context) {
    const { caches, clock } = context.aws;
    const page = pageOf(
      caches
        .eventsIn(context)
        .filter(
          eventFilter(
            input,
            clock.now().getTime(),
            'InvalidParameterCombinationException',
          ),
        ),
      input,
    );
    return {
      Events: page.items.map(event => ({
        SourceIdentifier: event.sourceId,
        SourceType: event.sourceType,
        Message: event.message,
        Date: new Date(event.atMs),
      })),
      Marker: page.nextToken,
    };
  },

  CreateReplicationGroup(input, context) {
    const engine = input.Engine ?? 'redis';
    if (engine !== 'redis' && engine !== 'valkey') {
      throw new AwsError(
        'InvalidParameterValueException',
        `Invalid value ${engine} for Engine`,
      );
    }
    if ((input.NumNodeGroups ?? 1) > 1) {
      throw new AwsError(
        'InvalidParameterValueException',
        'Replication groups with several shards are not in the sandbox',
      );
    }
    const group = context.aws.caches.create({
      id: input.ReplicationGroupId!,
      accountId: context.accountId,
      region: context.region,
      description: input.ReplicationGroupDescription!,
      nodeType: input.CacheNodeType ?? 'cache.t4g.small',
      nodes: input.NumCacheClusters ?? 1 + (input.ReplicasPerNodeGroup ?? 0),
      automaticFailover: input.AutomaticFailoverEnabled ?? false,
      multiAz: input.MultiAZEnabled ?? false,
      engine,
      engineVersion: input.EngineVersion,
      port: input.Port,
      tags: Object.fromEntries(
        (input.Tags ?? []).map(({ Key, Value }) => [Key!, Value ?? '']),
      ),
    });
    return { ReplicationGroup: describeGroup(group) };
  },

  ModifyReplicationGroup(input, context) {
    const group = context.aws.caches.get(context, input.ReplicationGroupId!);
    context.aws.caches.modify(group, {
      description: input.ReplicationGroupDescription,
      nodeType: input.CacheNodeType,
      engineVersion: input.EngineVersion,
      automaticFailover: input.AutomaticFailoverEnabled,
      multiAz: input.MultiAZEnabled,
      snapshotRetentionDays: input.SnapshotRetentionLimit,
    });
    return { ReplicationGroup: describeGroup(group) };
  },

  DeleteReplicationGroup(input, context) {
    const group = context.aws.caches.get(context, input.ReplicationGroupId!);
    context.aws.caches.delete(group);
    return { ReplicationGroup: describeGroup(group) };
  },

  TestFailover(input, context) {
    const group = context.aws.caches.get(context, input.ReplicationGroupId!);
    if (input.NodeGroupId !== '0001') {
      throw new AwsError(
        'NodeGroupNotFoundFault',
        `NodeGroup ${input.NodeGroupId} not found in replication group ${group.id}`,
        404,
      );
    }
    context.aws.caches.testFailover(group);
    return { ReplicationGroup: describeGroup(group) };
  },

  ListTagsForResource(input, context) {
    return { TagList: tagList(taggedBy(input.ResourceName!, context)) };
  },

  AddTagsToResource(input, context) {
    const group = taggedBy(input.ResourceName!, context);
    input.Tags!.forEach(({ Key, Value }) => {
      group.tags[Key!] = Value ?? '';
    });
    context.aws.caches.changed();
    return { TagList: tagList(group) };
  },

  RemoveTagsFromResource(input, context) {
    const group = taggedBy(input.ResourceName!, context);
    const absent = input.TagKeys!.find(key => !Object.hasOwn(group.tags, key));
    if (absent) {
      throw new AwsError(
        'TagNotFoundFault',
        `Tag ${absent} not found on ${input.ResourceName}`,
        404,
      );
    }
    input.TagKeys!.forEach(key => delete group.tags[key]);
    context.aws.caches.changed();
    return { TagList: tagList(group) };
  },
};

/** A group by its ARN, or by that of one of its nodes. */
function taggedBy(arn: string, context: CallContext): CacheGroup {
  const groups = context.aws.caches.groupsIn(context);
  const found = groups.find(
    group =>
      group.arn === arn ||
      group.nodes.some(node => nodeArn(group, node) === arn),
  );
  if (!found) {
    throw new AwsError(
      'InvalidARNFault',
      `The requested ARN is invalid or does not exist: ${arn}`,
    );
  }
  return found;
}

function pageOf<T>(
  items: T[],
  input: { MaxRecords?: number; Marker?: string },
): Page<T> {
  return recordPage(items, input, 'InvalidParameterValueException');
}

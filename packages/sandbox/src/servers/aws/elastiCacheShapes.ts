import type * as Sdk from '@aws-sdk/client-elasticache';
import { CacheGroup, CacheNode } from '../../world/aws/caches/records';
import { seedOf } from '../../world/aws/noise';

/** Tags as the wire has them. */
export function tagList({ tags }: CacheGroup): Sdk.Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** ElastiCache calls a node a cluster. */
export function nodeArn(
  { region, accountId }: CacheGroup,
  { id }: CacheNode,
): string {
  return `arn:aws:elasticache:${region}:${accountId}:cluster:${id}`;
}

/** A replication group; it has no endpoints until it is there. */
export function describeGroup(group: CacheGroup): Sdk.ReplicationGroup {
  const endpoint = (name: string) => ({
    Address: addressOf(group, name),
    Port: group.port,
  });
  return {
    ReplicationGroupId: group.id,
    Description: group.description,
    ARN: group.arn,
    Status: group.status,
    Engine: group.engine,
    MemberClusters: group.nodes.map(({ id }) => id),
    NodeGroups:
      group.status === 'creating'
        ? []
        : [
            {
              NodeGroupId: '0001',
              Status: group.status,
              PrimaryEndpoint: endpoint('master'),
              ReaderEndpoint: endpoint('replica'),
              NodeGroupMembers: group.nodes.map(node => ({
                CacheClusterId: node.id,
                CacheNodeId: '0001',
                PreferredAvailabilityZone: node.zone,
                CurrentRole: node.primary ? 'primary' : 'replica',
                ReadEndpoint: endpoint(node.id),
              })),
            },
          ],
    AutomaticFailover: group.automaticFailover ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: '15:00-16:00',
    ClusterEnabled: false,
    ClusterMode: 'disabled',
    CacheNodeType: group.nodeType,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: true,
    AutoMinorVersionUpgrade: true,
    DataTiering: 'disabled',
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
    PendingModifiedValues: {},
    ReplicationGroupCreateTime: new Date(group.createdAtMs),
  };
}

/** A node as a cluster of one. */
export function describeNode(
  group: CacheGroup,
  node: CacheNode,
  showNodes: boolean,
): Sdk.CacheCluster {
  return {
    CacheClusterId: node.id,
    ARN: nodeArn(group, node),
    ReplicationGroupId: group.id,
    CacheClusterStatus: node.status,
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: node.zone,
    CacheClusterCreateTime: new Date(node.createdAtMs),
    CacheSubnetGroupName: 'default',
    CacheParameterGroup: {
      CacheParameterGroupName: `default.${group.engine}${
        group.engineVersion.split('.')[0]
      }`,
      ParameterApplyStatus: 'in-sync',
      CacheNodeIdsToReboot: [],
    },
    SnapshotRetentionLimit: node.primary ? 0 : group.snapshotRetentionDays,
    AutoMinorVersionUpgrade: true,
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: true,
    PendingModifiedValues: {},
    CacheNodes:
      showNodes && node.status !== 'creating'
        ? [
            {
              CacheNodeId: '0001',
              CacheNodeStatus: node.status,
              CacheNodeCreateTime: new Date(node.createdAtMs),
              Endpoint: {
                Address: addressOf(group, node.id),
                Port: group.port,
              },
              ParameterGroupStatus: 'in-sync',
              CustomerAvailabilityZone: node.zone,
            },
          ]
        : undefined,
  };
}

/** `<name>.<hash>.0001.use1.cache.amazonaws.com` */
function addressOf(
  { accountId, region, id }: CacheGroup,
  name: string,
): string {
  const hash = (seedOf(`${accountId}/${region}/${id}`) >>> 0).toString(36);
  const [continent, direction, number] = region.split('-');
  return `${name}.${hash}.${continent}${direction[0]}${number}.cache.amazonaws.com`;
}

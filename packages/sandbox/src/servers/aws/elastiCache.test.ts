import {
  CloudWatchClient,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  AddTagsToResourceCommand,
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeEventsCommand,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
  ModifyReplicationGroupCommand,
  paginateDescribeCacheClusters,
  RemoveTagsFromResourceCommand,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import { AwsRig, startAws } from './__testUtils__/startAws';

const PROD = '444400000005';

describe('ElastiCache', () => {
  let aws: AwsRig;
  let client: ElastiCacheClient;
  beforeEach(async () => {
    aws = await startAws();
    client = new ElastiCacheClient(aws.as(PROD, 'us-east-1'));
  });
  afterEach(() => aws.close());

  const group = async (ReplicationGroupId = 'mobilytics-prod') =>
    (
      await client.send(
        new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
      )
    ).ReplicationGroups![0];
  const primary = async () =>
    (await group()).NodeGroups![0].NodeGroupMembers!.find(
      ({ CurrentRole }) => CurrentRole === 'primary',
    )!.CacheClusterId;

  it('has the caches of a platform, with their nodes, tags and metrics', async () => {
    expect(await group()).toMatchObject({
      Status: 'available',
      MemberClusters: ['mobilytics-prod-001', 'mobilytics-prod-002'],
      AutomaticFailover: 'enabled',
    });
    const { CacheClusters } = await client.send(
      new DescribeCacheClustersCommand({ ShowCacheNodeInfo: true }),
    );
    expect(CacheClusters!.map(c => c.CacheNodes!.length)).toEqual([1, 1]);
    const { TagList } = await client.send(
      new ListTagsForResourceCommand({ ResourceName: (await group()).ARN }),
    );
    expect(TagList).toContainEqual({ Key: 'System', Value: 'mobilytics' });
    const lags = await new CloudWatchClient(aws.as(PROD, 'us-east-1')).send(
      new ListMetricsCommand({
        Namespace: 'AWS/ElastiCache',
        MetricName: 'ReplicationLag',
      }),
    );
    expect(
      new Set(lags.Metrics!.map(({ Dimensions }) => Dimensions![0].Value)),
    ).toEqual(new Set(['mobilytics-prod-002']));
    expect(
      (
        await new ElastiCacheClient(aws.as(PROD, 'us-west-2')).send(
          new DescribeReplicationGroupsCommand({}),
        )
      ).ReplicationGroups,
    ).toEqual([]);
    expect(
      (await client.send(new DescribeServerlessCachesCommand({})))
        .ServerlessCaches,
    ).toEqual([]);
  });

  it('fails over, and says so', async () => {
    expect(await primary()).toBe('mobilytics-prod-001');
    const fail = (NodeGroupId: string) =>
      client.send(
        new TestFailoverCommand({
          ReplicationGroupId: 'mobilytics-prod',
          NodeGroupId,
        }),
      );
    await expect(fail('0002')).rejects.toMatchObject({
      name: 'NodeGroupNotFoundFault',
    });
    await fail('0001');
    await expect(fail('0001')).rejects.toMatchObject({
      name: 'InvalidReplicationGroupStateFault',
    });
    await aws.soon(primary, id => id === 'mobilytics-prod-002');
    const { Events } = await client.send(new DescribeEventsCommand({}));
    expect(Events!.map(({ Message }) => Message)).toEqual([
      'Failover from master node mobilytics-prod-001 to replica node mobilytics-prod-002 completed',
      'Test Failover API called for node group 0001',
    ]);
    await aws.restart();
    client = new ElastiCacheClient(aws.as(PROD, 'us-east-1'));
    expect(await primary()).toBe('mobilytics-prod-002');
  });

  it('makes, changes and deletes a group', async () => {
    const create = (extra = {}) =>
      client.send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId: 'queue',
          ReplicationGroupDescription: 'work',
          CacheNodeType: 'cache.t4g.micro',
          NumCacheClusters: 1,
          ...extra,
        }),
      );
    await expect(
      create({ AutomaticFailoverEnabled: true }),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
    expect((await create()).ReplicationGroup!.Status).toBe('creating');
    await expect(create()).rejects.toMatchObject({
      name: 'ReplicationGroupAlreadyExistsFault',
    });
    const available = () =>
      aws.soon(
        () => group('queue'),
        ({ Status }) => Status === 'available',
      );
    await available();
    await client.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: 'queue',
        CacheNodeType: 'cache.r7g.large',
      }),
    );
    expect((await available()).CacheNodeType).toBe('cache.r7g.large');
    await client.send(
      new DeleteReplicationGroupCommand({ ReplicationGroupId: 'queue' }),
    );
    await aws.soon(
      () => client.send(new DescribeReplicationGroupsCommand({})),
      ({ ReplicationGroups }) => ReplicationGroups!.length === 1,
    );
    await expect(group('queue')).rejects.toMatchObject({
      name: 'ReplicationGroupNotFoundFault',
    });
    await expect(
      client.send(new DescribeCacheClustersCommand({ CacheClusterId: 'x' })),
    ).rejects.toMatchObject({ name: 'CacheClusterNotFoundFault' });
  });

  it('tags groups, also by the ARN of a node, and gives nodes page by page', async () => {
    const { ARN } = await group();
    const nodeArn = `arn:aws:elasticache:us-east-1:${PROD}:cluster:mobilytics-prod-001`;
    const { TagList } = await client.send(
      new AddTagsToResourceCommand({
        ResourceName: nodeArn,
        Tags: [{ Key: 'Owner', Value: 'me' }],
      }),
    );
    expect(TagList).toContainEqual({ Key: 'Owner', Value: 'me' });
    const remove = () =>
      client.send(
        new RemoveTagsFromResourceCommand({
          ResourceName: ARN,
          TagKeys: ['Owner'],
        }),
      );
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'TagNotFoundFault' });
    await expect(
      client.send(
        new AddTagsToResourceCommand({
          ResourceName: ARN!.replace('us-east-1', 'us-west-2'),
          Tags: [{ Key: 'Owner', Value: 'me' }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidARNFault' });

    for (const number of [1, 2, 3, 4]) {
      await client.send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId: `many-${number}`,
          ReplicationGroupDescription: 'work',
          NumCacheClusters: 6,
        }),
      );
    }
    const pages: number[] = [];
    for await (const page of paginateDescribeCacheClusters(
      { client, pageSize: 20 },
      {},
    )) {
      pages.push(page.CacheClusters!.length);
    }
    expect(pages).toEqual([20, 6]);
    await expect(
      client.send(new DescribeCacheClustersCommand({ MaxRecords: 5 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(
      client.send(new DescribeReplicationGroupsCommand({ Marker: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(
      client.send(
        new DescribeGlobalReplicationGroupsCommand({
          GlobalReplicationGroupId: 'none',
        }),
      ),
    ).rejects.toMatchObject({ name: 'GlobalReplicationGroupNotFoundFault' });
  });
});

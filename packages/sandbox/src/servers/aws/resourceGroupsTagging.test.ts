import {
  CloudFormationClient,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetResourcesCommand,
  GetResourcesCommandInput,
  GetTagKeysCommand,
  GetTagValuesCommand,
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
  UntagResourcesCommand,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { AwsRig, startAws } from './__testUtils__/startAws';

const DEV = '111100000001';
const CLUSTER = `arn:aws:rds:ap-southeast-2:${DEV}:cluster:sample-platform-ai-dev`;
const EKS = `arn:aws:eks:ap-southeast-2:${DEV}:cluster/sample-platform-ai-dev`;

describe('Resource Groups Tagging API', () => {
  let aws: AwsRig;
  let tagging: ResourceGroupsTaggingAPIClient;
  beforeEach(async () => {
    aws = await startAws();
    tagging = new ResourceGroupsTaggingAPIClient(aws.as(DEV));
  });
  afterEach(() => aws.close());

  const arns = async (input: GetResourcesCommandInput) =>
    (
      await tagging.send(new GetResourcesCommand(input))
    ).ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN!);

  it('finds resources of all services by type and tag', async () => {
    const kinds = new Set(
      (await arns({})).map(arn => arn.split(':').slice(2, 3).join()),
    );
    expect([...kinds].sort()).toEqual([
      'cloudformation',
      'eks',
      'rds',
      'secretsmanager',
    ]);
    expect(await arns({ ResourceTypeFilters: ['rds:cluster'] })).toEqual([
      CLUSTER,
    ]);
    expect(await arns({ ResourceTypeFilters: ['eks:cluster', 'ecr'] })).toEqual(
      [EKS],
    );
    expect(
      await arns({
        TagFilters: [
          { Key: 'Environment', Values: ['dev', 'uat'] },
          { Key: 'Nothing' },
        ],
      }),
    ).toEqual([]);
    const ecr = new ResourceGroupsTaggingAPIClient(aws.as('111100000000'));
    const { ResourceTagMappingList } = await ecr.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: 'Component', Values: ['sample-backend'] }],
      }),
    );
    expect(ResourceTagMappingList!.map(r => r.ResourceARN)).toEqual([
      'arn:aws:ecr:ap-southeast-2:111100000000:repository/sample-backend',
    ]);
  });

  it('gives all pages, ending with an empty token', async () => {
    const all = await arns({});
    const paged: string[] = [];
    for await (const page of paginateGetResources(
      { client: tagging, pageSize: 2 },
      {},
    )) {
      paged.push(...page.ResourceTagMappingList!.map(r => r.ResourceARN!));
    }
    expect(paged).toEqual(all);
    expect(
      (await tagging.send(new GetResourcesCommand({}))).PaginationToken,
    ).toBe('');
    await expect(arns({ PaginationToken: 'x' })).rejects.toMatchObject({
      name: 'PaginationTokenExpiredException',
    });
    await expect(
      arns({ ResourceARNList: [EKS], TagFilters: [{ Key: 'System' }] }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('tags through each service, and tells what failed', async () => {
    const missing = `${EKS}-nope`;
    const { FailedResourcesMap } = await tagging.send(
      new TagResourcesCommand({
        ResourceARNList: [CLUSTER, EKS, missing],
        Tags: { Team: 'ai' },
      }),
    );
    expect(Object.keys(FailedResourcesMap!)).toEqual([missing]);
    expect(await arns({ TagFilters: [{ Key: 'Team' }] })).toEqual([
      EKS,
      CLUSTER,
    ]);
    const { DBClusters } = await new RDSClient(aws.as(DEV)).send(
      new DescribeDBClustersCommand({}),
    );
    expect(DBClusters![0].TagList).toContainEqual({ Key: 'Team', Value: 'ai' });
    expect((await tagging.send(new GetTagKeysCommand({}))).TagKeys).toContain(
      'Team',
    );
    expect(
      (await tagging.send(new GetTagValuesCommand({ Key: 'Team' }))).TagValues,
    ).toEqual(['ai']);

    await tagging.send(
      new UntagResourcesCommand({
        ResourceARNList: [CLUSTER],
        TagKeys: ['Team'],
      }),
    );
    expect(await arns({ TagFilters: [{ Key: 'Team' }] })).toEqual([EKS]);
  });

  it('tags a stack by updating it, and says so while it cannot', async () => {
    const [stack] = await arns({
      ResourceTypeFilters: ['cloudformation:stack'],
    });
    const tag = async (Tags: Record<string, string>) =>
      (
        await tagging.send(
          new TagResourcesCommand({ ResourceARNList: [stack], Tags }),
        )
      ).FailedResourcesMap;
    expect(await tag({ Team: 'ai' })).toEqual({});
    expect(await tag({ Team: 'web' })).toMatchObject({
      [stack]: {
        ErrorMessage: expect.stringContaining('UPDATE_IN_PROGRESS'),
      },
    });
    const cfn = new CloudFormationClient(aws.as(DEV));
    const updated = await aws.soon(
      async () =>
        (
          await cfn.send(new DescribeStacksCommand({ StackName: stack }))
        ).Stacks![0],
      ({ StackStatus }) => StackStatus === 'UPDATE_COMPLETE',
    );
    expect(updated.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'Team', Value: 'ai' },
        { Key: 'System', Value: 'sample-platform-ai' },
      ]),
    );
  });
});

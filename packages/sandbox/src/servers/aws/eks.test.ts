import { X509Certificate } from 'node:crypto';
import {
  DescribeAccessEntryCommand,
  DescribeAddonCommand,
  DescribeAddonVersionsCommand,
  DescribeClusterCommand,
  DescribeInsightCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  EKSClient,
  ListAccessEntriesCommand,
  ListAddonsCommand,
  ListClustersCommand,
  ListFargateProfilesCommand,
  ListInsightsCommand,
  ListNodegroupsCommand,
  ListPodIdentityAssociationsCommand,
  ListTagsForResourceCommand,
  ListUpdatesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupConfigCommand,
  paginateListNodegroups,
} from '@aws-sdk/client-eks';
import { AwsRig, startAws } from './__testUtils__/startAws';

const NAME = 'campaign-lifecycle-platform-dev';

describe('EKS', () => {
  let aws: AwsRig;
  beforeEach(async () => {
    aws = await startAws();
  });
  afterEach(() => aws.close());

  const eks = () => new EKSClient(aws.as('222200000001', 'us-east-1'));
  const cluster = async () =>
    (await eks().send(new DescribeClusterCommand({ name: NAME }))).cluster!;
  const nodegroup = async (nodegroupName: string) =>
    (
      await eks().send(
        new DescribeNodegroupCommand({ clusterName: NAME, nodegroupName }),
      )
    ).nodegroup!;

  it('tells accounts and regions apart', async () => {
    expect((await eks().send(new ListClustersCommand({}))).clusters).toEqual([
      NAME,
    ]);
    const elsewhere = new EKSClient(aws.as('222200000001', 'eu-west-1'));
    expect(
      (await elsewhere.send(new ListClustersCommand({}))).clusters,
    ).toEqual([]);
  });

  it('describes a cluster, with the address of its Kubernetes', async () => {
    aws.world.urls.kubernetes = 'http://localhost:7103';
    const found = await cluster();
    expect(found).toMatchObject({
      arn: `arn:aws:eks:us-east-1:222200000001:cluster/${NAME}`,
      version: '1.33',
      status: 'ACTIVE',
      endpoint: `http://localhost:7103/clusters/${NAME}`,
      tags: { Environment: 'dev', System: 'campaign-lifecycle-platform' },
    });
    expect(found.createdAt!.getUTCFullYear()).toBe(2025);
    expect(found.identity!.oidc!.issuer).toMatch(
      /^https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
    );
    const certificate = new X509Certificate(
      Buffer.from(found.certificateAuthority!.data!, 'base64'),
    );
    expect(certificate.ca).toBe(true);
  });

  it('names the cluster that is not there in a typed error', async () => {
    await expect(
      eks().send(new DescribeClusterCommand({ name: 'nope' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No cluster found for name: nope.',
      clusterName: 'nope',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('gives node groups page by page', async () => {
    const names: string[][] = [];
    for await (const page of paginateListNodegroups(
      { client: eks(), pageSize: 2 },
      { clusterName: NAME },
    )) {
      names.push(page.nodegroups!);
    }
    expect(names).toEqual([['system', 'apps'], ['data']]);
    await expect(
      eks().send(
        new ListNodegroupsCommand({ clusterName: NAME, nextToken: 'x' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(
      eks().send(
        new ListNodegroupsCommand({ clusterName: NAME, maxResults: 101 }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('scales a node group after a while, one update at a time', async () => {
    expect((await nodegroup('apps')).scalingConfig!.desiredSize).toBe(3);
    const scale = (desiredSize: number) =>
      eks().send(
        new UpdateNodegroupConfigCommand({
          clusterName: NAME,
          nodegroupName: 'apps',
          scalingConfig: { desiredSize },
        }),
      );
    await expect(scale(99)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: "desired capacity 99 can't be greater than max size 6",
      nodegroupName: 'apps',
    });
    const { update } = await scale(5);
    expect(update).toMatchObject({
      type: 'ConfigUpdate',
      status: 'InProgress',
    });
    expect(await nodegroup('apps')).toMatchObject({
      status: 'UPDATING',
      scalingConfig: { desiredSize: 3 },
    });
    await expect(scale(4)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      $metadata: { httpStatusCode: 409 },
    });

    await aws.soon(
      () => nodegroup('apps'),
      group => group.status === 'ACTIVE',
    );
    expect((await nodegroup('apps')).scalingConfig!.desiredSize).toBe(5);
    const described = await eks().send(
      new DescribeUpdateCommand({
        name: NAME,
        nodegroupName: 'apps',
        updateId: update!.id,
      }),
    );
    expect(described.update!.status).toBe('Successful');
    expect(
      (await eks().send(new ListUpdatesCommand({ name: NAME }))).updateIds,
    ).toEqual([]);
  });

  it('brings the control plane to the next version only, and goes on after a restart', async () => {
    const upgrade = (version: string) =>
      eks().send(new UpdateClusterVersionCommand({ name: NAME, version }));
    await expect(upgrade('1.32')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Unsupported Kubernetes minor version update from 1.33 to 1.32',
    });
    await expect(upgrade('1.33')).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const { update } = await upgrade('1.34');
    expect(update!.type).toBe('VersionUpdate');
    expect((await cluster()).status).toBe('UPDATING');
    await expect(upgrade('1.34')).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });

    await aws.restart();
    expect((await cluster()).version).toBe('1.33');
    await aws.soon(cluster, ({ status }) => status === 'ACTIVE');
    expect((await cluster()).version).toBe('1.34');
    expect((await nodegroup('apps')).version).toBe('1.33');
  });

  it('finds what stands in the way of the next version', async () => {
    const { insights } = await eks().send(
      new ListInsightsCommand({
        clusterName: NAME,
        filter: { statuses: ['ERROR'] },
      }),
    );
    expect(insights!.map(({ name }) => name)).toEqual([
      'EKS add-on version compatibility',
    ]);
    const { insight } = await eks().send(
      new DescribeInsightCommand({ clusterName: NAME, id: insights![0].id }),
    );
    expect(insight!.kubernetesVersion).toBe('1.34');
    expect(insight!.categorySpecificSummary!.addonCompatibilityDetails).toEqual(
      [{ name: 'vpc-cni', compatibleVersions: ['v1.20.4-eksbuild.1'] }],
    );
  });

  it('knows add-ons and the versions that they could have', async () => {
    const { addons } = await eks().send(
      new ListAddonsCommand({ clusterName: NAME }),
    );
    expect(addons).toContain('vpc-cni');
    const { addon } = await eks().send(
      new DescribeAddonCommand({ clusterName: NAME, addonName: 'vpc-cni' }),
    );
    expect(addon).toMatchObject({
      addonVersion: 'v1.19.5-eksbuild.1',
      status: 'ACTIVE',
    });
    const versions = await eks().send(
      new DescribeAddonVersionsCommand({
        addonName: 'vpc-cni',
        kubernetesVersion: '1.34',
      }),
    );
    expect(
      versions.addons![0].addonVersions!.map(
        ({ addonVersion }) => addonVersion,
      ),
    ).toEqual(['v1.20.4-eksbuild.1']);
    await expect(
      eks().send(
        new DescribeAddonCommand({ clusterName: NAME, addonName: 'nope' }),
      ),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      addonName: 'nope',
    });
  });

  it('tells who may do what', async () => {
    const { accessEntries } = await eks().send(
      new ListAccessEntriesCommand({
        clusterName: NAME,
        associatedPolicyArn:
          'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
      }),
    );
    expect(accessEntries).toEqual([
      'arn:aws:iam::222200000001:role/fairway-reader',
    ]);
    const { accessEntry } = await eks().send(
      new DescribeAccessEntryCommand({
        clusterName: NAME,
        principalArn: accessEntries![0],
      }),
    );
    expect(accessEntry!.type).toBe('STANDARD');
    const { associations } = await eks().send(
      new ListPodIdentityAssociationsCommand({
        clusterName: NAME,
        namespace: 'kube-system',
      }),
    );
    expect(associations!.map(a => a.serviceAccount)).toEqual([
      'ebs-csi-controller-sa',
    ]);
    expect(
      (await eks().send(new ListFargateProfilesCommand({ clusterName: NAME })))
        .fargateProfileNames,
    ).toEqual([]);
  });

  it('tags by ARN, whose slashes stand in the path', async () => {
    const resourceArn = (await nodegroup('data')).nodegroupArn!;
    await eks().send(
      new TagResourceCommand({ resourceArn, tags: { Team: 'data', Old: '1' } }),
    );
    await eks().send(
      new UntagResourceCommand({ resourceArn, tagKeys: ['Old', 'System'] }),
    );
    expect(
      (await eks().send(new ListTagsForResourceCommand({ resourceArn }))).tags,
    ).toEqual({ Environment: 'dev', Team: 'data' });
    await expect(
      eks().send(
        new ListTagsForResourceCommand({ resourceArn: `${resourceArn}x` }),
      ),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('counts calls by operation, throttles with 429 and refuses bodies that are not JSON', async () => {
    await cluster();
    expect(JSON.stringify(aws.world.counters.read())).toContain(
      'GET /eks/DescribeCluster',
    );
    const reply = await fetch(`${aws.endpoint}/clusters/${NAME}/updates`, {
      method: 'POST',
      body: '{"version":',
      headers: {
        'content-type': 'application/json',
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIA222200000001SANDBOX/20261121/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=0',
      },
    });
    expect(reply.status).toBe(400);
    expect(reply.headers.get('x-amzn-errortype')).toBe(
      'SerializationException',
    );
    await aws.world.scenarios.start('throttled');
    await expect(cluster()).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 429 },
    });
  });
});

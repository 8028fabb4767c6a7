import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRegistryPolicyCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  GetRepositoryPolicyCommand,
  paginateDescribePullThroughCacheRules,
  paginateDescribeRepositoryCreationTemplates,
  PutImageCommand,
  PutRegistryPolicyCommand,
  PutRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { digestOf } from '../../world/aws/registry/playedImage';
import { AwsRig, startAws } from './__testUtils__/startAws';

const SHARED = '111100000000';
const DEV = '111100000001';
const CAMPAIGN = '222200000000';
/** An index of nothing: a manifest that needs no layers. */
const INDEX =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';

describe('registries in ECR', () => {
  let aws: AwsRig;
  let ecr: ECRClient;
  beforeEach(async () => {
    aws = await startAws();
    ecr = new ECRClient(aws.as(SHARED));
  });
  afterEach(() => aws.close());

  it('has one replication setting for a registry', async () => {
    const campaign = new ECRClient(aws.as(CAMPAIGN, 'us-east-1'));
    const before = await campaign.send(new DescribeRegistryCommand({}));
    expect(before.replicationConfiguration!.rules).toEqual([]);
    await campaign.send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: 'us-west-2', registryId: CAMPAIGN }],
              repositoryFilters: [
                { filter: 'campaign-a', filterType: 'PREFIX_MATCH' },
              ],
            },
          ],
        },
      }),
    );
    const push = (repository: string) =>
      aws.world.images.push({
        accountId: CAMPAIGN,
        region: 'us-east-1',
        repository,
        digest: digestOf(repository),
        tags: ['8.8.8'],
      }).replications;
    expect(push('campaign-auth')).toHaveLength(1);
    expect(push('campaign-etl')).toEqual([]);
    // As in ECR, the repository at the other end comes to be with the first image.
    await aws.soon(
      async () =>
        aws.world.images.hasRepository(CAMPAIGN, 'us-west-2', 'campaign-auth'),
      Boolean,
    );
  });

  it('makes repositories at the other end of a replication by the template for them', async () => {
    const melbourne = new ECRClient(aws.as(SHARED, 'ap-southeast-4'));
    const lifecyclePolicy =
      '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":7},"action":{"type":"expire"}}]}';
    const template = (
      prefix: string,
      imageTagMutability: 'MUTABLE' | 'IMMUTABLE',
    ) =>
      melbourne.send(
        new CreateRepositoryCreationTemplateCommand({
          prefix,
          appliedFor: ['REPLICATION'],
          imageTagMutability,
          lifecyclePolicy,
        }),
      );
    await template('ROOT', 'MUTABLE');
    await template('team', 'IMMUTABLE');
    await expect(template('team', 'MUTABLE')).rejects.toMatchObject({
      name: 'TemplateAlreadyExistsException',
    });
    await ecr.send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: 'ap-southeast-4', registryId: SHARED }],
            },
          ],
        },
      }),
    );
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/api' }));
    aws.world.images.push({
      accountId: SHARED,
      region: 'ap-southeast-2',
      repository: 'team/api',
      digest: digestOf('x'),
      tags: ['1'],
    });
    const { repositories } = await aws.soon(
      () => melbourne.send(new DescribeRepositoriesCommand({})),
      answer => answer.repositories!.some(r => r.repositoryName === 'team/api'),
    );
    expect(
      repositories!.find(r => r.repositoryName === 'team/api'),
    ).toMatchObject({ imageTagMutability: 'IMMUTABLE' });
    expect(
      (
        await melbourne.send(
          new GetLifecyclePolicyCommand({ repositoryName: 'team/api' }),
        )
      ).lifecyclePolicyText,
    ).toBe(lifecyclePolicy);
  });

  it('replicates into another account only when the policy of its registry lets it', async () => {
    const foreign = new ECRClient(aws.as(DEV));
    const destination = { region: 'ap-southeast-2', registryId: DEV };
    await ecr.send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: { rules: [{ destinations: [destination] }] },
      }),
    );
    const push = async (tag: string) => {
      aws.world.images.push({
        accountId: SHARED,
        region: 'ap-southeast-2',
        repository: 'sample-backend',
        digest: digestOf(tag),
        tags: [tag],
      });
      const { replicationStatuses } = await aws.soon(
        () =>
          ecr.send(
            new DescribeImageReplicationStatusCommand({
              repositoryName: 'sample-backend',
              imageId: { imageTag: tag },
            }),
          ),
        answer => answer.replicationStatuses![0].status !== 'IN_PROGRESS',
      );
      return replicationStatuses![0];
    };
    expect(await push('refused')).toMatchObject({
      ...destination,
      status: 'FAILED',
    });
    await expect(
      foreign.send(new GetRegistryPolicyCommand({})),
    ).rejects.toMatchObject({ name: 'RegistryPolicyNotFoundException' });
    await expect(
      foreign.send(new PutRegistryPolicyCommand({ policyText: 'all' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const policyText = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${SHARED}:root` },
          Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
          Resource: `arn:aws:ecr:ap-southeast-2:${DEV}:repository/*`,
        },
      ],
    });
    await foreign.send(new PutRegistryPolicyCommand({ policyText }));
    expect(await push('let-in')).toMatchObject({ status: 'COMPLETE' });
    const { imageDetails } = await foreign.send(
      new DescribeImagesCommand({ repositoryName: 'sample-backend' }),
    );
    expect(imageDetails!.map(({ imageTags }) => imageTags)).toEqual([
      ['let-in'],
    ]);
    expect(
      await foreign.send(new DeleteRegistryPolicyCommand({})),
    ).toMatchObject({ registryId: DEV, policyText });
    expect(await push('refused-again')).toMatchObject({ status: 'FAILED' });
  });

  it('lets another account do what the policy of a repository names, and nothing else', async () => {
    const other = new ECRClient(aws.as(DEV));
    const place = { registryId: SHARED, repositoryName: 'sample-backend' };
    const put = () =>
      other.send(
        new PutImageCommand({
          ...place,
          imageManifest: INDEX,
          imageTag: 'from-dev',
        }),
      );
    await expect(put()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ecr:PutImage on resource'),
    });
    const allow = (Effect: string, Action: string | string[]) => ({
      Effect,
      Action,
      Principal: { AWS: DEV },
    });
    const setPolicy = (...Statement: object[]) =>
      ecr.send(
        new SetRepositoryPolicyCommand({
          repositoryName: 'sample-backend',
          policyText: JSON.stringify({ Version: '2012-10-17', Statement }),
        }),
      );
    await setPolicy(allow('Allow', ['ecr:Put*', 'ecr:GetRepositoryPolicy']));
    expect((await put()).image).toMatchObject(place);
    expect(
      (await other.send(new GetRepositoryPolicyCommand(place))).registryId,
    ).toBe(SHARED);
    await expect(
      other.send(new DescribeImagesCommand(place)),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    // A denial counts more than what allows.
    await setPolicy(
      allow('Allow', 'ecr:*'),
      allow('Deny', 'ecr:DescribeImages'),
    );
    await expect(
      other.send(new DescribeImagesCommand(place)),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const { repositories } = await other.send(
      new DescribeRepositoriesCommand({
        registryId: SHARED,
        repositoryNames: ['sample-backend'],
      }),
    );
    expect(repositories).toMatchObject([place]);
    await expect(
      other.send(new DescribeRepositoriesCommand({ registryId: SHARED })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('keeps how a registry scans', async () => {
    const rules = [
      {
        scanFrequency: 'SCAN_ON_PUSH' as const,
        repositoryFilters: [
          { filter: 'sample-*', filterType: 'WILDCARD' as const },
        ],
      },
    ];
    await ecr.send(
      new PutRegistryScanningConfigurationCommand({ scanType: 'BASIC', rules }),
    );
    const here = await ecr.send(
      new GetRegistryScanningConfigurationCommand({}),
    );
    expect(here.scanningConfiguration).toEqual({ scanType: 'BASIC', rules });
    const there = await new ECRClient(aws.as(SHARED, 'us-east-1')).send(
      new GetRegistryScanningConfigurationCommand({}),
    );
    expect(there.scanningConfiguration!.rules).toEqual([]);
  });

  it('keeps templates and rules for pulling through, page by page', async () => {
    const prefixes = ['docker-hub', 'ecr-public', 'quay'];
    for (const prefix of prefixes) {
      await ecr.send(
        new CreatePullThroughCacheRuleCommand({
          ecrRepositoryPrefix: prefix,
          upstreamRegistryUrl: 'public.ecr.aws',
        }),
      );
      await ecr.send(
        new CreateRepositoryCreationTemplateCommand({
          prefix,
          appliedFor: ['PULL_THROUGH_CACHE'],
        }),
      );
    }
    const rules: unknown[] = [];
    for await (const page of paginateDescribePullThroughCacheRules(
      { client: ecr, pageSize: 2 },
      {},
    )) {
      rules.push(page.pullThroughCacheRules!.map(r => r.ecrRepositoryPrefix));
    }
    expect(rules).toEqual([['docker-hub', 'ecr-public'], ['quay']]);
    const templates: unknown[] = [];
    for await (const page of paginateDescribeRepositoryCreationTemplates(
      { client: ecr, pageSize: 2 },
      {},
    )) {
      templates.push(page.repositoryCreationTemplates!.map(t => t.prefix));
    }
    expect(templates).toEqual([['docker-hub', 'ecr-public'], ['quay']]);
    const again = { ecrRepositoryPrefix: 'quay' };
    await expect(
      ecr.send(
        new CreatePullThroughCacheRuleCommand({
          ...again,
          upstreamRegistryUrl: 'quay.io',
        }),
      ),
    ).rejects.toMatchObject({
      name: 'PullThroughCacheRuleAlreadyExistsException',
    });
    await ecr.send(new DeletePullThroughCacheRuleCommand(again));
    await expect(
      ecr.send(new DeletePullThroughCacheRuleCommand(again)),
    ).rejects.toMatchObject({ name: 'PullThroughCacheRuleNotFoundException' });
    await ecr.send(
      new DeleteRepositoryCreationTemplateCommand({ prefix: 'quay' }),
    );
    await expect(
      ecr.send(new DeleteRepositoryCreationTemplateCommand({ prefix: 'quay' })),
    ).rejects.toMatchObject({ name: 'TemplateNotFoundException' });
  });
});

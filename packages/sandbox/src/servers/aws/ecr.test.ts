import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  paginateDescribeImages,
  paginateDescribeRepositories,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr';
import { seedDigest } from '../../world/platforms';
import { AwsRig, startAws } from './__testUtils__/startAws';

const SHARED = '111100000000';
const CAMPAIGN = '222200000000';
const LIFECYCLE_POLICY =
  '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}';
/** An index of nothing: a manifest that needs no layers. */
const MANIFEST =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
const digestOf = (text: string) => seedDigest('test', text);

describe('ECR', () => {
  let aws: AwsRig;
  let ecr: ECRClient;
  beforeAll(async () => {
    aws = await startAws();
    ecr = new ECRClient(aws.as(SHARED));
  });
  afterAll(() => aws.close());

  it('has a repository for every service of a platform, in its own account and regions', async () => {
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({}),
    );
    expect(repositories!.map(r => r.repositoryName)).toEqual([
      'sample-backend',
      'sample-frontend',
    ]);
    expect(repositories![0]).toMatchObject({
      repositoryUri:
        '111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/sample-backend',
      imageTagMutability: 'IMMUTABLE',
      createdAt: expect.any(Date),
    });

    const second = new ECRClient(aws.as(SHARED, 'ap-southeast-4'));
    expect(
      (await second.send(new DescribeRepositoriesCommand({}))).repositories,
    ).toHaveLength(2);
    const elsewhere = new ECRClient(aws.as(SHARED, 'us-east-1'));
    expect(
      (await elsewhere.send(new DescribeRepositoriesCommand({}))).repositories,
    ).toEqual([]);
  });

  it('has an image for every release that stands somewhere, and older ones', async () => {
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({
        repositoryName: 'sample-backend',
        imageIds: [{ imageTag: '1.8.0' }],
      }),
    );
    expect(imageDetails).toEqual([
      expect.objectContaining({
        imageDigest: seedDigest('sample-backend', '1.8.0'),
        imageTags: ['1.8.0'],
        imagePushedAt: expect.any(Date),
      }),
    ]);
    const all = await ecr.send(
      new DescribeImagesCommand({ repositoryName: 'sample-backend' }),
    );
    expect(all.imageDetails!.length).toBeGreaterThanOrEqual(6);
  });

  it('answers in pages', async () => {
    const campaign = new ECRClient(aws.as(CAMPAIGN, 'us-east-1'));
    const names: string[] = [];
    let pages = 0;
    for await (const page of paginateDescribeRepositories(
      { client: campaign, pageSize: 5 },
      {},
    )) {
      pages += 1;
      names.push(...page.repositories!.map(r => r.repositoryName!));
    }
    expect(pages).toBe(3);
    expect(new Set(names).size).toBe(13);

    const digests: string[] = [];
    for await (const page of paginateDescribeImages(
      { client: ecr, pageSize: 2 },
      { repositoryName: 'sample-backend' },
    )) {
      expect(page.imageDetails!.length).toBeLessThanOrEqual(2);
      digests.push(...page.imageDetails!.map(i => i.imageDigest!));
    }
    const { imageIds } = await ecr.send(
      new ListImagesCommand({ repositoryName: 'sample-backend' }),
    );
    expect(new Set(digests)).toEqual(
      new Set(imageIds!.map(i => i.imageDigest)),
    );
    await expect(
      ecr.send(new DescribeRepositoriesCommand({ nextToken: 'nonsense' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('creates a repository, sets what can be set, and deletes it', async () => {
    const repositoryName = 'made-by-test';
    const created = await ecr.send(
      new CreateRepositoryCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        tags: [{ Key: 'System', Value: 'test' }],
      }),
    );
    const resourceArn = created.repository!.repositoryArn!;
    expect(resourceArn).toBe(
      'arn:aws:ecr:ap-southeast-2:111100000000:repository/made-by-test',
    );
    await expect(
      ecr.send(new CreateRepositoryCommand({ repositoryName })),
    ).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' });
    await expect(
      ecr.send(new CreateRepositoryCommand({ repositoryName: 'Not Valid' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });

    await expect(
      ecr.send(new GetLifecyclePolicyCommand({ repositoryName })),
    ).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
    await ecr.send(
      new PutLifecyclePolicyCommand({
        repositoryName,
        lifecyclePolicyText: LIFECYCLE_POLICY,
      }),
    );
    expect(
      await ecr.send(new GetLifecyclePolicyCommand({ repositoryName })),
    ).toMatchObject({ lifecyclePolicyText: LIFECYCLE_POLICY });

    await expect(
      ecr.send(new GetRepositoryPolicyCommand({ repositoryName })),
    ).rejects.toMatchObject({ name: 'RepositoryPolicyNotFoundException' });
    await ecr.send(
      new SetRepositoryPolicyCommand({
        repositoryName,
        policyText: '{"Statement":[]}',
      }),
    );
    expect(
      await ecr.send(new GetRepositoryPolicyCommand({ repositoryName })),
    ).toMatchObject({ policyText: '{"Statement":[]}' });

    await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
    await expect(
      ecr.send(new GetLifecyclePolicyCommand({ repositoryName })),
    ).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
    await ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }));
    await expect(
      ecr.send(new GetRepositoryPolicyCommand({ repositoryName })),
    ).rejects.toMatchObject({ name: 'RepositoryPolicyNotFoundException' });

    await ecr.send(
      new PutImageScanningConfigurationCommand({
        repositoryName,
        imageScanningConfiguration: { scanOnPush: false },
      }),
    );
    await ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability: 'MUTABLE',
      }),
    );
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
    );
    expect(repositories![0]).toMatchObject({
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
    });

    await ecr.send(
      new TagResourceCommand({
        resourceArn,
        tags: [{ Key: 'Component', Value: 'c' }],
      }),
    );
    await ecr.send(
      new UntagResourceCommand({ resourceArn, tagKeys: ['System'] }),
    );
    expect(
      (await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).tags,
    ).toEqual([{ Key: 'Component', Value: 'c' }]);

    await ecr.send(
      new PutImageCommand({
        repositoryName,
        imageManifest: MANIFEST,
        imageTag: 'one',
      }),
    );
    await expect(
      ecr.send(
        new PutImageCommand({
          repositoryName,
          imageManifest: MANIFEST,
          imageTag: 'one',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
    await expect(
      ecr.send(new DeleteRepositoryCommand({ repositoryName })),
    ).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' });
    expect(
      await ecr.send(
        new BatchDeleteImageCommand({
          repositoryName,
          imageIds: [{ imageTag: 'one' }, { imageTag: 'none' }],
        }),
      ),
    ).toMatchObject({
      imageIds: [{ imageTag: 'one' }],
      failures: [{ failureCode: 'ImageNotFound' }],
    });
    await ecr.send(new DeleteRepositoryCommand({ repositoryName }));
    await expect(
      ecr.send(
        new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
      ),
    ).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message:
        "The repository with name 'made-by-test' does not exist in the registry with id '111100000000'",
    });
  });

  it('keeps the tags of an immutable repository where they are', async () => {
    await expect(
      ecr.send(
        new PutImageCommand({
          repositoryName: 'sample-backend',
          imageManifest: MANIFEST,
          imageTag: '1.8.0',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
    expect(() =>
      aws.world.images.push({
        accountId: SHARED,
        region: 'ap-southeast-2',
        repository: 'sample-backend',
        digest: digestOf('other'),
        tags: ['1.8.0'],
      }),
    ).toThrow(/immutable/);
  });

  it('replicates a push to the second region a little later', async () => {
    const digest = digestOf('replicated');
    const image = {
      accountId: SHARED,
      region: 'ap-southeast-2',
      repository: 'sample-backend',
      digest,
      tags: ['9.9.9'],
    };
    const pushed: string[] = [];
    aws.world.images.events.on('push', ({ region }) => pushed.push(region));
    aws.world.images.push(image);
    // The same again changes nothing, as with a registry.
    aws.world.images.push(image);

    const status = () =>
      ecr
        .send(
          new DescribeImageReplicationStatusCommand({
            repositoryName: 'sample-backend',
            imageId: { imageTag: '9.9.9' },
          }),
        )
        .then(({ replicationStatuses }) => replicationStatuses!);
    expect(await status()).toEqual([
      {
        region: 'ap-southeast-4',
        registryId: SHARED,
        status: 'IN_PROGRESS',
      },
    ]);
    const second = new ECRClient(aws.as(SHARED, 'ap-southeast-4'));
    const describe = new DescribeImagesCommand({
      repositoryName: 'sample-backend',
      imageIds: [{ imageDigest: digest }],
    });
    await expect(second.send(describe)).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    });

    await aws.soon(status, ([first]) => first.status === 'COMPLETE');
    expect((await second.send(describe)).imageDetails![0].imageTags).toEqual([
      '9.9.9',
    ]);
    expect(pushed).toEqual(['ap-southeast-2']);
  });

  it('refuses a push to a repository that is not there, and says which', () => {
    expect(() =>
      aws.world.images.push({
        accountId: SHARED,
        region: 'ap-southeast-2',
        repository: 'nowhere',
        digest: digestOf('x'),
        tags: ['1'],
      }),
    ).toThrow(
      "The repository with name 'nowhere' does not exist in the registry with id '111100000000'",
    );
  });

  it('lets the accounts that a policy names look into another registry, and no others', async () => {
    const command = new DescribeImagesCommand({
      registryId: SHARED,
      repositoryName: 'sample-backend',
    });
    const { imageDetails } = await new ECRClient(aws.as('111100000003')).send(
      command,
    );
    expect(imageDetails!.length).toBeGreaterThan(0);
    await expect(
      new ECRClient(aws.as('222200000003')).send(command),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      new ECRClient(aws.as('111100000003')).send(
        new DeleteRepositoryCommand({
          registryId: SHARED,
          repositoryName: 'sample-backend',
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('remembers across a restart, and finishes what was under way', async () => {
    const digest = digestOf('restarted');
    aws.world.images.push({
      accountId: SHARED,
      region: 'ap-southeast-2',
      repository: 'sample-frontend',
      digest,
      tags: ['7.7.7'],
    });
    await aws.restart();
    const status = await aws.soon(
      () =>
        new ECRClient(aws.as(SHARED)).send(
          new DescribeImageReplicationStatusCommand({
            repositoryName: 'sample-frontend',
            imageId: { imageDigest: digest },
          }),
        ),
      ({ replicationStatuses }) =>
        replicationStatuses![0].status === 'COMPLETE',
    );
    expect(status.imageId).toMatchObject({ imageDigest: digest });
  });

  it('is as seeded again after a reset', async () => {
    const image = {
      accountId: SHARED,
      region: 'ap-southeast-2',
      repository: 'sample-backend',
      digest: digestOf('before reset'),
      tags: ['6.6.6'],
    };
    aws.world.images.push(image);
    await aws.world.runResetTasks();
    expect(aws.world.images.find(image)).toBeUndefined();
    expect(
      aws.world.images.find({ repository: 'sample-backend', tag: '1.8.0' }),
    ).toMatchObject({ accountId: SHARED });
  });
});

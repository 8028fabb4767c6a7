import * as ecr from '@aws-sdk/client-ecr';
import { ACCOUNT, REGION, Step, stepsOf } from '../Step';

const call = stepsOf('ecr');

const repositoryName = 'realism/one';
const nowhere = { repositoryName: 'realism/none' };
const resourceArn = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repositoryName}`;
const digest = (character: string) => `sha256:${character.repeat(64)}`;

const lifecyclePolicyText = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: 'any',
        countType: 'imageCountMoreThan',
        countNumber: 5,
      },
      action: { type: 'expire' },
    },
  ],
});
const policyText = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Pull',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: ['ecr:BatchGetImage'],
    },
  ],
});

export const REGISTRY_STEPS: Step[] = [
  call(
    new ecr.CreateRepositoryCommand({
      repositoryName,
      tags: [{ Key: 'Team', Value: 'one' }],
    }),
  ),
  call(new ecr.CreateRepositoryCommand({ repositoryName }), 'again'),
  call(
    new ecr.CreateRepositoryCommand({ repositoryName: 'Upper' }),
    'upper case',
  ),
  call(new ecr.DescribeRepositoriesCommand({})),
  call(
    new ecr.DescribeRepositoriesCommand({ repositoryNames: ['none'] }),
    'no such repository',
  ),
  call(new ecr.GetLifecyclePolicyCommand({ repositoryName }), 'none yet'),
  call(
    new ecr.PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }),
  ),
  call(
    new ecr.PutLifecyclePolicyCommand({
      repositoryName,
      lifecyclePolicyText: '{"rules":[]}'.padEnd(100),
    }),
    'no rules',
  ),
  call(new ecr.GetLifecyclePolicyCommand({ repositoryName })),
  call(new ecr.DeleteLifecyclePolicyCommand({ repositoryName })),
  call(new ecr.GetRepositoryPolicyCommand({ repositoryName }), 'none yet'),
  call(new ecr.SetRepositoryPolicyCommand({ repositoryName, policyText })),
  call(new ecr.GetRepositoryPolicyCommand({ repositoryName })),
  call(new ecr.DeleteRepositoryPolicyCommand({ repositoryName })),
  call(
    new ecr.PutImageTagMutabilityCommand({
      repositoryName,
      imageTagMutability: 'IMMUTABLE',
    }),
  ),
  call(
    new ecr.PutImageScanningConfigurationCommand({
      repositoryName,
      imageScanningConfiguration: { scanOnPush: true },
    }),
  ),
  call(new ecr.ListTagsForResourceCommand({ resourceArn })),
  call(
    new ecr.TagResourceCommand({
      resourceArn,
      tags: [{ Key: 'Cost', Value: '1' }],
    }),
  ),
  call(new ecr.UntagResourceCommand({ resourceArn, tagKeys: ['Cost'] })),
  call(new ecr.DescribeImagesCommand({ repositoryName }), 'none'),
  call(
    new ecr.DescribeImagesCommand({
      repositoryName,
      imageIds: [{ imageTag: '9' }],
    }),
    'no such image',
  ),
  call(new ecr.DescribeImagesCommand(nowhere), 'no such repository'),
  call(new ecr.ListImagesCommand({ repositoryName }), 'none'),
  call(
    new ecr.BatchGetImageCommand({
      repositoryName,
      imageIds: [{ imageTag: '9' }],
    }),
    'no such image',
  ),
  call(
    new ecr.BatchDeleteImageCommand({
      repositoryName,
      imageIds: [{ imageDigest: digest('a') }],
    }),
    'no such image',
  ),
  call(new ecr.DescribeRegistryCommand({})),
  call(
    new ecr.PutReplicationConfigurationCommand({
      replicationConfiguration: {
        rules: [
          { destinations: [{ region: 'eu-west-2', registryId: ACCOUNT }] },
        ],
      },
    }),
  ),
  call(
    new ecr.PutReplicationConfigurationCommand({
      replicationConfiguration: {
        rules: [{ destinations: [{ region: REGION, registryId: ACCOUNT }] }],
      },
    }),
    'to itself',
  ),
  call(new ecr.GetAuthorizationTokenCommand({})),
  call(new ecr.GetRegistryScanningConfigurationCommand({})),
  call(
    new ecr.PutRegistryScanningConfigurationCommand({
      scanType: 'BASIC',
      rules: [],
    }),
  ),
  call(new ecr.DeleteRepositoryCommand({ repositoryName })),
  call(new ecr.DeleteRepositoryCommand(nowhere), 'no such repository'),
];

import type { Repository as RepositoryShape } from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import { Repository, TagMutability } from '../../world/aws/ImageRegistry';
import { paginate } from '../../world/aws/paginate';
import { ecrImageHandlers } from './ecrImages';
import { ecrLayerHandlers } from './ecrLayers';
import { ecrPolicyHandlers } from './ecrPolicies';
import { ecrPreviewHandlers } from './ecrPreviews';
import { ecrPullThroughHandlers } from './ecrPullThrough';
import { ecrRegistryHandlers } from './ecrRegistry';
import { ecrScanHandlers } from './ecrScans';
import {
  exclusionFilters,
  invalidToken,
  pageSize,
  toRecord,
} from './ecrShared';
import { registryOf } from './ecrAccess';
import { ecrTemplateHandlers } from './ecrTemplates';
import { CallContext, Handlers } from './handlers';

/** Amazon Elastic Container Registry; what is about repositories stands here. */
export const ecrHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> = {
  ...ecrImageHandlers,
  ...ecrLayerHandlers,
  ...ecrPolicyHandlers,
  ...ecrPreviewHandlers,
  ...ecrPullThroughHandlers,
  ...ecrRegistryHandlers,
  ...ecrScanHandlers,
  ...ecrTemplateHandlers,

  CreateRepository(input, context) {
    const registry = registryOf(input, context, 'CreateRepository');
    const repository = context.aws.registry.repositories.create(
      registry,
      input.repositoryName!,
      {
        tagMutability: input.imageTagMutability as TagMutability | undefined,
        tagMutabilityExclusions: input.imageTagMutabilityExclusionFilters?.map(
          ({ filter }) => filter!,
        ),
        scanOnPush: input.imageScanningConfiguration?.scanOnPush,
        encryptionType: input.encryptionConfiguration?.encryptionType,
        kmsKey: input.encryptionConfiguration?.kmsKey,
        tags: toRecord(input.tags),
      },
    );
    return { repository: describe(repository) };
  },

  DescribeRepositories(input, context) {
    const store = context.aws.registry;
    const { registryId, repositoryNames } = input;
    if (repositoryNames) {
      return {
        repositories: repositoryNames
          .map(repositoryName =>
            store.repositories.get(
              registryOf(
                { registryId, repositoryName },
                context,
                'DescribeRepositories',
              ),
              repositoryName,
            ),
          )
          .map(describe),
      };
    }
    const registry = registryOf(
      { registryId },
      context,
      'DescribeRepositories',
    );
    const page = paginate(store.repositories.list(registry), {
      token: input.nextToken,
      size: pageSize(input.maxResults),
      tokenError: invalidToken(),
    });
    return {
      repositories: page.items.map(describe),
      nextToken: page.nextToken,
    };
  },

  DeleteRepository(input, context) {
    const registry = registryOf(input, context, 'DeleteRepository');
    return {
      repository: describe(
        context.aws.registry.repositories.delete(
          registry,
          input.repositoryName!,
          {
            force: input.force ?? false,
          },
        ),
      ),
    };
  },

  PutImageScanningConfiguration(input, context) {
    const registry = registryOf(
      input,
      context,
      'PutImageScanningConfiguration',
    );
    const scanOnPush = input.imageScanningConfiguration!.scanOnPush ?? false;
    context.aws.registry.repositories.update(registry, input.repositoryName!, {
      scanOnPush,
    });
    return {
      registryId: registry.accountId,
      repositoryName: input.repositoryName,
      imageScanningConfiguration: { scanOnPush },
    };
  },

  PutImageTagMutability(input, context) {
    const registry = registryOf(input, context, 'PutImageTagMutability');
    const { tagMutability, tagMutabilityExclusions } =
      context.aws.registry.repositories.update(
        registry,
        input.repositoryName!,
        {
          tagMutability: input.imageTagMutability as TagMutability,
          tagMutabilityExclusions:
            input.imageTagMutabilityExclusionFilters?.map(
              ({ filter }) => filter!,
            ),
        },
      );
    return {
      registryId: registry.accountId,
      repositoryName: input.repositoryName,
      imageTagMutability: tagMutability,
      imageTagMutabilityExclusionFilters: exclusionFilters(
        tagMutabilityExclusions,
      ),
    };
  },

  TagResource(input, context) {
    const { tags, name, ...registry } = repositoryByArn(
      input.resourceArn!,
      context,
      'TagResource',
    );
    context.aws.registry.repositories.update(registry, name, {
      tags: { ...tags, ...toRecord(input.tags) },
    });
    return {};
  },

  UntagResource(input, context) {
    const { tags, name, ...registry } = repositoryByArn(
      input.resourceArn!,
      context,
      'UntagResource',
    );
    const removed = new Set(input.tagKeys);
    context.aws.registry.repositories.update(registry, name, {
      tags: Object.fromEntries(
        Object.entries(tags).filter(([key]) => !removed.has(key)),
      ),
    });
    return {};
  },

  ListTagsForResource(input, context) {
    const { tags } = repositoryByArn(
      input.resourceArn!,
      context,
      'ListTagsForResource',
    );
    return {
      tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  },
};

function repositoryByArn(
  arn: string,
  context: CallContext,
  action: string,
): Repository {
  const match = /^arn:aws:ecr:([^:]+):(\d{12}):repository\/(.+)$/.exec(arn);
  if (!match || match[1] !== context.region) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`,
    );
  }
  const [, , registryId, repositoryName] = match;
  return context.aws.registry.repositories.get(
    registryOf({ registryId, repositoryName }, context, action),
    repositoryName,
  );
}

function describe(repository: Repository): RepositoryShape {
  const { accountId, region, name } = repository;
  return {
    repositoryArn: `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
    registryId: accountId,
    repositoryName: name,
    repositoryUri: `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`,
    createdAt: new Date(repository.createdAt),
    imageTagMutability: repository.tagMutability,
    imageTagMutabilityExclusionFilters: exclusionFilters(
      repository.tagMutabilityExclusions,
    ),
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: {
      encryptionType: repository.encryptionType as 'AES256' | 'KMS',
      kmsKey: repository.kmsKey,
    },
  };
}

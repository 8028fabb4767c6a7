import type { Repository as RepositoryShape } from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import { Repository, TagMutability } from '../../world/aws/ImageRegistry';
import { paginate } from '../../world/aws/paginate';
import { ecrImageHandlers } from './ecrImages';
import { ecrLayerHandlers } from './ecrLayers';
import { ecrPolicyHandlers } from './ecrPolicies';
import { ecrPreviewHandlers } from './ecrPreviews';
import { ecrRegistryHandlers } from './ecrRegistry';
import { ecrScanHandlers } from './ecrScans';
import {
  checkOwnRegistry,
  exclusionFilters,
  invalidToken,
  pageSize,
  registryOf,
  toRecord,
} from './ecrShared';
import { CallContext, Handlers } from './handlers';

/** Amazon Elastic Container Registry; what is about repositories stands here. */
export const ecrHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> = {
  ...ecrImageHandlers,
  ...ecrLayerHandlers,
  ...ecrPolicyHandlers,
  ...ecrPreviewHandlers,
  ...ecrRegistryHandlers,
  ...ecrScanHandlers,

  CreateRepository(input, context) {
    checkOwnRegistry(input.registryId, context);
    const repository = context.aws.registry.createRepository(
      context,
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
    const registry = registryOf(input.registryId, context);
    if (input.repositoryNames) {
      return {
        repositories: input.repositoryNames
          .map(name => context.aws.registry.getRepository(registry, name))
          .map(describe),
      };
    }
    const page = paginate(context.aws.registry.listRepositories(registry), {
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
    checkOwnRegistry(input.registryId, context);
    return {
      repository: describe(
        context.aws.registry.deleteRepository(context, input.repositoryName!, {
          force: input.force ?? false,
        }),
      ),
    };
  },

  PutImageScanningConfiguration(input, context) {
    checkOwnRegistry(input.registryId, context);
    const scanOnPush = input.imageScanningConfiguration!.scanOnPush ?? false;
    context.aws.registry.updateRepository(context, input.repositoryName!, {
      scanOnPush,
    });
    return {
      registryId: context.accountId,
      repositoryName: input.repositoryName,
      imageScanningConfiguration: { scanOnPush },
    };
  },

  PutImageTagMutability(input, context) {
    checkOwnRegistry(input.registryId, context);
    const { tagMutability, tagMutabilityExclusions } =
      context.aws.registry.updateRepository(context, input.repositoryName!, {
        tagMutability: input.imageTagMutability as TagMutability,
        tagMutabilityExclusions: input.imageTagMutabilityExclusionFilters?.map(
          ({ filter }) => filter!,
        ),
      });
    return {
      registryId: context.accountId,
      repositoryName: input.repositoryName,
      imageTagMutability: tagMutability,
      imageTagMutabilityExclusionFilters: exclusionFilters(
        tagMutabilityExclusions,
      ),
    };
  },

  TagResource(input, context) {
    const { name, tags } = repositoryByArn(input.resourceArn!, context);
    context.aws.registry.updateRepository(context, name, {
      tags: { ...tags, ...toRecord(input.tags) },
    });
    return {};
  },

  UntagResource(input, context) {
    const { name, tags } = repositoryByArn(input.resourceArn!, context);
    const removed = new Set(input.tagKeys);
    context.aws.registry.updateRepository(context, name, {
      tags: Object.fromEntries(
        Object.entries(tags).filter(([key]) => !removed.has(key)),
      ),
    });
    return {};
  },

  ListTagsForResource(input, context) {
    const { tags } = repositoryByArn(input.resourceArn!, context);
    return {
      tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  },
};

function repositoryByArn(arn: string, context: CallContext): Repository {
  const match = /^arn:aws:ecr:([^:]+):(\d{12}):repository\/(.+)$/.exec(arn);
  if (!match || match[1] !== context.region) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`,
    );
  }
  checkOwnRegistry(match[2], context);
  return context.aws.registry.getRepository(context, match[3]);
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

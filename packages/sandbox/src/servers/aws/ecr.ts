import { createHash } from 'node:crypto';
import type {
  ImageDetail,
  ImageIdentifier,
  Repository as RepositoryShape,
  Tag,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import {
  RegistryImage,
  RegistryRef,
  ReplicationRule,
  Repository,
  TagMutability,
} from '../../world/aws/ImageRegistry';
import { paginate } from '../../world/aws/paginate';
import { CallContext, Handlers } from './handlers';
import { checkRegistryAccess } from './ecrAccess';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

/** Amazon Elastic Container Registry. Images have no layers here; what is asked of them is their names. */
export const ecrHandlers: Handlers<typeof import('@aws-sdk/client-ecr')> = {
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

  PutLifecyclePolicy(input, context) {
    checkOwnRegistry(input.registryId, context);
    checkJson(input.lifecyclePolicyText!, 'LifecyclePolicyText');
    context.aws.registry.updateRepository(context, input.repositoryName!, {
      lifecyclePolicy: input.lifecyclePolicyText,
    });
    return {
      registryId: context.accountId,
      repositoryName: input.repositoryName,
      lifecyclePolicyText: input.lifecyclePolicyText,
    };
  },

  GetLifecyclePolicy(input, context) {
    return { ...lifecyclePolicyOf(input.repositoryName!, context) };
  },

  DeleteLifecyclePolicy(input, context) {
    checkOwnRegistry(input.registryId, context);
    const reply = lifecyclePolicyOf(input.repositoryName!, context);
    context.aws.registry.updateRepository(context, input.repositoryName!, {
      lifecyclePolicy: undefined,
    });
    return reply;
  },

  SetRepositoryPolicy(input, context) {
    checkOwnRegistry(input.registryId, context);
    checkJson(input.policyText!, 'PolicyText');
    context.aws.registry.updateRepository(context, input.repositoryName!, {
      policy: input.policyText,
    });
    return {
      registryId: context.accountId,
      repositoryName: input.repositoryName,
      policyText: input.policyText,
    };
  },

  GetRepositoryPolicy(input, context) {
    return repositoryPolicyOf(input.repositoryName!, context);
  },

  DeleteRepositoryPolicy(input, context) {
    checkOwnRegistry(input.registryId, context);
    const reply = repositoryPolicyOf(input.repositoryName!, context);
    context.aws.registry.updateRepository(context, input.repositoryName!, {
      policy: undefined,
    });
    return reply;
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

  DescribeImages(input, context) {
    const registry = registryOf(
      input.registryId,
      context,
      input.repositoryName!,
    );
    const { registry: store } = context.aws;
    if (input.imageIds) {
      return {
        imageDetails: input.imageIds.map(({ imageDigest, imageTag }) =>
          describeImage(
            store.getImage(registry, input.repositoryName!, {
              digest: imageDigest,
              tag: imageTag,
            }),
          ),
        ),
      };
    }
    const page = paginate(
      store
        .listImages(registry, input.repositoryName!)
        .filter(({ tags }) => hasTagStatus(tags, input.filter?.tagStatus)),
      {
        token: input.nextToken,
        size: pageSize(input.maxResults),
        tokenError: invalidToken(),
      },
    );
    return {
      imageDetails: page.items.map(describeImage),
      nextToken: page.nextToken,
    };
  },

  ListImages(input, context) {
    const registry = registryOf(
      input.registryId,
      context,
      input.repositoryName!,
    );
    const ids = context.aws.registry
      .listImages(registry, input.repositoryName!)
      .filter(({ tags }) => hasTagStatus(tags, input.filter?.tagStatus))
      .flatMap(({ digest, tags }): ImageIdentifier[] =>
        tags.length === 0
          ? [{ imageDigest: digest }]
          : tags.map(tag => ({ imageDigest: digest, imageTag: tag })),
      );
    const page = paginate(ids, {
      token: input.nextToken,
      size: pageSize(input.maxResults),
      tokenError: invalidToken(),
    });
    return { imageIds: page.items, nextToken: page.nextToken };
  },

  PutImage(input, context) {
    checkOwnRegistry(input.registryId, context);
    const manifest = input.imageManifest!;
    const digest = `sha256:${createHash('sha256')
      .update(manifest)
      .digest('hex')}`;
    if (input.imageDigest && input.imageDigest !== digest) {
      throw new AwsError(
        'ImageDigestDoesNotMatchException',
        `The specified image digest '${input.imageDigest}' does not match the digest '${digest}' that Amazon ECR calculated for the image.`,
      );
    }
    const name = input.repositoryName!;
    const tags = input.imageTag ? [input.imageTag] : [];
    const known = context.aws.registry
      .listImages(context, name)
      .find(image => image.digest === digest);
    if (known && tags.every(tag => known.tags.includes(tag))) {
      throw new AwsError(
        'ImageAlreadyExistsException',
        `Image with digest '${digest}' and tag '${
          input.imageTag ?? 'null'
        }' already exists in the repository with name '${name}' in registry with id '${
          context.accountId
        }'`,
      );
    }
    context.aws.registry.push({
      accountId: context.accountId,
      region: context.region,
      repository: name,
      digest,
      tags,
    });
    return {
      image: {
        registryId: context.accountId,
        repositoryName: name,
        imageId: { imageDigest: digest, imageTag: input.imageTag },
        imageManifest: manifest,
        imageManifestMediaType: input.imageManifestMediaType,
      },
    };
  },

  BatchDeleteImage(input, context) {
    checkOwnRegistry(input.registryId, context);
    const imageIds = [];
    const failures = [];
    context.aws.registry.getRepository(context, input.repositoryName!);
    for (const imageId of input.imageIds!) {
      try {
        const { digest } = context.aws.registry.deleteImage(
          context,
          input.repositoryName!,
          { digest: imageId.imageDigest, tag: imageId.imageTag },
        );
        imageIds.push({ imageDigest: digest, imageTag: imageId.imageTag });
      } catch {
        failures.push({
          imageId,
          failureCode: 'ImageNotFound' as const,
          failureReason: 'Requested image not found',
        });
      }
    }
    return { imageIds, failures };
  },

  DescribeImageReplicationStatus(input, context) {
    const registry = registryOf(
      input.registryId,
      context,
      input.repositoryName!,
    );
    const image = context.aws.registry.getImage(
      registry,
      input.repositoryName!,
      { digest: input.imageId!.imageDigest, tag: input.imageId!.imageTag },
    );
    return {
      repositoryName: input.repositoryName,
      imageId: { ...input.imageId, imageDigest: image.digest },
      replicationStatuses: image.replications.map(
        ({ accountId, region, status, failureCode }) => ({
          registryId: accountId,
          region,
          status,
          failureCode,
        }),
      ),
    };
  },

  PutReplicationConfiguration(input, context) {
    const rules = input.replicationConfiguration!.rules!.map(
      ({ destinations, repositoryFilters }): ReplicationRule => ({
        destinations: destinations!.map(({ region, registryId }) => ({
          region: region!,
          accountId: registryId!,
        })),
        prefixes: (repositoryFilters ?? []).map(({ filter }) => filter!),
      }),
    );
    for (const { region, accountId } of rules.flatMap(
      rule => rule.destinations,
    )) {
      if (region === context.region && accountId === context.accountId) {
        throw new AwsError(
          'InvalidParameterException',
          `Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication destination cannot be the same as the source registry'`,
        );
      }
    }
    context.aws.registry.setReplicationRules(context, rules);
    return { replicationConfiguration: input.replicationConfiguration };
  },

  DescribeRegistry(_input, context) {
    return {
      registryId: context.accountId,
      replicationConfiguration: {
        rules: context.aws.registry
          .getReplicationRules(context)
          .map(({ destinations, prefixes }) => ({
            destinations: destinations.map(({ accountId, region }) => ({
              region,
              registryId: accountId,
            })),
            repositoryFilters: prefixes.map(filter => ({
              filter,
              filterType: 'PREFIX_MATCH' as const,
            })),
          })),
      },
    };
  },
};

function pageSize(maxResults: number | undefined): number {
  if (maxResults === undefined) {
    return DEFAULT_PAGE_SIZE;
  }
  if (maxResults < 1 || maxResults > MAX_PAGE_SIZE) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be between 1 and ${MAX_PAGE_SIZE}'`,
    );
  }
  return maxResults;
}

function invalidToken(): AwsError {
  return new AwsError(
    'InvalidParameterException',
    "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid nextToken'",
  );
}

/** The registry that a reading call means; another account's only as far as its policies allow. */
function registryOf(
  registryId: string | undefined,
  context: CallContext,
  repositoryName?: string,
): RegistryRef {
  const registry = {
    accountId: registryId ?? context.accountId,
    region: context.region,
  };
  checkRegistryAccess(registry, context, repositoryName);
  return registry;
}

/** Changes are made in one's own registry only. */
function checkOwnRegistry(
  registryId: string | undefined,
  context: CallContext,
): void {
  checkRegistryAccess(
    { accountId: registryId ?? context.accountId, region: context.region },
    context,
    undefined,
  );
}

function checkJson(text: string, name: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (parsed === null || typeof parsed !== 'object') {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at '${name}' failed to satisfy constraint: 'Invalid ${
        name === 'PolicyText' ? 'repository' : 'lifecycle'
      } policy provided'`,
    );
  }
}

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

function lifecyclePolicyOf(name: string, context: CallContext) {
  const { lifecyclePolicy } = context.aws.registry.getRepository(context, name);
  if (lifecyclePolicy === undefined) {
    throw new AwsError(
      'LifecyclePolicyNotFoundException',
      `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${context.accountId}'`,
    );
  }
  return {
    registryId: context.accountId,
    repositoryName: name,
    lifecyclePolicyText: lifecyclePolicy,
  };
}

function repositoryPolicyOf(name: string, context: CallContext) {
  const { policy } = context.aws.registry.getRepository(context, name);
  if (policy === undefined) {
    throw new AwsError(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${name}' in the registry with id '${context.accountId}'`,
    );
  }
  return {
    registryId: context.accountId,
    repositoryName: name,
    policyText: policy,
  };
}

function toRecord(tags: Tag[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (tags ?? []).map(({ Key, Value }) => [Key!, Value ?? '']),
  );
}

function exclusionFilters(patterns: string[] | undefined) {
  return patterns?.map(filter => ({ filter, filterType: 'WILDCARD' as const }));
}

function hasTagStatus(tags: string[], status: string | undefined): boolean {
  switch (status) {
    case 'TAGGED':
      return tags.length > 0;
    case 'UNTAGGED':
      return tags.length === 0;
    default:
      return true;
  }
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

function describeImage(image: RegistryImage): ImageDetail {
  return {
    registryId: image.accountId,
    repositoryName: image.repository,
    imageDigest: image.digest,
    imageTags: image.tags.length > 0 ? image.tags : undefined,
    imageSizeInBytes: image.sizeBytes,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: MANIFEST_TYPE,
    artifactMediaType: 'application/vnd.oci.image.config.v1+json',
  };
}

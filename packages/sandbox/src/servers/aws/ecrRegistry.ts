import type {
  RCTAppliedFor,
  RepositoryCreationTemplate,
  ScanFrequency,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import { ReplicationRule, TagMutability } from '../../world/aws/ImageRegistry';
import { paginate } from '../../world/aws/paginate';
import { CreationTemplate } from '../../world/aws/registry/RegistrySettings';
import { NewRepository } from '../../world/aws/registry/types';
import {
  checkOwnRegistry,
  exclusionFilters,
  invalidToken,
  pageSize,
  toRecord,
} from './ecrShared';
import { Handlers } from './handlers';

/** Amazon ECR: what is set for a registry as a whole. */
export const ecrRegistryHandlers: Handlers<
  typeof import('@aws-sdk/client-ecr')
> = {
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

  GetRegistryScanningConfiguration(_input, context) {
    return {
      registryId: context.accountId,
      scanningConfiguration: scanningConfiguration(
        context.aws.registry.settings.of(context),
      ),
    };
  },

  PutRegistryScanningConfiguration(input, context) {
    const { settings } = context.aws.registry;
    settings.change(context, {
      scanType: input.scanType ?? 'BASIC',
      scanningRules: (input.rules ?? []).map(
        ({ scanFrequency, repositoryFilters }) => ({
          scanFrequency: scanFrequency!,
          filters: repositoryFilters!.map(({ filter }) => filter!),
        }),
      ),
    });
    return {
      registryScanningConfiguration: scanningConfiguration(
        settings.of(context),
      ),
    };
  },

  CreateRepositoryCreationTemplate(input, context) {
    const { settings } = context.aws.registry;
    const { templates } = settings.of(context);
    if (templates.some(({ prefix }) => prefix === input.prefix)) {
      throw new AwsError(
        'TemplateAlreadyExistsException',
        `The repository creation template with prefix '${input.prefix}' already exists in the registry with id '${context.accountId}'`,
      );
    }
    const now = context.aws.clock.now().toISOString();
    const template: CreationTemplate = {
      prefix: input.prefix!,
      description: input.description,
      appliedFor: input.appliedFor as CreationTemplate['appliedFor'],
      customRoleArn: input.customRoleArn,
      settings: templateSettings(input),
      createdAt: now,
      updatedAt: now,
    };
    settings.change(context, { templates: [...templates, template] });
    return {
      registryId: context.accountId,
      repositoryCreationTemplate: templateShape(template),
    };
  },

  DescribeRepositoryCreationTemplates(input, context) {
    const { templates } = context.aws.registry.settings.of(context);
    const missing = input.prefixes?.find(
      wanted => !templates.some(({ prefix }) => prefix === wanted),
    );
    if (missing !== undefined) {
      throw templateNotFound(missing, context.accountId);
    }
    const page = paginate(
      templates.filter(
        ({ prefix }) => !input.prefixes || input.prefixes.includes(prefix),
      ),
      {
        token: input.nextToken,
        size: pageSize(input.maxResults),
        tokenError: invalidToken(),
      },
    );
    return {
      registryId: context.accountId,
      repositoryCreationTemplates: page.items.map(templateShape),
      nextToken: page.nextToken,
    };
  },

  DeleteRepositoryCreationTemplate(input, context) {
    const { settings } = context.aws.registry;
    const { templates } = settings.of(context);
    const template = templates.find(({ prefix }) => prefix === input.prefix);
    if (!template) {
      throw templateNotFound(input.prefix!, context.accountId);
    }
    settings.change(context, {
      templates: templates.filter(other => other !== template),
    });
    return {
      registryId: context.accountId,
      repositoryCreationTemplate: templateShape(template),
    };
  },

  CreatePullThroughCacheRule(input, context) {
    checkOwnRegistry(input.registryId, context);
    const { settings } = context.aws.registry;
    const { pullThrough } = settings.of(context);
    if (
      pullThrough.some(({ prefix }) => prefix === input.ecrRepositoryPrefix)
    ) {
      throw new AwsError(
        'PullThroughCacheRuleAlreadyExistsException',
        `A pull through cache rule already exists with the prefix '${input.ecrRepositoryPrefix}' in the registry with id '${context.accountId}'`,
      );
    }
    const createdAt = context.aws.clock.now();
    settings.change(context, {
      pullThrough: [
        ...pullThrough,
        {
          prefix: input.ecrRepositoryPrefix!,
          upstreamUrl: input.upstreamRegistryUrl!,
          upstreamRegistry: input.upstreamRegistry,
          upstreamPrefix: input.upstreamRepositoryPrefix,
          credentialArn: input.credentialArn,
          createdAt: createdAt.toISOString(),
        },
      ],
    });
    return {
      ecrRepositoryPrefix: input.ecrRepositoryPrefix,
      upstreamRegistryUrl: input.upstreamRegistryUrl,
      upstreamRegistry: input.upstreamRegistry,
      upstreamRepositoryPrefix: input.upstreamRepositoryPrefix,
      credentialArn: input.credentialArn,
      registryId: context.accountId,
      createdAt,
    };
  },

  DescribePullThroughCacheRules(input, context) {
    checkOwnRegistry(input.registryId, context);
    const { pullThrough } = context.aws.registry.settings.of(context);
    const prefixes = input.ecrRepositoryPrefixes;
    const page = paginate(
      pullThrough.filter(
        ({ prefix }) => !prefixes || prefixes.includes(prefix),
      ),
      {
        token: input.nextToken,
        size: pageSize(input.maxResults),
        tokenError: invalidToken(),
      },
    );
    return {
      pullThroughCacheRules: page.items.map(rule => ({
        ecrRepositoryPrefix: rule.prefix,
        upstreamRegistryUrl: rule.upstreamUrl,
        upstreamRegistry: rule.upstreamRegistry as 'ecr-public' | undefined,
        upstreamRepositoryPrefix: rule.upstreamPrefix,
        credentialArn: rule.credentialArn,
        registryId: context.accountId,
        createdAt: new Date(rule.createdAt),
      })),
      nextToken: page.nextToken,
    };
  },

  DeletePullThroughCacheRule(input, context) {
    checkOwnRegistry(input.registryId, context);
    const { settings } = context.aws.registry;
    const { pullThrough } = settings.of(context);
    const rule = pullThrough.find(
      ({ prefix }) => prefix === input.ecrRepositoryPrefix,
    );
    if (!rule) {
      throw new AwsError(
        'PullThroughCacheRuleNotFoundException',
        `The pull through cache rule with prefix '${input.ecrRepositoryPrefix}' does not exist in the registry with id '${context.accountId}'`,
      );
    }
    settings.change(context, {
      pullThrough: pullThrough.filter(other => other !== rule),
    });
    return {
      ecrRepositoryPrefix: rule.prefix,
      upstreamRegistryUrl: rule.upstreamUrl,
      registryId: context.accountId,
      createdAt: new Date(rule.createdAt),
    };
  },
};

function scanningConfiguration({
  scanType,
  scanningRules,
}: {
  scanType: 'BASIC' | 'ENHANCED';
  scanningRules: Array<{ scanFrequency: string; filters: string[] }>;
}) {
  return {
    scanType,
    rules: scanningRules.map(({ scanFrequency, filters }) => ({
      scanFrequency: scanFrequency as ScanFrequency,
      repositoryFilters: filters.map(filter => ({
        filter,
        filterType: 'WILDCARD' as const,
      })),
    })),
  };
}

function templateSettings(
  input: Partial<RepositoryCreationTemplate>,
): NewRepository {
  return {
    tagMutability: input.imageTagMutability as TagMutability | undefined,
    tagMutabilityExclusions: input.imageTagMutabilityExclusionFilters?.map(
      ({ filter }) => filter!,
    ),
    encryptionType: input.encryptionConfiguration?.encryptionType,
    kmsKey: input.encryptionConfiguration?.kmsKey,
    policy: input.repositoryPolicy,
    lifecyclePolicy: input.lifecyclePolicy,
    tags: toRecord(input.resourceTags),
  };
}

function templateShape(template: CreationTemplate): RepositoryCreationTemplate {
  const { settings } = template;
  return {
    prefix: template.prefix,
    description: template.description,
    appliedFor: template.appliedFor as RCTAppliedFor[],
    customRoleArn: template.customRoleArn,
    encryptionConfiguration: {
      encryptionType: (settings.encryptionType ?? 'AES256') as 'AES256' | 'KMS',
      kmsKey: settings.kmsKey,
    },
    resourceTags: Object.entries(settings.tags ?? {}).map(([Key, Value]) => ({
      Key,
      Value,
    })),
    imageTagMutability: settings.tagMutability ?? 'MUTABLE',
    imageTagMutabilityExclusionFilters: exclusionFilters(
      settings.tagMutabilityExclusions,
    ),
    repositoryPolicy: settings.policy,
    lifecyclePolicy: settings.lifecyclePolicy,
    createdAt: new Date(template.createdAt),
    updatedAt: new Date(template.updatedAt),
  };
}

function templateNotFound(prefix: string, accountId: string): AwsError {
  return new AwsError(
    'TemplateNotFoundException',
    `The repository creation template with prefix '${prefix}' does not exist in the registry with id '${accountId}'`,
  );
}

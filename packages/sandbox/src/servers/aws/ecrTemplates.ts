import type {
  RCTAppliedFor,
  RepositoryCreationTemplate,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import { CreationTemplate } from '../../world/aws/registry/RegistrySettings';
import { NewRepository, TagMutability } from '../../world/aws/registry/types';
import {
  exclusionFilters,
  invalidToken,
  pageSize,
  toRecord,
} from './ecrShared';
import { Handlers } from './handlers';

/** Amazon ECR: what repositories get that come to be by themselves. */
export const ecrTemplateHandlers: Handlers<
  typeof import('@aws-sdk/client-ecr')
> = {
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
};

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

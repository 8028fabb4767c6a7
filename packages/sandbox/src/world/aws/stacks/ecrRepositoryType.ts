import { randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../AwsError';
import {
  ImageRegistry,
  RepositorySettings,
  TagMutability,
} from '../ImageRegistry';
import { Properties, ResourceContext, ResourceType } from './ResourceType';

const STACK_ID_TAG = 'aws:cloudformation:stack-id';
const LOGICAL_ID_TAG = 'aws:cloudformation:logical-id';

/**
 * AWS::ECR::Repository.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
 */
export function ecrRepositoryType(registry: ImageRegistry): ResourceType {
  return {
    properties: [
      'EmptyOnDelete',
      'EncryptionConfiguration',
      'ImageScanningConfiguration',
      'ImageTagMutability',
      'ImageTagMutabilityExclusionFilters',
      'LifecyclePolicy',
      'RepositoryName',
      'RepositoryPolicyText',
      'Tags',
    ],
    required: [],
    replacedBy: ['RepositoryName', 'EncryptionConfiguration'],

    create(properties, context) {
      const name = properties.RepositoryName ?? generatedName(context);
      const existing = registry.repositories.find(context.place, name);
      if (existing) {
        const owner = existing.tags[STACK_ID_TAG];
        const isOwn =
          owner === context.stackId &&
          existing.tags[LOGICAL_ID_TAG] === context.logicalId;
        if (isOwn) {
          return name;
        }
        throw new AwsError(
          'AlreadyExists',
          owner
            ? `${name} already exists in stack ${owner}`
            : handlerMessage(
                `The repository with name '${name}' already exists in the registry with id '${context.place.accountId}'`,
                'AlreadyExists',
              ),
        );
      }
      return asHandler('InvalidRequest', () => {
        registry.repositories.create(context.place, name, {
          ...settings(properties, context),
          encryptionType: properties.EncryptionConfiguration?.EncryptionType,
          kmsKey: properties.EncryptionConfiguration?.KmsKey,
        });
        return name;
      });
    },

    update(physicalId, properties, context) {
      asHandler('NotFound', () =>
        registry.repositories.update(
          context.place,
          physicalId,
          settings(properties, context),
        ),
      );
    },

    delete(physicalId, properties, context) {
      if (!registry.repositories.find(context.place, physicalId)) {
        return;
      }
      asHandler('GeneralServiceException', () =>
        registry.repositories.delete(context.place, physicalId, {
          force: String(properties.EmptyOnDelete) === 'true',
        }),
      );
    },

    attributes(physicalId, { place: { accountId, region } }) {
      return {
        Arn: `arn:aws:ecr:${region}:${accountId}:repository/${physicalId}`,
        RepositoryUri: `${accountId}.dkr.ecr.${region}.amazonaws.com/${physicalId}`,
      };
    },

    read(physicalId, { place }) {
      const repository = registry.repositories.find(place, physicalId);
      return (
        repository && {
          RepositoryName: repository.name,
          ImageTagMutability: repository.tagMutability,
          ImageScanningConfiguration: { ScanOnPush: repository.scanOnPush },
          EncryptionConfiguration: {
            EncryptionType: repository.encryptionType,
            ...(repository.kmsKey && { KmsKey: repository.kmsKey }),
          },
          ...(repository.lifecyclePolicy && {
            LifecyclePolicy: {
              LifecyclePolicyText: repository.lifecyclePolicy,
            },
          }),
          ...(repository.policy && {
            RepositoryPolicyText: JSON.parse(repository.policy),
          }),
          Tags: Object.entries(repository.tags)
            .filter(([key]) => !key.startsWith('aws:'))
            .map(([Key, Value]) => ({ Key, Value })),
        }
      );
    },
  };
}

function settings(
  properties: Properties,
  context: ResourceContext,
): RepositorySettings {
  const policy = properties.RepositoryPolicyText;
  return {
    tagMutability: (properties.ImageTagMutability ??
      'MUTABLE') as TagMutability,
    tagMutabilityExclusions: properties.ImageTagMutabilityExclusionFilters?.map(
      (filter: Properties) => filter.ImageTagMutabilityExclusionFilterValue,
    ),
    scanOnPush:
      String(properties.ImageScanningConfiguration?.ScanOnPush) === 'true',
    lifecyclePolicy: properties.LifecyclePolicy?.LifecyclePolicyText,
    policy:
      policy === undefined || typeof policy === 'string'
        ? policy
        : JSON.stringify(policy),
    tags: {
      ...context.stackTags,
      ...Object.fromEntries(
        ((properties.Tags ?? []) as Properties[]).map(({ Key, Value }) => [
          Key,
          String(Value),
        ]),
      ),
      'aws:cloudformation:stack-name': context.stackName,
      [STACK_ID_TAG]: context.stackId,
      [LOGICAL_ID_TAG]: context.logicalId,
    },
  };
}

/** As CloudFormation names what has no name of its own; ECR wants lower case. */
function generatedName({ stackName, logicalId }: ResourceContext): string {
  return `${stackName}-${logicalId}-${randomBytes(6).toString(
    'hex',
  )}`.toLocaleLowerCase('en-US');
}

function handlerMessage(message: string, code: string): string {
  return `Resource handler returned message: "${message}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`;
}

/** Words a refusal of the service as CloudFormation passes it on. */
function asHandler<T>(code: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new AwsError(code, handlerMessage((error as Error).message, code));
  }
}

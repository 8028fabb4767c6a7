import { randomBytes } from 'node:crypto';
import { AwsError } from '../AwsError';
import { secretArn, SecretStore, SecretValue } from '../secrets/SecretStore';
import { generatedName } from './PlainResources';
import { Properties, ResourceContext, ResourceType } from './ResourceType';

/**
 * AWS::SecretsManager::Secret.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
 */
export function secretType(secrets: SecretStore): ResourceType {
  const find = (physicalId: string, { place }: ResourceContext) =>
    secrets
      .list(place)
      .find(item => secretArn(item, place.region) === physicalId);
  return {
    properties: [
      'Description',
      'GenerateSecretString',
      'KmsKeyId',
      'Name',
      'ReplicaRegions',
      'SecretString',
      'Tags',
    ],
    required: [],
    replacedBy: ['Name'],

    create(properties, context) {
      const secret = secrets.create(context.place, {
        name: properties.Name ?? generatedName(context),
        description: properties.Description,
        kmsKeyId: properties.KmsKeyId,
        tags: tagsOf(properties, context),
      });
      secrets.putVersion(secret, valueOf(properties));
      return secretArn(secret, context.place.region);
    },

    update(physicalId, properties, context) {
      const secret = find(physicalId, context);
      if (!secret) {
        throw new AwsError('NotFound', `${physicalId} does not exist`);
      }
      secrets.change(secret, {
        description: properties.Description,
        kmsKeyId: properties.KmsKeyId,
        tags: tagsOf(properties, context),
      });
      if (properties.SecretString !== undefined) {
        secrets.putVersion(secret, { text: String(properties.SecretString) });
      }
    },

    // CloudFormation leaves no recovery window.
    delete(physicalId, _properties, context) {
      const secret = find(physicalId, context);
      if (secret) {
        secrets.delete(secret, undefined);
      }
    },

    attributes: physicalId => ({ Id: physicalId }),

    read(physicalId, context) {
      const secret = find(physicalId, context);
      return (
        secret && {
          Name: secret.name,
          ...(secret.description && { Description: secret.description }),
          ...(secret.kmsKeyId && { KmsKeyId: secret.kmsKeyId }),
          Tags: Object.entries(secret.tags)
            .filter(([key]) => !key.startsWith('aws:'))
            .map(([Key, Value]) => ({ Key, Value })),
        }
      );
    },
  };
}

function valueOf({
  SecretString,
  GenerateSecretString,
}: Properties): SecretValue {
  if (SecretString !== undefined) {
    return { text: String(SecretString) };
  }
  const length = Number(GenerateSecretString?.PasswordLength ?? 32);
  const password = randomBytes(length).toString('base64url').slice(0, length);
  const key = GenerateSecretString?.GenerateStringKey;
  return {
    text: key
      ? JSON.stringify({
          ...JSON.parse(GenerateSecretString.SecretStringTemplate ?? '{}'),
          [key]: password,
        })
      : password,
  };
}

function tagsOf(
  properties: Properties,
  context: ResourceContext,
): Record<string, string> {
  return {
    ...context.stackTags,
    ...Object.fromEntries(
      ((properties.Tags ?? []) as Properties[]).map(({ Key, Value }) => [
        Key,
        String(Value),
      ]),
    ),
    'aws:cloudformation:stack-name': context.stackName,
    'aws:cloudformation:stack-id': context.stackId,
    'aws:cloudformation:logical-id': context.logicalId,
  };
}

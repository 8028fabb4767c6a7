import type { Tag } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../world/aws/AwsError';
import { secretArn, SecretValue } from '../../world/aws/secrets/SecretStore';
import { Handlers } from './handlers';
import { secretCopyHandlers } from './secretsManagerCopies';
import {
  identity,
  passesFilter,
  regionsOf,
  replicationShape,
  secretShape,
  stagesOf,
  versionOf,
} from './secretsManagerShapes';
import { validatedPage } from './validatedPage';

const DEFAULT_WINDOW_DAYS = 30;

/** AWS Secrets Manager. Seeded secrets have no value; a value that was put is given back. */
export const secretsManagerHandlers: Handlers<
  typeof import('@aws-sdk/client-secrets-manager')
> = {
  ...secretCopyHandlers,

  ListSecrets(input, { aws, accountId, region }) {
    const secrets = aws.secrets
      .list({ accountId, region })
      .filter(secret => input.IncludePlannedDeletion || !secret.deletionAt)
      .filter(secret =>
        (input.Filters ?? []).every(filter => passesFilter(secret, filter)),
      );
    const page = pageOf(
      input.SortOrder === 'asc' ? secrets.reverse() : secrets,
      input,
    );
    return {
      SecretList: page.items.map(secret => ({
        ...secretShape(secret, region),
        SecretVersionsToStages: stagesOf(secret),
      })),
      NextToken: page.nextToken,
    };
  },

  DescribeSecret(input, { aws, accountId, region }) {
    const secret = aws.secrets.get({ accountId, region }, input.SecretId!);
    return {
      ...secretShape(secret, region),
      VersionIdsToStages: stagesOf(secret),
      ReplicationStatus:
        secret.replicas.length > 0 ? replicationShape(secret) : undefined,
    };
  },

  CreateSecret(input, context) {
    const name = input.Name!;
    if (!/^[\w/+=.@!-]{1,512}$/.test(name)) {
      throw new AwsError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    }
    const { secrets } = context.aws;
    const value = valueOf(input);
    const secret = secrets.create(context, {
      name,
      description: input.Description,
      kmsKeyId: input.KmsKeyId,
      tags: toRecord(input.Tags),
    });
    const version =
      value &&
      secrets.putVersion(secret, value, { id: input.ClientRequestToken });
    secrets.replicate(secret, regionsOf(input.AddReplicaRegions));
    return {
      ...identity(secret),
      VersionId: version?.id,
      ReplicationStatus:
        secret.replicas.length > 0 ? replicationShape(secret) : undefined,
    };
  },

  PutSecretValue(input, context) {
    const { secrets } = context.aws;
    const secret = secrets.getForChange(context, input.SecretId!);
    const value = valueOf(input);
    if (!value) {
      throw new AwsError(
        'InvalidRequestException',
        'You must provide either SecretString or SecretBinary.',
      );
    }
    const version = secrets.putVersion(secret, value, {
      id: input.ClientRequestToken,
      stages: input.VersionStages,
    });
    return {
      ...identity(secret),
      VersionId: version.id,
      VersionStages: version.stages,
    };
  },

  UpdateSecret(input, context) {
    const { secrets } = context.aws;
    const secret = secrets.getForChange(context, input.SecretId!);
    secrets.change(secret, {
      description: input.Description ?? secret.description,
      kmsKeyId: input.KmsKeyId ?? secret.kmsKeyId,
    });
    const value = valueOf(input);
    const version =
      value &&
      secrets.putVersion(secret, value, { id: input.ClientRequestToken });
    return { ...identity(secret), VersionId: version?.id };
  },

  GetSecretValue(input, context) {
    const { secrets } = context.aws;
    const secret = secrets.get(context, input.SecretId!);
    if (secret.deletionAt) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    const version = versionOf(secret, input);
    secrets.markRead(secret);
    return {
      ARN: secretArn(secret, context.region),
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.text,
      SecretBinary:
        version.binary === undefined
          ? undefined
          : Buffer.from(version.binary, 'base64'),
      VersionStages: version.stages,
      CreatedDate: new Date(version.createdAt),
    };
  },

  ListSecretVersionIds(input, context) {
    const secret = context.aws.secrets.get(context, input.SecretId!);
    const page = pageOf(
      secret.versions.filter(
        ({ stages }) => input.IncludeDeprecated || stages.length > 0,
      ),
      input,
    );
    return {
      ...identity(secret),
      ARN: secretArn(secret, context.region),
      Versions: page.items.map(({ id, stages, createdAt }) => ({
        VersionId: id,
        VersionStages: stages,
        CreatedDate: new Date(createdAt),
      })),
      NextToken: page.nextToken,
    };
  },

  DeleteSecret(input, context) {
    const { secrets } = context.aws;
    const window = input.RecoveryWindowInDays;
    if (input.ForceDeleteWithoutRecovery && window !== undefined) {
      throw new AwsError(
        'InvalidParameterException',
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      );
    }
    if (window !== undefined && (window < 7 || window > 30)) {
      throw new AwsError(
        'InvalidParameterException',
        'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
      );
    }
    const secret = secrets.getForChange(context, input.SecretId!);
    if (secret.replicas.length > 0) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't delete secret that is replicated to other regions. Remove its replicas first.",
      );
    }
    return {
      ...identity(secret),
      DeletionDate: secrets.delete(
        secret,
        input.ForceDeleteWithoutRecovery
          ? undefined
          : window ?? DEFAULT_WINDOW_DAYS,
      ),
    };
  },

  RestoreSecret(input, context) {
    const secret = context.aws.secrets.get(context, input.SecretId!);
    context.aws.secrets.restore(secret);
    return identity(secret);
  },

  TagResource(input, context) {
    const secret = context.aws.secrets.getForChange(context, input.SecretId!);
    context.aws.secrets.change(secret, {
      tags: { ...secret.tags, ...toRecord(input.Tags) },
    });
    return {};
  },

  UntagResource(input, context) {
    const secret = context.aws.secrets.getForChange(context, input.SecretId!);
    context.aws.secrets.change(secret, {
      tags: Object.fromEntries(
        Object.entries(secret.tags).filter(
          ([key]) => !input.TagKeys!.includes(key),
        ),
      ),
    });
    return {};
  },

  GetResourcePolicy(input, context) {
    const secret = context.aws.secrets.get(context, input.SecretId!);
    return { ...identity(secret), ResourcePolicy: secret.resourcePolicy };
  },
};

function toRecord(tags: Tag[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (tags ?? []).map(({ Key, Value }) => [Key!, Value ?? '']),
  );
}

/** @throws AwsError - InvalidParameterException: both kinds of value. */
function valueOf(input: {
  SecretString?: string;
  SecretBinary?: Uint8Array;
}): SecretValue | undefined {
  const { SecretString: text, SecretBinary: bytes } = input;
  if (text !== undefined && bytes !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text === undefined && bytes === undefined) {
    return undefined;
  }
  return {
    text,
    binary: bytes && Buffer.from(bytes).toString('base64'),
  };
}

function pageOf<T>(
  items: T[],
  request: { MaxResults?: number; NextToken?: string },
) {
  return validatedPage(
    items,
    request,
    new AwsError('InvalidNextTokenException', 'Invalid NextToken'),
  );
}

import type { SecretListEntry } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../world/aws/AwsError';
import { secretArn } from '../../world/aws/secrets/SecretStore';
import { SecretRecord, SecretVersion } from '../../world/aws/secrets/types';

const optionalDate = (text: string | undefined) =>
  text === undefined ? undefined : new Date(text);

/** A secret as a region sees it; the list and the description have this in common. */
export function secretShape(
  secret: SecretRecord,
  region: string,
): SecretListEntry {
  const { rotation } = secret;
  return {
    ARN: secretArn(secret, region),
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation ? true : undefined,
    RotationLambdaARN: rotation?.lambdaArn,
    RotationRules: rotation?.rules,
    LastRotatedDate: optionalDate(rotation?.lastRotatedAt),
    LastChangedDate: new Date(secret.changedAt),
    LastAccessedDate: optionalDate(secret.accessedAt),
    DeletedDate: optionalDate(secret.deletedAt),
    NextRotationDate: optionalDate(rotation?.nextRotationAt),
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
    OwningService: secret.owningService,
    CreatedDate: new Date(secret.createdAt),
    PrimaryRegion: secret.replicas.length > 0 ? secret.region : undefined,
  };
}

/** Stages of all versions that have one, by version id. */
export function stagesOf(secret: SecretRecord): Record<string, string[]> {
  return Object.fromEntries(
    secret.versions
      .filter(({ stages }) => stages.length > 0)
      .map(({ id, stages }) => [id, stages]),
  );
}

/** How the copies of a secret stand. */
export function replicationShape(secret: SecretRecord) {
  return secret.replicas.map(({ region, kmsKeyId, status }) => ({
    Region: region,
    KmsKeyId: kmsKeyId ?? 'alias/aws/secretsmanager',
    Status: status,
    StatusMessage:
      status === 'InSync' ? 'Replication succeeded' : 'Replication in progress',
  }));
}

/**
 * The version that a caller means; the current one unless told.
 *
 * @throws AwsError - ResourceNotFoundException, InvalidRequestException
 */
export function versionOf(
  secret: SecretRecord,
  wanted: { VersionId?: string; VersionStage?: string },
): SecretVersion {
  const { VersionId, VersionStage } = wanted;
  const stage = VersionStage ?? (VersionId ? undefined : 'AWSCURRENT');
  const version = secret.versions.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) &&
      (stage === undefined || stages.includes(stage)),
  );
  if (VersionId && VersionStage && !version) {
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  if (!version || (version.text ?? version.binary) === undefined) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${
        VersionId ? `VersionId: ${VersionId}` : `staging label: ${stage}`
      }`,
    );
  }
  return version;
}

/** Whether a secret passes one filter of a list; texts match by their beginning, `!` turns round. */
export function passesFilter(
  secret: SecretRecord,
  { Key, Values }: { Key?: string; Values?: string[] },
): boolean {
  const texts: Record<string, string[]> = {
    name: [secret.name],
    description: [secret.description ?? ''],
    'tag-key': Object.keys(secret.tags),
    'tag-value': Object.values(secret.tags),
    'primary-region': [secret.region],
    'owning-service': [secret.owningService ?? ''],
  };
  texts.all = Object.values(texts).flat();
  const own = texts[Key ?? 'all'] ?? [];
  const begins = (text: string, value: string) =>
    Key === 'description' || Key === 'all' || !Key
      ? text
          .toLocaleLowerCase('en-US')
          .split(/[\s/_+=.@-]+/)
          .concat(text.toLocaleLowerCase('en-US'))
          .some(word => word.startsWith(value.toLocaleLowerCase('en-US')))
      : text.startsWith(value);
  return (Values ?? []).some(value =>
    value.startsWith('!')
      ? !own.some(text => begins(text, value.slice(1)))
      : own.some(text => begins(text, value)),
  );
}

/** ARN and name, as most replies begin. */
export function identity(secret: SecretRecord) {
  return { ARN: secretArn(secret, secret.region), Name: secret.name };
}

/** Regions as a caller names them. */
export function regionsOf(
  regions: Array<{ Region?: string; KmsKeyId?: string }> | undefined,
) {
  return (regions ?? []).map(({ Region, KmsKeyId }) => ({
    region: Region!,
    kmsKeyId: KmsKeyId,
  }));
}

import { AwsError } from '../AwsError';
import { OCI_CONFIG } from './playedImage';
import { RegistryImage, Repository } from './types';

const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

const NAME =
  /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

function refuse(parameter: string, reason: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${parameter}' failed to satisfy constraint: ${reason}`,
  );
}

/** @throws AwsError - InvalidParameterException */
export function checkRepositoryName(name: string): void {
  if (!NAME.test(name) || name.length < 2 || name.length > 256) {
    throw refuse(
      'repositoryName',
      `'must satisfy regular expression '${NAME.source.slice(1, -1)}''`,
    );
  }
}

/** @throws AwsError - InvalidParameterException */
export function checkDigest(digest: string): void {
  if (!DIGEST.test(digest)) {
    throw refuse(
      'imageDigest',
      `'${digest}' is not sha256 followed by 64 hexadecimal digits`,
    );
  }
}

/** @throws AwsError - InvalidParameterException */
export function checkTag(tag: string): void {
  if (!TAG.test(tag)) {
    throw refuse('imageTag', `'${tag}' is not a valid tag`);
  }
}

/** Whether a tag, once given, stays where it is. */
export function isImmutable(repository: Repository, tag: string): boolean {
  const excepted = (repository.tagMutabilityExclusions ?? []).some(pattern =>
    new RegExp(
      `^${pattern
        .split('*')
        .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    ).test(tag),
  );
  return repository.tagMutability.startsWith('IMMUTABLE') !== excepted;
}

/** Whether an image can be scanned: images of applications can; artifacts and indexes cannot. */
export function isScannable({ subject, artifactType }: RegistryImage): boolean {
  return (
    subject === undefined &&
    (artifactType === undefined ||
      artifactType === OCI_CONFIG ||
      artifactType === DOCKER_CONFIG)
  );
}

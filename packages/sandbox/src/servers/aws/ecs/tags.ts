import type { Tag } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../world/aws/AwsError';
import { shortName } from '../../../world/aws/ecs/arns';
import { EcsStore } from '../../../world/aws/ecs/EcsStore';
import { EcsPlace, Tags } from '../../../world/aws/ecs/records';

const MOST_TAGS = 50;

/** @throws AwsError - InvalidParameterException: a tag without key, a reserved key, or too many. */
export function readTags(tags: Tag[] | undefined): Tags {
  const read: Tags = {};
  for (const { key, value } of tags ?? []) {
    if (!key || key.length > 128 || (value ?? '').length > 256) {
      throw new AwsError(
        'InvalidParameterException',
        'Tag keys have 1 to 128 characters and values at most 256.',
      );
    }
    if (key.toLocaleLowerCase('en-US').startsWith('aws:')) {
      throw new AwsError(
        'InvalidParameterException',
        'aws: prefixed tag key names are not allowed for external use.',
      );
    }
    read[key] = value ?? '';
  }
  if (Object.keys(read).length > MOST_TAGS) {
    throw new AwsError(
      'InvalidParameterException',
      `The maximum number of tags that can be applied to a resource is ${MOST_TAGS}.`,
    );
  }
  return read;
}

/**
 * The resource with an ARN: a cluster, service, task or task definition.
 *
 * @throws AwsError - InvalidParameterException, ClusterNotFoundException, ServiceNotFoundException, ResourceNotFoundException
 */
export function taggedResource(
  store: EcsStore,
  place: EcsPlace,
  arn: string,
): { tags: Tags } {
  const [, kind, rest] =
    new RegExp(
      `^arn:aws:ecs:${place.region}:${place.accountId}:(cluster|service|task|task-definition)/(.+)$`,
    ).exec(arn) ?? [];
  const missing = new AwsError(
    'ResourceNotFoundException',
    'The specified resource does not exist.',
  );
  switch (kind) {
    case 'cluster':
      return store.getCluster(place, arn);
    case 'service': {
      const cluster = store.getCluster(place, rest.split('/')[0]);
      return store.getService(cluster, arn);
    }
    case 'task': {
      const cluster = store.getCluster(place, rest.split('/')[0]);
      const task = store.findTask(cluster, shortName(arn));
      if (!task) {
        throw missing;
      }
      return task;
    }
    case 'task-definition': {
      const definition = store.findTaskDefinition(place, arn);
      if (!definition) {
        throw missing;
      }
      return definition;
    }
    default:
      throw new AwsError(
        'InvalidParameterException',
        `Invalid identifier: Unexpected number of separators or unknown resource in ${arn}`,
      );
  }
}

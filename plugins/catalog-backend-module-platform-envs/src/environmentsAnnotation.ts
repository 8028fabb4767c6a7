import { Entity } from '@backstage/catalog-model';
import { ANNOTATION_ENVIRONMENTS } from '@fairway/plugin-platform-envs-common';
import { InputError } from '@backstage/errors';

const SHORT_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * The short names in the `fairway.dev/environments` annotation, in its order
 * and without repeats; an empty list when there is no annotation.
 *
 * @throws InputError - the annotation is not comma-separated short names.
 */
export function readEnvironmentsAnnotation(entity: Entity): string[] {
  const value = entity.metadata.annotations?.[ANNOTATION_ENVIRONMENTS];
  if (value === undefined) {
    return [];
  }
  const shortNames = value.split(',').map(name => name.trim());
  const bad = shortNames.filter(name => !SHORT_NAME.test(name));
  if (bad.length > 0) {
    throw new InputError(
      `metadata.annotations["${ANNOTATION_ENVIRONMENTS}"] is ${JSON.stringify(
        value,
      )}; it must be comma-separated short names of environments, such as "dev,uat,prod", and ${bad
        .map(name => JSON.stringify(name))
        .join(', ')} is no short name`,
    );
  }
  return [...new Set(shortNames)];
}

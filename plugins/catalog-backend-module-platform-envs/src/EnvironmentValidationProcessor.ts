import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { CatalogProcessor } from '@backstage/plugin-catalog-node';
import {
  ENVIRONMENT_API_VERSION,
  ENVIRONMENT_KIND,
} from '@fairway/plugin-platform-envs-common';
import { validateEnvironment } from './validateEnvironment';

/**
 * Refuses Environments that are not valid, before the schema of the model
 * layer does so with messages that do not say what is allowed.
 */
export class EnvironmentValidationProcessor implements CatalogProcessor {
  getProcessorName(): string {
    return 'EnvironmentValidationProcessor';
  }

  /** Ahead of the catalog's own processors, which have 20. */
  getPriority(): number {
    return 10;
  }

  /** A foreign version: the catalog's own processor fails on it in this step. */
  async preProcessEntity(entity: Entity): Promise<Entity> {
    if (
      entity.kind === ENVIRONMENT_KIND &&
      entity.apiVersion !== ENVIRONMENT_API_VERSION
    ) {
      refuseIfInvalid(entity);
    }
    return entity;
  }

  /** All else waits until placeholders such as `$yaml` have been filled in. */
  async validateEntityKind(entity: Entity): Promise<boolean> {
    if (entity.kind !== ENVIRONMENT_KIND) {
      return false;
    }
    refuseIfInvalid(entity);
    return true;
  }
}

function refuseIfInvalid(entity: Entity): void {
  const problems = validateEnvironment(entity);
  if (problems.length > 0) {
    throw new InputError(
      `${stringifyEntityRef(entity)} is not valid: ${problems.join('. ')}.`,
    );
  }
}

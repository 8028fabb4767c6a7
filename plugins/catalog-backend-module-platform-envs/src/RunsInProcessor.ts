import {
  CompoundEntityRef,
  Entity,
  getCompoundEntityRef,
  parseEntityRef,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  CatalogProcessor,
  CatalogProcessorEmit,
  LocationSpec,
  processingResult,
} from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_ENVIRONMENTS,
  ENVIRONMENT_KIND,
  RELATION_RUNS,
  RELATION_RUNS_IN,
} from '@fairway/plugin-platform-envs-common';
import { readEnvironmentsAnnotation } from './environmentsAnnotation';

/**
 * Relates a Component to the Environments named by its
 * `fairway.dev/environments` annotation, both ways. The environments are those
 * of the component's own system.
 */
export class RunsInProcessor implements CatalogProcessor {
  getProcessorName(): string {
    return 'RunsInProcessor';
  }

  /** Only looks at the annotation; whether the rest is valid others decide. */
  async validateEntityKind(entity: Entity): Promise<boolean> {
    if (entity.kind === 'Component') {
      environmentRefs(entity);
    }
    return false;
  }

  async postProcessEntity(
    entity: Entity,
    _location: LocationSpec,
    emit: CatalogProcessorEmit,
  ): Promise<Entity> {
    if (entity.kind === 'Component') {
      const component = getCompoundEntityRef(entity);
      for (const environment of environmentRefs(entity)) {
        emit(
          processingResult.relation({
            source: component,
            type: RELATION_RUNS_IN,
            target: environment,
          }),
        );
        emit(
          processingResult.relation({
            source: environment,
            type: RELATION_RUNS,
            target: component,
          }),
        );
      }
    }
    return entity;
  }
}

function environmentRefs(component: Entity): CompoundEntityRef[] {
  const shortNames = readEnvironmentsAnnotation(component);
  if (shortNames.length === 0) {
    return [];
  }
  const system = component.spec?.system;
  if (typeof system !== 'string' || system === '') {
    throw new InputError(
      `spec.system is missing; a component with the annotation ${ANNOTATION_ENVIRONMENTS} must name the system whose environments it means`,
    );
  }
  const { name, namespace } = parseEntityRef(system, {
    defaultKind: 'system',
    defaultNamespace: getCompoundEntityRef(component).namespace,
  });
  return shortNames.map(shortName => ({
    kind: ENVIRONMENT_KIND,
    namespace,
    name: `${name}-${shortName}`,
  }));
}

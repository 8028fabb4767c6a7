import { Entity } from '@backstage/catalog-model';
import {
  KubernetesClustersSupplier,
  KubernetesServiceLocator,
  ServiceLocatorRequestContext,
} from '@backstage/plugin-kubernetes-node';
import { RELATION_RUNS_IN } from '@fairway/plugin-platform-envs-common';
import { EnvironmentClusters } from './EnvironmentClusters';

/**
 * Looks for a component in the clusters of its environments only. An entity
 * that runs in no environment is looked for as configuration says.
 */
export class EnvironmentServiceLocator implements KubernetesServiceLocator {
  constructor(
    private readonly options: {
      clusters: EnvironmentClusters;
      supplier: KubernetesClustersSupplier;
      otherwise: KubernetesServiceLocator;
    },
  ) {}

  async getClustersByEntity(
    entity: Entity,
    context: ServiceLocatorRequestContext,
  ) {
    const environmentRefs = (entity.relations ?? [])
      .filter(({ type }) => type === RELATION_RUNS_IN)
      .map(({ targetRef }) => targetRef);
    const { clusters, supplier, otherwise } = this.options;
    if (environmentRefs.length === 0) {
      return otherwise.getClustersByEntity(entity, context);
    }
    const names = await clusters.namesOf(environmentRefs);
    const all = await supplier.getClusters({
      credentials: context.credentials,
    });
    return { clusters: all.filter(({ name }) => names.has(name)) };
  }
}

import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import {
  ANNOTATION_AURORA_GLOBAL_CLUSTER,
  ANNOTATION_AWS_ACCOUNT_ID,
  EnvironmentEntity,
  EnvironmentSummary,
  isEnvironmentEntity,
} from '@fairway/plugin-platform-envs-common';
import { ReplicatedDatabase } from '@fairway/plugin-platform-envs-node';
import { entityLinks } from './entityLinks';

/** Refs of the databases that environments name. */
export function databaseRefsOf(entities: Entity[]): string[] {
  const refs = entities
    .filter(isEnvironmentEntity)
    .flatMap(({ spec, metadata }) => {
      try {
        return spec.database
          ? [
              stringifyEntityRef(
                parseEntityRef(spec.database, {
                  defaultKind: 'resource',
                  defaultNamespace: metadata.namespace,
                }),
              ),
            ]
          : [];
      } catch {
        return [];
      }
    });
  return [...new Set(refs)];
}

/**
 * What an entity of kind Environment says.
 *
 * @throws Error - it is of another version, or names what cannot be a ref.
 */
export function toEnvironment(entity: Entity): EnvironmentSummary {
  if (!isEnvironmentEntity(entity)) {
    throw new Error(`unknown apiVersion ${entity.apiVersion}`);
  }
  const { spec, metadata } = entity;
  const namespace = metadata.namespace ?? 'default';
  const ref = (value: string, defaultKind: string) =>
    stringifyEntityRef(
      parseEntityRef(value, { defaultKind, defaultNamespace: namespace }),
    );
  return {
    ref: stringifyEntityRef(entity),
    name: metadata.name,
    title: metadata.title ?? metadata.name,
    shortName: spec.shortName,
    ...(metadata.description && { description: metadata.description }),
    tier: spec.tier,
    promotionOrder: spec.promotionOrder,
    lifecycle: spec.lifecycle,
    systemRef: ref(spec.system, 'system'),
    ownerRef: ref(spec.owner, 'group'),
    runtime: spec.runtime,
    ...(spec.awsAccountId && { awsAccountId: spec.awsAccountId }),
    regions: spec.regions ?? [],
    availability: spec.availability,
    ...(spec.cluster && { clusterRef: ref(spec.cluster, 'resource') }),
    ...(spec.namespace && { namespace: spec.namespace }),
    ...(spec.database && { databaseRef: ref(spec.database, 'resource') }),
    delivery: {
      policy: spec.delivery.policy,
      minApprovals: spec.delivery.minApprovals ?? 0,
      approverRefs: (spec.delivery.approvers ?? []).map(a => ref(a, 'group')),
    },
    routing: spec.routing,
    ...(spec.planCostPerMonth && { planCostPerMonth: spec.planCostPerMonth }),
    ...(spec.gitops && { gitops: withoutSlashes(spec.gitops) }),
    links: entityLinks(entity),
  };
}

/** The database that an environment replicates, or why it has none. */
export function replicatedDatabase(
  environment: EnvironmentSummary,
  resources: Map<string, Entity>,
): ReplicatedDatabase | string {
  if (!environment.databaseRef) {
    return 'This environment names no database.';
  }
  const resource = resources.get(environment.databaseRef);
  if (!resource) {
    return `Its database ${environment.databaseRef} is not in the catalog.`;
  }
  const annotations = resource.metadata.annotations ?? {};
  const globalCluster = annotations[ANNOTATION_AURORA_GLOBAL_CLUSTER];
  if (!globalCluster) {
    return 'Single-region database: there is nothing to replicate.';
  }
  const accountId =
    annotations[ANNOTATION_AWS_ACCOUNT_ID] ?? environment.awsAccountId;
  const primaryRegion = environment.regions.find(
    r => r.role === 'primary',
  )?.name;
  if (!accountId || !primaryRegion) {
    return `The AWS account or the primary region of ${environment.databaseRef} is not known.`;
  }
  return { globalCluster, accountId, primaryRegion };
}

function withoutSlashes(
  gitops: NonNullable<EnvironmentEntity['spec']['gitops']>,
) {
  return { ...gitops, path: gitops.path.replace(/^\/+|\/+$/g, '') };
}

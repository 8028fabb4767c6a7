import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_DOMAIN,
  ANNOTATION_GITHUB_ORG,
  ANNOTATION_METRICS_DISCOVERY,
  ANNOTATION_REGISTRY_ACCOUNT_ID,
  ANNOTATION_REGISTRY_REGION,
  ANNOTATION_SECRET_STORE,
  comparePromotionOrder,
  DeliveryPolicy,
  ENVIRONMENT_KIND,
  EnvironmentEntity,
  EnvironmentTier,
  isEnvironmentEntity,
  Routing,
} from '@fairway/plugin-platform-envs-common';
import { readRefOfKind } from './readEntityRef';
import { rememberPlatform } from './rememberPlatform';

/** How Prometheus finds what it scrapes. */
export const METRICS_DISCOVERIES = ['annotations', 'service-monitor'] as const;

/** @see METRICS_DISCOVERIES */
export type MetricsDiscovery = (typeof METRICS_DISCOVERIES)[number];

/** The tag of an environment whose releases go out blue/green. */
const BLUE_GREEN_TAG = 'blue-green';

const DOMAIN =
  /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** An environment that a new component is prepared for. */
export interface PlatformEnvironment {
  ref: string;
  shortName: string;
  tier: EnvironmentTier;
  runtime: 'eks' | 'ecs';
  accountId?: string;
  primaryRegion?: string;
  /** The primary region first. */
  regions: string[];
  /** How requests find it. */
  routing: Routing;
  /** DNS domain of its services, e.g. `dev.example.com`. */
  domain?: string;
  /** Entity ref of the database that it writes to. */
  databaseRef?: string;
  /** It has a database of its own, on the port of PostgreSQL. */
  hasDatabase: boolean;
  /** Its tags say that releases go out blue/green. */
  prefersBlueGreen: boolean;
  /** Name of the ClusterSecretStore; Kubernetes only. */
  secretStore: string;
  /** How Prometheus finds pods; Kubernetes only. */
  metricsDiscovery: MetricsDiscovery;
  /** Name of the cluster, as Argo CD knows it. */
  cluster?: string;
  namespace?: string;
  policy: DeliveryPolicy;
}

/** What the catalog says about a platform, as far as creating a component needs it. */
export interface Platform {
  /** Name of the System entity. */
  system: string;
  systemRef: string;
  /** Entity ref of the owner of the System. */
  ownerRef: string;
  /** Organisation on the Git host. */
  githubOrg: string;
  gitops: { owner: string; repo: string; branch: string; path: string };
  registry: {
    accountId: string;
    region: string;
    /** Regions beside it in which environments run: images are copied there. */
    replicaRegions: string[];
  };
  /** In promotion order; never empty. Local and retired environments are left out. */
  environments: PlatformEnvironment[];
}

/** Options of {@link readPlatform}. */
export interface ReadPlatformOptions {
  catalog: CatalogService;
  credentials: BackstageCredentials;
  /** Entity ref or name of the System. */
  system: string;
}

/**
 * Reads a platform from the catalog, with the rights of the person who asks; what
 * they were told of it some seconds ago is not asked again.
 *
 * @throws InputError - the ref is none, or the catalog lacks something that is
 *   needed; the message names the entity and the key.
 * @throws NotFoundError - no such System, or the person may not see it.
 */
export async function readPlatform(
  options: ReadPlatformOptions,
): Promise<Platform> {
  const systemRef = systemRefOf(options.system);
  return rememberPlatform(options, systemRef, () =>
    readFromCatalog(options, systemRef),
  );
}

async function readFromCatalog(
  { catalog, credentials }: ReadPlatformOptions,
  systemRef: string,
): Promise<Platform> {
  const [system, { items }] = await Promise.all([
    catalog.getEntityByRef(systemRef, { credentials }),
    catalog.getEntities(
      { filter: { kind: ENVIRONMENT_KIND } },
      { credentials },
    ),
  ]);
  if (!system) {
    throw new NotFoundError(
      `There is no ${systemRef} in the catalog, or you may not see it: choose a platform that the form offers`,
    );
  }
  const all = items
    .filter(isEnvironmentEntity)
    .filter(environment => belongsTo(environment, systemRef));
  const deployable = all
    .filter(
      ({ spec }) => spec.runtime !== 'local' && spec.lifecycle !== 'retired',
    )
    .sort((a, b) => comparePromotionOrder(a.spec, b.spec));
  if (deployable.length === 0) {
    throw new InputError(
      `${systemRef} has no environment that components could be deployed to: add Environment entities with spec.system "${system.metadata.name}" to the catalog`,
    );
  }
  const environments = deployable.map(environment =>
    toPlatformEnvironment(environment, system),
  );
  const registryRegion = requireAnnotation(system, ANNOTATION_REGISTRY_REGION);
  return {
    system: system.metadata.name,
    systemRef,
    ownerRef: ownerOf(system),
    githubOrg: requireAnnotation(system, ANNOTATION_GITHUB_ORG),
    gitops: gitopsOf(deployable),
    registry: {
      accountId: requireAnnotation(system, ANNOTATION_REGISTRY_ACCOUNT_ID),
      region: registryRegion,
      replicaRegions: [
        ...new Set(environments.flatMap(({ regions }) => regions)),
      ]
        .filter(region => region !== registryRegion)
        .sort(),
    },
    environments,
  };
}

/**
 * The entity ref of a System that was given by ref or name.
 *
 * @throws InputError - it is none, or that of something else.
 */
export function systemRefOf(system: string): string {
  const ref = readRefOfKind(system, {
    kind: 'system',
    word: 'platform',
    choice: 'choose a System, such as one that the form offers',
  });
  return stringifyEntityRef(ref);
}

function ownerOf(system: Entity): string {
  return stringifyEntityRef(
    parseEntityRef(String(system.spec?.owner), {
      defaultKind: 'group',
      defaultNamespace: system.metadata.namespace ?? 'default',
    }),
  );
}

function belongsTo(environment: EnvironmentEntity, systemRef: string): boolean {
  return (
    stringifyEntityRef(
      parseEntityRef(environment.spec.system, {
        defaultKind: 'system',
        defaultNamespace: environment.metadata.namespace ?? 'default',
      }),
    ) === systemRef
  );
}

function toPlatformEnvironment(
  entity: EnvironmentEntity,
  system: Entity,
): PlatformEnvironment {
  const { spec } = entity;
  const primary = spec.regions.find(region => region.role === 'primary');
  const annotation = (key: string) =>
    entity.metadata.annotations?.[key] ?? system.metadata.annotations?.[key];
  const domain = entity.metadata.annotations?.[ANNOTATION_DOMAIN];
  if (domain !== undefined && !DOMAIN.test(domain)) {
    throw new InputError(
      `${ANNOTATION_DOMAIN} of ${stringifyEntityRef(
        entity,
      )} is "${domain}", which is no domain: write it like dev.example.com`,
    );
  }
  const metricsDiscovery =
    annotation(ANNOTATION_METRICS_DISCOVERY) ?? METRICS_DISCOVERIES[0];
  if (!isMetricsDiscovery(metricsDiscovery)) {
    throw new InputError(
      `${ANNOTATION_METRICS_DISCOVERY} of ${stringifyEntityRef(
        entity,
      )} is "${metricsDiscovery}"; it must be ${METRICS_DISCOVERIES.join(
        ' or ',
      )}`,
    );
  }
  return {
    ref: stringifyEntityRef(entity),
    shortName: spec.shortName,
    tier: spec.tier,
    runtime: spec.runtime as 'eks' | 'ecs',
    ...(spec.awsAccountId && { accountId: spec.awsAccountId }),
    ...(primary && { primaryRegion: primary.name }),
    regions: [...spec.regions]
      .sort((a, b) => a.role.localeCompare(b.role))
      .map(region => region.name),
    routing: spec.routing,
    ...(domain && { domain }),
    hasDatabase: spec.database !== undefined,
    ...(spec.database && {
      databaseRef: stringifyEntityRef(
        parseEntityRef(spec.database, {
          defaultKind: 'resource',
          defaultNamespace: entity.metadata.namespace ?? 'default',
        }),
      ),
    }),
    prefersBlueGreen: Boolean(entity.metadata.tags?.includes(BLUE_GREEN_TAG)),
    secretStore: annotation(ANNOTATION_SECRET_STORE) ?? 'aws-secrets-manager',
    metricsDiscovery,
    ...(spec.cluster && {
      cluster: parseEntityRef(spec.cluster, {
        defaultKind: 'resource',
        defaultNamespace: 'default',
      }).name,
    }),
    ...(spec.namespace && { namespace: spec.namespace }),
    policy: spec.delivery.policy,
  };
}

function isMetricsDiscovery(value: string): value is MetricsDiscovery {
  return METRICS_DISCOVERIES.some(known => known === value);
}

function gitopsOf(environments: EnvironmentEntity[]): Platform['gitops'] {
  const found = new Map<
    string,
    NonNullable<EnvironmentEntity['spec']['gitops']>
  >();
  for (const { metadata, spec } of environments) {
    if (!spec.gitops) {
      throw new InputError(
        `Environment ${metadata.name} does not say where its desired state is kept: add spec.gitops to the entity`,
      );
    }
    const { repository, branch, path } = spec.gitops;
    found.set(`${repository}\n${branch}\n${path}`, spec.gitops);
  }
  if (found.size > 1) {
    throw new InputError(
      `The environments of this platform keep their desired state in ${
        found.size
      } places (${[...found.values()]
        .map(place => `${place.repository}:${place.branch}/${place.path}`)
        .join(', ')}); a component can be added only where they share one`,
    );
  }
  const [{ repository, branch, path }] = found.values();
  const [owner, repo] = repository.split('/');
  if (!owner || !repo) {
    throw new InputError(
      `spec.gitops.repository is "${repository}"; it must be owner/name`,
    );
  }
  return { owner, repo, branch, path: path.replace(/^\/+|\/+$/g, '') };
}

function requireAnnotation(system: Entity, key: string): string {
  const value = system.metadata.annotations?.[key];
  if (!value) {
    throw new InputError(
      `System ${system.metadata.name} lacks the annotation ${key}: add it to the entity in the catalog`,
    );
  }
  return value;
}

/** The image repository of a component, without tag. */
export function imageRepositoryOf(
  { registry }: { registry: { accountId: string; region: string } },
  component: string,
): string {
  return `${registry.accountId}.dkr.ecr.${registry.region}.amazonaws.com/${component}`;
}

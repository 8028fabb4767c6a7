import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { ClusterDetails } from '@backstage/plugin-kubernetes-node';
import {
  comparePromotionOrder,
  EnvironmentEntity,
  isEnvironmentEntity,
} from '@fairway/plugin-platform-envs-common';
import { ClusterAccess } from '@fairway/plugin-platform-envs-node';
import { toClusterDetails } from './toClusterDetails';

/** The catalog is asked again no sooner, however many ask. */
const AT_MOST_EVERY_MS = 5_000;

/** @public */
export interface EnvironmentClustersOptions {
  catalog: CatalogService;
  auth: AuthService;
  logger: LoggerService;
  accessOf: (cluster: string) => ClusterAccess;
  now?: () => number;
}

/**
 * The Kubernetes clusters that the catalog's environments name, kept in memory
 * and read again on schedule, and when an environment is asked for that was
 * not there.
 */
export class EnvironmentClusters {
  #clusters: ClusterDetails[] = [];
  /** Name of the cluster by environment ref. */
  #byEnvironment = new Map<string, string>();
  #told = '';
  #readAt = -Infinity;
  #reading?: Promise<void>;

  constructor(private readonly options: EnvironmentClustersOptions) {}

  /** Those that can be reached, by system, then in the order of promotion. */
  async list(): Promise<ClusterDetails[]> {
    if (this.#readAt === -Infinity) await this.refresh();
    return this.#clusters;
  }

  /** Names of the clusters of some environments; an environment without one has none. */
  async namesOf(environmentRefs: string[]): Promise<Set<string>> {
    const isNew = environmentRefs.some(ref => !this.#byEnvironment.has(ref));
    const now = this.options.now?.() ?? Date.now();
    if (isNew && now - this.#readAt > AT_MOST_EVERY_MS) await this.refresh();
    return new Set(
      environmentRefs.flatMap(ref => this.#byEnvironment.get(ref) ?? []),
    );
  }

  /** Reads the catalog; one reading at a time. Never throws: what was known stays. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read()
      .catch(error => {
        this.options.logger.warn('The clusters of the catalog were not read', {
          reason: String(error),
        });
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { catalog, auth, accessOf } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const { items } = await catalog.getEntities(
      { filter: { kind: 'Environment' } },
      { credentials },
    );
    const clusterOf = new Map(
      items
        .filter(isEnvironmentEntity)
        .filter(usesKubernetes)
        .sort(byPromotionOrder)
        .flatMap(e => {
          const ref = clusterRefOf(e);
          return ref ? [[stringifyEntityRef(e), ref] as const] : [];
        }),
    );
    const refs = [...new Set(clusterOf.values())];
    const { items: entities } = await catalog.getEntitiesByRefs(
      { entityRefs: refs },
      { credentials },
    );
    const problems: string[] = [];
    const clusters: ClusterDetails[] = [];
    refs.forEach((ref, i) => {
      const entity: Entity | undefined = entities[i];
      const { name } = parseEntityRef(ref);
      const located = entity
        ? toClusterDetails(entity, accessOf(name))
        : {
            problem: `an environment names ${ref}, which is not in the catalog`,
          };
      if ('cluster' in located) clusters.push(located.cluster);
      else problems.push(located.problem);
    });
    this.#clusters = clusters;
    this.#byEnvironment = new Map(
      [...clusterOf].map(([environment, ref]) => [
        environment,
        parseEntityRef(ref).name,
      ]),
    );
    this.#readAt = this.options.now?.() ?? Date.now();
    this.#tell(problems);
  }

  /** Once for each change, so that a log can be read. */
  #tell(problems: string[]): void {
    const told = JSON.stringify([this.#clusters.map(c => c.name), problems]);
    if (told === this.#told) return;
    this.#told = told;
    const { logger } = this.options;
    for (const problem of problems) {
      logger.warn(`A cluster is not on the Kubernetes tab: ${problem}`);
    }
    logger.info('Clusters of the environments are located', {
      clusters: this.#clusters.map(c => c.name).join(', ') || 'none',
    });
  }
}

function byPromotionOrder(a: EnvironmentEntity, b: EnvironmentEntity): number {
  return comparePromotionOrder(a.spec, b.spec);
}

function usesKubernetes({ spec }: EnvironmentEntity): boolean {
  return spec.runtime === 'eks' && spec.lifecycle !== 'retired';
}

/** Undefined where there is none, or the text is no ref: the catalog tells of that. */
function clusterRefOf({
  spec,
  metadata,
}: EnvironmentEntity): string | undefined {
  if (!spec.cluster) return undefined;
  try {
    return stringifyEntityRef(
      parseEntityRef(spec.cluster, {
        defaultKind: 'resource',
        defaultNamespace: metadata.namespace,
      }),
    );
  } catch {
    return undefined;
  }
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import {
  ClusterCapacity,
  EnvironmentCapacity,
  EnvironmentSummary,
  Observed,
} from '@fairway/plugin-platform-envs-common';
import {
  ClusterSource,
  KubernetesCluster,
  Pace,
} from '@fairway/plugin-platform-envs-node';
import { z } from 'zod';
import { SnapshotStore } from '../../database/SnapshotStore';
import { EnvironmentService } from '../EnvironmentService';
import { ObservedFeed } from '../ObservedFeed';

/** One silent cluster must not cost the others their freshness. */
const DEADLINE_MS = 20_000;

const NOT_CONFIGURED =
  'No cluster can be asked: set platformEnvs.clusters (a URL and a token for each cluster), or the block aws so that EKS is asked by the role of each account.';

const savedCapacity = z.looseObject({
  pools: z.array(z.looseObject({ name: z.string(), use: z.unknown() })),
  unwellNodes: z.array(z.unknown()),
  kubeletVersions: z.array(z.string()),
  namespaces: z.array(
    z.looseObject({ name: z.string(), quotas: z.array(z.unknown()) }),
  ),
}) as unknown as z.ZodType<ClusterCapacity>;

/** A cluster and the environments on it. */
interface Tenancy {
  key: string;
  cluster: KubernetesCluster;
  environments: EnvironmentSummary[];
}

/** @public */
export interface CapacityServiceOptions {
  environments: Pick<EnvironmentService, 'getEnvironments' | 'getEnvironment'>;
  /** Absent: no cluster can be asked. */
  source?: ClusterSource;
  store: SnapshotStore;
  logger: LoggerService;
  pace: Pace;
  now?: () => Date;
}

/**
 * Quotas, nodes and use of the clusters that environments name.
 *
 * A cluster is read once for all environments on it. One that an environment
 * has to itself is shown whole; of a shared one, only the namespaces that
 * environments name are read, and each environment is shown its own.
 */
export class CapacityService {
  readonly #feed: ObservedFeed<ClusterCapacity>;

  constructor(private readonly options: CapacityServiceOptions) {
    this.#feed = new ObservedFeed({
      name: 'capacity',
      value: savedCapacity,
      store: options.store,
      logger: options.logger,
      deadlineMs: DEADLINE_MS,
      pace: options.pace,
      now: options.now ?? (() => new Date()),
    });
  }

  /** Looks at every cluster that is due. Never throws. */
  async poll(): Promise<void> {
    const { source } = this.options;
    if (!source) return;
    await this.#feed.pollDue(
      this.#tenancies().map(({ key, cluster, environments }) => ({
        key,
        title: `The cluster ${cluster.name}`,
        read: signal =>
          source.getCapacity(cluster, {
            namespaces: namespacesOf(environments),
            others: environments.length === 1,
            signal,
          }),
      })),
    );
  }

  /**
   * What was last read. No call goes upstream.
   *
   * @throws NotFoundError - the catalog has no such environment.
   */
  async get(environmentRef: string): Promise<Observed<EnvironmentCapacity>> {
    const environment =
      this.options.environments.getEnvironment(environmentRef);
    const absence = whyNone(environment);
    if (absence) return { state: 'absent', message: absence };
    if (!this.options.source) {
      return { state: 'absent', message: NOT_CONFIGURED };
    }
    const tenancy = this.#tenancies().find(t =>
      t.environments.some(e => e.ref === environmentRef),
    )!;
    const { value, ...rest } = await this.#feed.get(tenancy.key);
    return value
      ? { ...rest, value: partOf(value, environment, tenancy) }
      : rest;
  }

  #tenancies(): Tenancy[] {
    const found = new Map<string, Tenancy>();
    for (const environment of this.options.environments.getEnvironments()) {
      if (whyNone(environment)) continue;
      const cluster = clusterOf(environment);
      const key = [cluster.accountId, cluster.region, cluster.name].join('/');
      const known = found.get(key);
      if (known) known.environments.push(environment);
      else found.set(key, { key, cluster, environments: [environment] });
    }
    return [...found.values()];
  }
}

function clusterOf(environment: EnvironmentSummary): KubernetesCluster {
  const { regions, clusterRef, awsAccountId } = environment;
  const region = regions.find(r => r.role === 'primary') ?? regions[0];
  return {
    name: parseEntityRef(clusterRef!).name,
    ...(awsAccountId && { accountId: awsAccountId }),
    ...(region && { region: region.name }),
  };
}

/** Why an environment has no Kubernetes cluster that could be looked at. */
function whyNone(environment: EnvironmentSummary): string | undefined {
  const { runtime, clusterRef, lifecycle, title } = environment;
  if (lifecycle === 'retired') return `${title} is retired.`;
  if (runtime === 'ecs') {
    return 'It runs on ECS, which has no quotas of namespaces: what each service asks for and gets stands with the service.';
  }
  if (runtime === 'local') {
    return 'It runs on the machine of whoever starts it: there is no cluster to measure.';
  }
  return clusterRef
    ? undefined
    : 'It names no cluster: add spec.cluster to the environment.';
}

function namespacesOf(environments: EnvironmentSummary[]): string[] {
  return [...new Set(environments.flatMap(e => e.namespace ?? []))].sort();
}

function partOf(
  capacity: ClusterCapacity,
  environment: EnvironmentSummary,
  { cluster, environments }: Tenancy,
): EnvironmentCapacity {
  const { namespace } = environment;
  const others = environments.filter(e => e.ref !== environment.ref);
  return {
    cluster: cluster.name,
    sharedWith: others.map(e => e.title),
    ...(namespace && { namespace }),
    capacity: {
      ...capacity,
      namespaces: others.length
        ? capacity.namespaces.filter(n => n.name === namespace)
        : capacity.namespaces,
    },
  };
}

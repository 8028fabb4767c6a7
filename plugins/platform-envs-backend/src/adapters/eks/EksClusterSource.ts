import type { V1Node, V1ResourceQuota } from '@kubernetes/client-node';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { ServiceUnavailableError } from '@backstage/errors';
import { ClusterCapacity } from '@fairway/plugin-platform-envs-common';
import {
  CapacityQuery,
  ClusterAccess,
  ClusterSource,
  KubernetesCluster,
} from '@fairway/plugin-platform-envs-node';
import pLimit from 'p-limit';
import { ClusterEndpoint, EksAccess, PlacedCluster } from './EksAccess';
import { explainClusterError, whyNoMetrics } from './explainClusterError';
import { KubernetesApi } from './KubernetesApi';
import {
  NodeMetrics,
  PodMetrics,
  toClusterCapacity,
} from './toClusterCapacity';

/** @public */
export interface EksClusterSourceOptions {
  /** Absent: AWS is not configured, so every cluster needs a URL and a token. */
  credentials?: AwsCredentialsManager;
  /** What configuration says of a cluster, by its name. */
  accessOf: (cluster: string) => ClusterAccess;
  now?: () => Date;
}

/** Namespaces of one cluster that are asked about side by side. */
const AT_A_TIME = 4;

const METRICS = '/apis/metrics.k8s.io/v1beta1';

/**
 * Quotas, nodes and use of Kubernetes clusters: one list each of
 * ResourceQuotas, nodes, and, where metrics-server is, of node and pod metrics.
 *
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 * @public
 */
export class EksClusterSource implements ClusterSource {
  readonly #now: () => Date;
  readonly #eks?: EksAccess;

  constructor(private readonly options: EksClusterSourceOptions) {
    this.#now = options.now ?? (() => new Date());
    this.#eks =
      options.credentials &&
      new EksAccess({ credentials: options.credentials, now: this.#now });
  }

  async getCapacity(
    cluster: KubernetesCluster,
    query: CapacityQuery,
  ): Promise<ClusterCapacity> {
    let api: KubernetesApi | undefined;
    try {
      api = await this.#connect(cluster, query.signal);
      return await this.#read(api, query);
    } catch (error) {
      this.#eks?.forget(cluster);
      throw explainClusterError(error, cluster);
    } finally {
      api?.close();
    }
  }

  async #read(
    api: KubernetesApi,
    { namespaces, others }: CapacityQuery,
  ): Promise<ClusterCapacity> {
    const limit = pLimit(AT_A_TIME);
    const inThem = async <T>(group: string, plural: string): Promise<T[]> =>
      others
        ? api.list(`${group}/${plural}`)
        : (
            await Promise.all(
              namespaces.map(n =>
                limit(() =>
                  api.list<T>(
                    `${group}/namespaces/${encodeURIComponent(n)}/${plural}`,
                  ),
                ),
              ),
            )
          ).flat();
    const [quotas, nodes, nodeMetrics, podMetrics] = await Promise.all([
      inThem<V1ResourceQuota>('/api/v1', 'resourcequotas'),
      api.list<V1Node>('/api/v1/nodes'),
      api.list<NodeMetrics>(`${METRICS}/nodes`).catch(whyNoMetrics),
      inThem<PodMetrics>(METRICS, 'pods').catch(whyNoMetrics),
    ]);
    return toClusterCapacity({
      quotas,
      nodes,
      nodeMetrics,
      podMetrics,
      namespaces,
      observedAt: this.#now().toISOString(),
    });
  }

  async #connect(
    cluster: KubernetesCluster,
    signal: AbortSignal,
  ): Promise<KubernetesApi> {
    const access = this.options.accessOf(cluster.name);
    const endpoint = await this.#endpointOf(cluster, access, signal);
    const token =
      access.token ??
      (await this.#eksOf(cluster).tokenOf(this.#placeOf(cluster)));
    return new KubernetesApi({ ...endpoint, token, signal });
  }

  async #endpointOf(
    cluster: KubernetesCluster,
    { url, caData }: ClusterAccess,
    signal: AbortSignal,
  ): Promise<ClusterEndpoint> {
    return url
      ? { url, ...(caData && { caData }) }
      : this.#eksOf(cluster).endpointOf(this.#placeOf(cluster), signal);
  }

  /** @throws ServiceUnavailableError - AWS is not configured. */
  #eksOf({ name }: KubernetesCluster): EksAccess {
    if (this.#eks) return this.#eks;
    throw new ServiceUnavailableError(
      `How to reach the cluster ${name} is not configured: set ${keyOf(
        name,
      )}.url and .token, or the block aws so that EKS can be asked`,
    );
  }

  /** @throws ServiceUnavailableError - naming what the environment leaves out. */
  #placeOf({ name, accountId, region }: KubernetesCluster): PlacedCluster {
    if (accountId && region) return { name, accountId, region };
    throw new ServiceUnavailableError(
      `The environment names no ${
        accountId ? 'region' : 'AWS account'
      }, so EKS cannot be asked for the cluster ${name}: add it, or set ${keyOf(
        name,
      )}.url and .token`,
    );
  }
}

function keyOf(cluster: string): string {
  return `platformEnvs.clusters.overrides.${cluster}`;
}

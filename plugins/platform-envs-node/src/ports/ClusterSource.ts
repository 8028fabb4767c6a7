import { ClusterCapacity } from '@fairway/plugin-platform-envs-common';

/** A Kubernetes cluster to be looked at. @public */
export interface KubernetesCluster {
  /** Name of the cluster, as AWS and the configuration know it. */
  name: string;
  /** Twelve digits; absent where the environment names no account. */
  accountId?: string;
  region?: string;
}

/** How far to look. @public */
export interface CapacityQuery {
  /** Reported in any case, also where nothing limits them. */
  namespaces: string[];
  /** Whether to report the other namespaces that have a quota, too. */
  others: boolean;
  /** Ends the calls; the source rejects then. */
  signal: AbortSignal;
}

/**
 * What Kubernetes clusters can carry and what is taken of it.
 *
 * @public
 */
export interface ClusterSource {
  /**
   * A handful of lists of one cluster, whatever its size. Metrics that the
   * cluster does not serve are readings that are `unavailable`: neither an
   * error nor zero.
   *
   * @throws NotFoundError - no such cluster.
   * @throws NotAllowedError - the credentials may not look; the message names the right.
   * @throws ServiceUnavailableError - the cluster cannot be reached or throttles.
   */
  getCapacity(
    cluster: KubernetesCluster,
    query: CapacityQuery,
  ): Promise<ClusterCapacity>;
}

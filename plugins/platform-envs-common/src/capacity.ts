import { Reading } from './status';

/** Amounts of compute. @public */
export interface ComputeAmount {
  /** Cores; 0.25 is a quarter of one. */
  cpuCores: number;
  /** Bytes. */
  memoryBytes: number;
}

/**
 * One line of a ResourceQuota.
 *
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 * @public
 */
export interface QuotaLine {
  /** As Kubernetes spells it: `requests.cpu`, `limits.memory`, `pods`, `requests.storage`. */
  resource: string;
  /** What `hard` and `used` count. */
  unit: 'cores' | 'bytes' | 'count';
  hard: number;
  /** Absent until the cluster has counted; not zero. */
  used?: number;
}

/** A ResourceQuota of a namespace. @public */
export interface NamespaceQuota {
  name: string;
  /** In the order cpu, memory, storage, everything else, by name. */
  lines: QuotaLine[];
}

/** What one namespace may take and takes. @public */
export interface NamespaceCapacity {
  name: string;
  /** By name; empty where nothing limits the namespace. */
  quotas: NamespaceQuota[];
  /** What its pods use at this moment, as metrics-server tells it. */
  use: Reading<ComputeAmount & { pods: number }>;
}

/** Nodes of a cluster that were made alike. @public */
export interface NodePool {
  /** Name of the node group or pool; `nodes` where nothing names one. */
  name: string;
  instanceTypes: string[];
  architectures: string[];
  nodes: number;
  ready: number;
  /** Sum of what the machines have. */
  capacity: ComputeAmount & { pods: number };
  /** Sum of what is left for pods after the system's share. */
  allocatable: ComputeAmount & { pods: number };
  use: Reading<ComputeAmount>;
}

/** A node that cannot take pods, or is about to fail. @public */
export interface UnwellNode {
  name: string;
  pool: string;
  /** One sentence for each thing that is wrong with it. */
  problems: string[];
}

/** What a cluster can carry, and what its namespaces may take of it. @public */
export interface ClusterCapacity {
  /** By name. */
  pools: NodePool[];
  unwellNodes: UnwellNode[];
  /** Version of the kubelets, oldest first; several while nodes are being replaced. */
  kubeletVersions: string[];
  /** By name. */
  namespaces: NamespaceCapacity[];
}

/** The capacity of the cluster of an environment, as far as it is the environment's. @public */
export interface EnvironmentCapacity {
  /** Name of the cluster. */
  cluster: string;
  /** Titles of the other environments on the same cluster; empty when it has the cluster to itself. */
  sharedWith: string[];
  /** The namespace of the environment, where it names one. */
  namespace?: string;
  capacity: ClusterCapacity;
}

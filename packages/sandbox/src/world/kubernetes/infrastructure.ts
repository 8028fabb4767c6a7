import { createHash } from 'node:crypto';
import { surroundings } from './surroundings';
import { KubeObject, kubeTime } from './KubeObject';
import { stableUid } from './ids';
import { SeedEnvironment, SeedPlatform } from '../platforms';

/** Nodes of one kind; an EKS node group. Memory and disk in GiB. */
export interface NodePool {
  name: string;
  count: number;
  instanceType: string;
  architecture: 'amd64' | 'arm64';
  cpu: number;
  memoryGi: number;
  diskGi: number;
}

interface NamespaceQuota {
  namespace: string;
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}

/** Node pools and quotas of the campaign platform, as its platform team set them. */
const CAMPAIGN_POOLS: NodePool[] = [
  {
    name: 'system',
    count: 3,
    instanceType: 't3.large',
    architecture: 'amd64',
    cpu: 2,
    memoryGi: 8,
    diskGi: 100,
  },
  {
    name: 'apps',
    count: 3,
    instanceType: 't3.xlarge',
    architecture: 'amd64',
    cpu: 4,
    memoryGi: 16,
    diskGi: 150,
  },
  {
    name: 'data',
    count: 2,
    instanceType: 'r6g.large',
    architecture: 'arm64',
    cpu: 2,
    memoryGi: 16,
    diskGi: 300,
  },
];

const quota = (
  namespace: string,
  cpu: [string, string],
  memory: [string, string],
): NamespaceQuota => ({
  namespace,
  requests: { cpu: cpu[0], memory: memory[0] },
  limits: { cpu: cpu[1], memory: memory[1] },
});

const CAMPAIGN_QUOTAS: NamespaceQuota[] = [
  quota('platform-system', ['10', '20'], ['20Gi', '40Gi']),
  quota('platform-apps', ['30', '60'], ['60Gi', '120Gi']),
  quota('platform-data', ['20', '40'], ['40Gi', '80Gi']),
  quota('platform-monitoring', ['8', '16'], ['16Gi', '32Gi']),
];

const DEFAULT_POOL: NodePool = {
  name: 'general',
  count: 3,
  instanceType: 'm7g.large',
  architecture: 'arm64',
  cpu: 2,
  memoryGi: 8,
  diskGi: 50,
};

/** The node pools of a platform's clusters. */
export function nodePoolsOf(platform: SeedPlatform): NodePool[] {
  return platform.system === 'campaign-lifecycle-platform'
    ? CAMPAIGN_POOLS
    : [DEFAULT_POOL];
}

/** Kubernetes version of every cluster. */
export const KUBERNETES_VERSION = 'v1.33.5-eks-113cf36';

/**
 * What a cluster holds before anything is deployed to it: nodes, namespaces,
 * quotas and limit ranges.
 *
 * @param createdAt - When the cluster came up.
 */
export function clusterInfrastructure(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  createdAt: Date,
): KubeObject[] {
  const region = environment.regions[0];
  const campaign = platform.system === 'campaign-lifecycle-platform';
  const quotas = campaign ? CAMPAIGN_QUOTAS : [];
  const namespaces = new Set([
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
    ...quotas.map(q => q.namespace),
    ...(environment.namespace ? [environment.namespace] : []),
  ]);
  const created = kubeTime(createdAt);
  const metadata = (kind: string, name: string, namespace?: string) => ({
    name,
    ...(namespace ? { namespace } : {}),
    uid: stableUid(`${environment.cluster}/${kind}/${namespace}/${name}`),
    creationTimestamp: created,
    resourceVersion: '1',
  });

  return [
    ...surroundings(platform, environment, metadata),
    ...[...namespaces].map(name => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        ...metadata('Namespace', name),
        labels: {
          'kubernetes.io/metadata.name': name,
          ...(name === environment.namespace
            ? { 'pod-security.kubernetes.io/enforce': 'restricted' }
            : {}),
        },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })),
    ...nodePoolsOf(platform).flatMap(pool =>
      Array.from({ length: pool.count }, (_, index) =>
        node(pool, index, region, metadata),
      ),
    ),
    ...quotas.map(({ namespace, requests, limits }) => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata('ResourceQuota', 'compute', namespace),
      spec: {
        hard: {
          'requests.cpu': requests.cpu,
          'requests.memory': requests.memory,
          'limits.cpu': limits.cpu,
          'limits.memory': limits.memory,
        },
      },
    })),
    ...(environment.namespace
      ? [
          {
            apiVersion: 'v1',
            kind: 'LimitRange',
            metadata: metadata('LimitRange', 'defaults', environment.namespace),
            spec: {
              limits: [
                {
                  type: 'Container',
                  default: { cpu: '500m', memory: '512Mi' },
                  defaultRequest: { cpu: '100m', memory: '128Mi' },
                },
              ],
            },
          },
        ]
      : []),
  ];
}

function node(
  pool: NodePool,
  index: number,
  region: string,
  metadata: (kind: string, name: string) => KubeObject['metadata'],
): KubeObject {
  const zone = `${region}${'abc'[index % 3]}`;
  const seed = createHash('sha256')
    .update(`${region}/${pool.name}/${index}`)
    .digest();
  const address = `10.20.${200 + index}.${(seed[0] % 200) + 10}`;
  const name = `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`;
  const capacity = {
    cpu: String(pool.cpu),
    memory: `${pool.memoryGi * 1024 * 1024}Ki`,
    'ephemeral-storage': `${pool.diskGi}Gi`,
    pods: '58',
  };
  const base = metadata('Node', name);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...base,
      labels: {
        'eks.amazonaws.com/nodegroup': pool.name,
        'kubernetes.io/arch': pool.architecture,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': pool.instanceType,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: {
      providerID: `aws:///${zone}/i-${seed.toString('hex').slice(0, 17)}`,
    },
    status: {
      capacity,
      // What EKS keeps back for the kubelet and the system.
      allocatable: {
        ...capacity,
        cpu: `${pool.cpu * 1000 - 70}m`,
        memory: `${pool.memoryGi * 1024 * 1024 - 1_024_000}Ki`,
      },
      conditions: conditions(base.creationTimestamp!),
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        architecture: pool.architecture,
        bootID: stableUid(`boot/${name}`),
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.12.46-66.121.amzn2023',
        kubeProxyVersion: KUBERNETES_VERSION,
        kubeletVersion: KUBERNETES_VERSION,
        machineID: stableUid(`machine/${name}`).replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Amazon Linux 2023',
        systemUUID: stableUid(`system/${name}`),
      },
    },
  };
}

function conditions(since: string) {
  const condition = (
    type: string,
    status: 'True' | 'False',
    reason: string,
    message: string,
  ) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: since,
    lastTransitionTime: since,
  });
  return [
    condition(
      'MemoryPressure',
      'False',
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
    ),
    condition(
      'DiskPressure',
      'False',
      'KubeletHasNoDiskPressure',
      'kubelet has no disk pressure',
    ),
    condition(
      'PIDPressure',
      'False',
      'KubeletHasSufficientPID',
      'kubelet has sufficient PID available',
    ),
    condition(
      'Ready',
      'True',
      'KubeletReady',
      'kubelet is posting ready status',
    ),
  ];
}

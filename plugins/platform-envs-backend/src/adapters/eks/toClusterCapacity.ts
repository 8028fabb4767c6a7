import type { V1Node, V1ResourceQuota } from '@kubernetes/client-node';
import {
  ClusterCapacity,
  ComputeAmount,
  NamespaceCapacity,
  NodePool,
  okReading,
  QuotaLine,
  Reading,
  unavailableReading,
  UnwellNode,
} from '@fairway/plugin-platform-envs-common';
import { parseQuantity } from './quantity';

/** `NodeMetrics` of metrics.k8s.io/v1beta1, as far as it is read. */
export interface NodeMetrics {
  metadata?: { name?: string };
  usage?: Record<string, string>;
}

/** `PodMetrics` of metrics.k8s.io/v1beta1, as far as it is read. */
export interface PodMetrics {
  metadata?: { name?: string; namespace?: string };
  containers?: Array<{ usage?: Record<string, string> }>;
}

/** What was listed in a cluster. A list that could not be had is the reason. */
export interface ClusterFacts {
  quotas: V1ResourceQuota[];
  nodes: V1Node[];
  nodeMetrics: NodeMetrics[] | string;
  podMetrics: PodMetrics[] | string;
  /** Namespaces that are to be reported even without a quota. */
  namespaces: string[];
  /** ISO 8601 UTC. */
  observedAt: string;
}

/** Who names the pool of a node, in the order in which they are believed. */
const POOL_LABELS = [
  'eks.amazonaws.com/nodegroup',
  'karpenter.sh/nodepool',
  'alpha.eksctl.io/nodegroup-name',
];
const INSTANCE_TYPE = 'node.kubernetes.io/instance-type';
const ARCHITECTURE = 'kubernetes.io/arch';

/** Conditions of a node that are bad when true. */
const PRESSURES = [
  'MemoryPressure',
  'DiskPressure',
  'PIDPressure',
  'NetworkUnavailable',
];

/** Sums up what was listed. */
export function toClusterCapacity(facts: ClusterFacts): ClusterCapacity {
  const versions = facts.nodes.flatMap(
    n => n.status?.nodeInfo?.kubeletVersion ?? [],
  );
  return {
    pools: poolsOf(facts),
    unwellNodes: facts.nodes.flatMap(unwellNode),
    kubeletVersions: [...new Set(versions)].sort((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    ),
    namespaces: namespacesOf(facts),
  };
}

function poolsOf(facts: ClusterFacts): NodePool[] {
  const groups = new Map<string, V1Node[]>();
  for (const node of facts.nodes) {
    const name = poolOf(node);
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  return [...groups]
    .map(([name, nodes]) => ({
      name,
      instanceTypes: labelsOf(nodes, INSTANCE_TYPE),
      architectures: labelsOf(nodes, ARCHITECTURE),
      nodes: nodes.length,
      ready: nodes.filter(isReady).length,
      capacity: sumOf(nodes, 'capacity'),
      allocatable: sumOf(nodes, 'allocatable'),
      use: useOf(nodes, facts),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function poolOf({ metadata }: V1Node): string {
  for (const label of POOL_LABELS) {
    const name = metadata?.labels?.[label];
    if (name) return name;
  }
  return 'nodes';
}

function labelsOf(nodes: V1Node[], label: string): string[] {
  const values = nodes.flatMap(n => n.metadata?.labels?.[label] ?? []);
  return [...new Set(values)].sort();
}

function isReady({ status }: V1Node): boolean {
  return (status?.conditions ?? []).some(
    c => c.type === 'Ready' && c.status === 'True',
  );
}

function sumOf(
  nodes: V1Node[],
  field: 'capacity' | 'allocatable',
): ComputeAmount & { pods: number } {
  const total = (resource: string) =>
    nodes.reduce(
      (sum, node) =>
        sum + (parseQuantity(node.status?.[field]?.[resource]) ?? 0),
      0,
    );
  return {
    cpuCores: total('cpu'),
    memoryBytes: total('memory'),
    pods: total('pods'),
  };
}

/** A sum that lacks a node would pass for a lower use, so it is none. */
function useOf(nodes: V1Node[], facts: ClusterFacts): Reading<ComputeAmount> {
  const { nodeMetrics, observedAt } = facts;
  if (typeof nodeMetrics === 'string') return unavailableReading(nodeMetrics);
  const byName = new Map(nodeMetrics.map(m => [m.metadata?.name, m.usage]));
  const known = nodes.flatMap(
    n => amountOf(byName.get(n.metadata?.name)) ?? [],
  );
  return known.length === nodes.length
    ? okReading(add(known), observedAt)
    : unavailableReading(
        `The cluster has metrics of ${known.length} of ${nodes.length} nodes`,
        observedAt,
      );
}

function unwellNode(node: V1Node): UnwellNode[] {
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find(c => c.type === 'Ready');
  const problems = [
    ...(ready?.status === 'True'
      ? []
      : [`Not ready: ${wordsOf(ready) ?? 'the node does not report'}`]),
    ...conditions
      .filter(c => PRESSURES.includes(c.type) && c.status === 'True')
      .map(c => `${c.type}: ${wordsOf(c) ?? 'no reason given'}`),
    ...(node.spec?.unschedulable ? ['Cordoned: takes no new pods'] : []),
  ];
  return problems.length
    ? [{ name: node.metadata?.name ?? '?', pool: poolOf(node), problems }]
    : [];
}

function wordsOf(condition?: {
  message?: string;
  reason?: string;
}): string | undefined {
  return condition?.message ?? condition?.reason;
}

function namespacesOf(facts: ClusterFacts): NamespaceCapacity[] {
  const quotas = new Map<string, V1ResourceQuota[]>();
  for (const quota of facts.quotas) {
    const name = quota.metadata?.namespace ?? 'default';
    quotas.set(name, [...(quotas.get(name) ?? []), quota]);
  }
  return [...new Set([...quotas.keys(), ...facts.namespaces])]
    .sort()
    .map(name => ({
      name,
      quotas: (quotas.get(name) ?? [])
        .map(quota => ({
          name: quota.metadata?.name ?? '?',
          lines: linesOf(quota),
        }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      use: namespaceUse(name, facts, quotas.get(name) ?? []),
    }));
}

function linesOf({ spec, status }: V1ResourceQuota): QuotaLine[] {
  return Object.entries(status?.hard ?? spec?.hard ?? {})
    .flatMap(([resource, limit]) => {
      const hard = parseQuantity(limit);
      const used = parseQuantity(status?.used?.[resource]);
      if (hard === undefined) return [];
      return [
        {
          resource,
          unit: unitOf(resource),
          hard,
          ...(used !== undefined && { used }),
        },
      ];
    })
    .sort(
      (a, b) =>
        rankOf(a) - rankOf(b) || b.resource.localeCompare(a.resource, 'en'),
    );
}

function unitOf(resource: string): QuotaLine['unit'] {
  const last = resource.split(/[./]/).at(-1)!;
  if (last === 'cpu') return 'cores';
  return /^(memory|storage|ephemeral-storage|hugepages-.*)$/.test(last)
    ? 'bytes'
    : 'count';
}

function rankOf({ resource, unit }: QuotaLine): number {
  if (unit === 'cores') return 0;
  if (resource.endsWith('memory')) return 1;
  return unit === 'bytes' ? 2 : 3;
}

/** What each pod takes a share of, where a quota counts it. */
const TAKEN_BY_PODS = ['pods', 'requests.cpu', 'requests.memory'];

/** Pods are measured some time after they start: that none runs, only a quota tells. */
function hasNoPods(quotas: V1ResourceQuota[]): boolean {
  return quotas.some(
    ({ spec, status }) =>
      // one with scopes counts some of the pods
      !spec?.scopes?.length &&
      !spec?.scopeSelector &&
      TAKEN_BY_PODS.some(
        resource => parseQuantity(status?.used?.[resource]) === 0,
      ),
  );
}

function namespaceUse(
  namespace: string,
  { podMetrics, observedAt }: ClusterFacts,
  quotasOfNamespace: V1ResourceQuota[],
): NamespaceCapacity['use'] {
  if (typeof podMetrics === 'string') return unavailableReading(podMetrics);
  const pods = podMetrics.filter(p => p.metadata?.namespace === namespace);
  if (!pods.length && !hasNoPods(quotasOfNamespace)) {
    return unavailableReading(
      `metrics-server tells of no pod in ${namespace}: it has measured none yet, or none runs`,
      observedAt,
    );
  }
  const amounts = pods.flatMap(pod =>
    (pod.containers ?? []).map(c => amountOf(c.usage)),
  );
  const known = amounts.flatMap(amount => amount ?? []);
  return known.length === amounts.length
    ? okReading({ ...add(known), pods: pods.length }, observedAt)
    : unavailableReading(
        `Some pods of ${namespace} have metrics that are not numbers`,
        observedAt,
      );
}

function amountOf(
  usage: Record<string, string> | undefined,
): ComputeAmount | undefined {
  const cpuCores = parseQuantity(usage?.cpu);
  const memoryBytes = parseQuantity(usage?.memory);
  return cpuCores === undefined || memoryBytes === undefined
    ? undefined
    : { cpuCores, memoryBytes };
}

function add(amounts: ComputeAmount[]): ComputeAmount {
  return amounts.reduce(
    (sum, a) => ({
      cpuCores: sum.cpuCores + a.cpuCores,
      memoryBytes: sum.memoryBytes + a.memoryBytes,
    }),
    { cpuCores: 0, memoryBytes: 0 },
  );
}

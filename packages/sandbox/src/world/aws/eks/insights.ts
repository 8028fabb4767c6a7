import { stableUid } from '../../kubernetes/ids';
import { CLUSTER_VERSIONS, minorOf, runsOn } from './addonCatalog';
import { EksCluster } from './types';

export type InsightStatus = 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';

/** What Amazon EKS found when it looked whether a cluster is ready for the next version. */
export interface ClusterInsight {
  id: string;
  name: string;
  /** Kubernetes version that it is about. */
  kubernetesVersion: string;
  status: InsightStatus;
  reason: string;
  description: string;
  recommendation: string;
  /** What does not pass, and why. */
  resources: Array<{ arn: string; status: InsightStatus; reason: string }>;
  addons: Array<{ name: string; compatibleVersions: string[] }>;
}

/**
 * The upgrade insights of a cluster, computed from how it stands now. None when
 * it has the newest version.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
 */
export function clusterInsights(
  cluster: EksCluster,
  compatible: (addon: string, clusterVersion: string) => string[],
): ClusterInsight[] {
  const target =
    CLUSTER_VERSIONS[CLUSTER_VERSIONS.indexOf(cluster.version) + 1];
  if (!target) {
    return [];
  }
  return [
    kubeletSkew(cluster, target),
    addonCompatibility(cluster, target, compatible),
    {
      ...identity(cluster, 'Cluster health issues', target),
      status: 'PASSING',
      reason: 'No cluster health issues detected.',
      description:
        'Checks for any cluster health issues that prevent successful upgrade to the next Kubernetes version on EKS.',
      recommendation:
        'Resolve the cluster health issues before upgrading the cluster.',
      resources: [],
      addons: [],
    },
  ];
}

function identity(cluster: EksCluster, name: string, target: string) {
  return {
    id: stableUid(`${cluster.arn}/${name}/${target}`),
    name,
    kubernetesVersion: target,
  };
}

/** Nodes may be up to three minor versions older than the control plane. */
function kubeletSkew(cluster: EksCluster, target: string): ClusterInsight {
  const resources = cluster.nodegroups
    .map(({ arn, version }) => ({
      arn,
      behind: minorOf(cluster.version) - minorOf(version),
    }))
    .filter(({ behind }) => behind > 0)
    .map(({ arn, behind }) => ({
      arn,
      status: behind >= 3 ? ('ERROR' as const) : ('WARNING' as const),
      reason: `Node's kubelet version is ${behind} minor version${
        behind === 1 ? '' : 's'
      } behind the control plane.`,
    }));
  return {
    ...identity(cluster, 'Kubelet version skew', target),
    status: worst(resources.map(({ status }) => status)),
    reason:
      resources.length === 0
        ? 'Node kubelet versions match the cluster control plane version.'
        : 'Node kubelet versions do not match the cluster control plane version.',
    description:
      'Checks for kubelet version of worker nodes in the cluster to see if upgrade would cause noncompliance with supported Kubernetes kubelet version skew policy.',
    recommendation:
      'Upgrade your worker nodes to match the Kubernetes version of your cluster control plane.',
    resources,
    addons: [],
  };
}

function addonCompatibility(
  cluster: EksCluster,
  target: string,
  compatible: (addon: string, clusterVersion: string) => string[],
): ClusterInsight {
  const late = cluster.addons.filter(
    ({ name, version }) => !runsOn(name, version, target),
  );
  return {
    ...identity(cluster, 'EKS add-on version compatibility', target),
    status: late.length > 0 ? 'ERROR' : 'PASSING',
    reason:
      late.length > 0
        ? `Installed EKS add-on versions are not compatible with Kubernetes version ${target}.`
        : `All installed EKS add-on versions are compatible with next Kubernetes version.`,
    description:
      'Checks version of installed EKS add-ons to ensure they are compatible with the next version of Kubernetes.',
    recommendation:
      'Upgrade your installed EKS add-ons to a version that is compatible with the next version of Kubernetes.',
    resources: late.map(({ arn, version }) => ({
      arn,
      status: 'ERROR',
      reason: `${version} does not run on Kubernetes ${target}.`,
    })),
    addons: late.map(({ name }) => ({
      name,
      compatibleVersions: compatible(name, target),
    })),
  };
}

function worst(statuses: InsightStatus[]): InsightStatus {
  return (
    (['ERROR', 'WARNING', 'UNKNOWN'] as const).find(status =>
      statuses.includes(status),
    ) ?? 'PASSING'
  );
}

/** One version of an add-on and the Kubernetes versions that it runs on. */
export interface AddonVersion {
  version: string;
  /** `1.33`; the first of them is not special. */
  clusterVersions: string[];
  /** Kubernetes versions for which it is what a new cluster gets. */
  defaultFor: string[];
}

export interface AddonKind {
  name: string;
  type: string;
  defaultNamespace: string;
  requiresIamPermissions: boolean;
  /** Newest first. */
  versions: AddonVersion[];
}

const version = (
  name: string,
  clusterVersions: string[],
  defaultFor: string[] = [],
): AddonVersion => ({ version: name, clusterVersions, defaultFor });

/** Kubernetes versions that Amazon EKS offers, oldest first. */
export const CLUSTER_VERSIONS = ['1.31', '1.32', '1.33', '1.34'];

const ALL = CLUSTER_VERSIONS;

/**
 * The add-ons of Amazon EKS that clusters here may have, by name.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
 */
export const ADDON_CATALOG: AddonKind[] = [
  {
    name: 'aws-ebs-csi-driver',
    type: 'storage',
    defaultNamespace: 'kube-system',
    requiresIamPermissions: true,
    versions: [
      version('v1.51.0-eksbuild.1', ALL, ALL),
      version('v1.48.0-eksbuild.2', ALL),
      version('v1.44.0-eksbuild.1', ['1.31', '1.32', '1.33']),
    ],
  },
  {
    name: 'coredns',
    type: 'networking',
    defaultNamespace: 'kube-system',
    requiresIamPermissions: false,
    versions: [
      version('v1.12.4-eksbuild.1', ['1.33', '1.34'], ['1.34']),
      version('v1.12.1-eksbuild.2', ['1.33', '1.34'], ['1.33']),
      version('v1.11.4-eksbuild.2', ['1.31', '1.32', '1.33'], ['1.31', '1.32']),
    ],
  },
  {
    name: 'eks-pod-identity-agent',
    type: 'security',
    defaultNamespace: 'kube-system',
    requiresIamPermissions: false,
    versions: [
      version('v1.3.9-eksbuild.3', ALL, ALL),
      version('v1.3.8-eksbuild.2', ALL),
    ],
  },
  {
    name: 'kube-proxy',
    type: 'networking',
    defaultNamespace: 'kube-system',
    requiresIamPermissions: false,
    versions: [
      version('v1.34.0-eksbuild.4', ['1.34'], ['1.34']),
      version('v1.33.3-eksbuild.4', ['1.33', '1.34'], ['1.33']),
      version('v1.32.6-eksbuild.12', ['1.32', '1.33', '1.34'], ['1.32']),
      version('v1.31.10-eksbuild.12', ['1.31', '1.32', '1.33'], ['1.31']),
    ],
  },
  {
    name: 'vpc-cni',
    type: 'networking',
    defaultNamespace: 'kube-system',
    requiresIamPermissions: true,
    versions: [
      version('v1.20.4-eksbuild.1', ALL, ALL),
      version('v1.19.5-eksbuild.1', ['1.31', '1.32', '1.33']),
    ],
  },
];

/** Minor number of a Kubernetes version: 33 of `1.33`. */
export function minorOf(clusterVersion: string): number {
  return Number(clusterVersion.split('.')[1]);
}

/** Whether an add-on's version runs on a Kubernetes version; false for what the catalog does not know. */
export function runsOn(
  addon: string,
  addonVersion: string,
  clusterVersion: string,
): boolean {
  return Boolean(
    ADDON_CATALOG.find(({ name }) => name === addon)
      ?.versions.find(candidate => candidate.version === addonVersion)
      ?.clusterVersions.includes(clusterVersion),
  );
}

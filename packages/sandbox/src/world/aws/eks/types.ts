import { CountPhase } from '../countPhases';
import { RegistryRef } from '../ImageRegistry';

/** Nodes that Amazon EKS keeps for a cluster. Times are ISO, UTC. */
export interface Nodegroup {
  name: string;
  arn: string;
  /** Kubernetes version of the nodes, `1.33`. */
  version: string;
  releaseVersion: string;
  status: 'ACTIVE' | 'UPDATING';
  scaling: { minSize: number; maxSize: number; desiredSize: number };
  /** On demand where it is absent. */
  capacityType?: 'ON_DEMAND' | 'SPOT';
  /** How many nodes there were when, of a group that was scaled; oldest first. Absent: as many as now since it was created. */
  history?: CountPhase[];
  maxUnavailable: number;
  instanceTypes: string[];
  amiType: string;
  /** GiB */
  diskSize: number;
  labels: Record<string, string>;
  taints: Array<{ key: string; value?: string; effect: string }>;
  tags: Record<string, string>;
  createdAt: string;
  modifiedAt: string;
}

/** Software that Amazon EKS keeps on a cluster. */
export interface Addon {
  name: string;
  arn: string;
  version: string;
  status: 'ACTIVE' | 'UPDATING';
  tags: Record<string, string>;
  createdAt: string;
  modifiedAt: string;
}

/** Who may do what in a cluster. */
export interface AccessEntry {
  principalArn: string;
  arn: string;
  type: 'STANDARD' | 'EC2_LINUX';
  username: string;
  kubernetesGroups: string[];
  policies: Array<{ arn: string; scope: 'cluster' | 'namespace' }>;
  tags: Record<string, string>;
  createdAt: string;
}

/** A Kubernetes service account that acts as an IAM role. */
export interface PodIdentityAssociation {
  id: string;
  arn: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  /** Name of the add-on that made it. */
  addon: string;
  createdAt: string;
}

/** A change that was asked for; it takes time. */
export interface ClusterUpdate {
  id: string;
  type: 'VersionUpdate' | 'ConfigUpdate';
  status: 'InProgress' | 'Successful' | 'Failed';
  /** Set when it changes a node group. */
  nodegroup?: string;
  params: Array<{ type: string; value: string }>;
  createdAt: string;
}

/** An EKS cluster of an account in a region. */
export interface EksCluster extends RegistryRef {
  name: string;
  arn: string;
  /** Kubernetes version of the control plane, `1.33`. */
  version: string;
  platformVersion: string;
  status: 'ACTIVE' | 'UPDATING';
  /** 32 upper-case hexadecimal digits of the OIDC issuer. */
  oidcId: string;
  vpcId: string;
  subnetIds: string[];
  securityGroupId: string;
  tags: Record<string, string>;
  createdAt: string;
  nodegroups: Nodegroup[];
  addons: Addon[];
  accessEntries: AccessEntry[];
  podIdentities: PodIdentityAssociation[];
  /** Newest first. */
  updates: ClusterUpdate[];
}

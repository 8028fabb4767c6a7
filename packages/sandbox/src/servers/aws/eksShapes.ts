import type {
  AccessEntry as AccessEntryShape,
  Addon as AddonShape,
  Cluster,
  Insight,
  InsightSummary,
  Nodegroup as NodegroupShape,
  Update,
} from '@aws-sdk/client-eks';
import { CLUSTER_CERTIFICATE } from '../../world/aws/eks/certificate';
import { oidcIssuer } from '../../world/aws/eks/EksFleet';
import { ClusterInsight } from '../../world/aws/eks/insights';
import {
  AccessEntry,
  Addon,
  ClusterUpdate,
  EksCluster,
  Nodegroup,
} from '../../world/aws/eks/types';
import { safeHash } from '../../world/kubernetes/ids';

/**
 * A cluster as DescribeCluster gives it.
 *
 * @param endpoint - where its Kubernetes API listens
 */
export function clusterShape(cluster: EksCluster, endpoint: string): Cluster {
  const { accountId, name } = cluster;
  return {
    name,
    arn: cluster.arn,
    createdAt: new Date(cluster.createdAt),
    version: cluster.version,
    platformVersion: cluster.platformVersion,
    endpoint,
    roleArn: `arn:aws:iam::${accountId}:role/${name}-cluster`,
    resourcesVpcConfig: {
      subnetIds: cluster.subnetIds,
      securityGroupIds: [],
      clusterSecurityGroupId: cluster.securityGroupId,
      vpcId: cluster.vpcId,
      endpointPublicAccess: false,
      endpointPrivateAccess: true,
      publicAccessCidrs: [],
    },
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: '172.20.0.0/16',
      ipFamily: 'ipv4',
      elasticLoadBalancing: { enabled: false },
    },
    logging: {
      clusterLogging: [
        { types: ['api', 'audit', 'authenticator'], enabled: true },
        { types: ['controllerManager', 'scheduler'], enabled: false },
      ],
    },
    identity: {
      oidc: { issuer: oidcIssuer(cluster) },
    },
    status: cluster.status,
    certificateAuthority: { data: CLUSTER_CERTIFICATE },
    tags: cluster.tags,
    health: { issues: [] },
    accessConfig: { authenticationMode: 'API' },
    upgradePolicy: { supportType: 'STANDARD' },
    deletionProtection: false,
  };
}

/** A node group as DescribeNodegroup gives it. */
export function nodegroupShape(
  cluster: EksCluster,
  nodegroup: Nodegroup,
): NodegroupShape {
  return {
    nodegroupName: nodegroup.name,
    nodegroupArn: nodegroup.arn,
    clusterName: cluster.name,
    version: nodegroup.version,
    releaseVersion: nodegroup.releaseVersion,
    createdAt: new Date(nodegroup.createdAt),
    modifiedAt: new Date(nodegroup.modifiedAt),
    status: nodegroup.status,
    capacityType: nodegroup.capacityType ?? 'ON_DEMAND',
    scalingConfig: nodegroup.scaling,
    instanceTypes: nodegroup.instanceTypes,
    subnets: cluster.subnetIds,
    amiType: nodegroup.amiType as NodegroupShape['amiType'],
    nodeRole: `arn:aws:iam::${cluster.accountId}:role/${cluster.name}-node`,
    labels: nodegroup.labels,
    taints: nodegroup.taints as NodegroupShape['taints'],
    resources: {
      autoScalingGroups: [
        { name: `eks-${nodegroup.name}-${safeHash(nodegroup.arn, 8)}` },
      ],
    },
    diskSize: nodegroup.diskSize,
    health: { issues: [] },
    updateConfig: { maxUnavailable: nodegroup.maxUnavailable },
    tags: nodegroup.tags,
  };
}

/** An add-on as DescribeAddon gives it. */
export function addonShape(cluster: EksCluster, addon: Addon): AddonShape {
  const associations = cluster.podIdentities
    .filter(identity => identity.addon === addon.name)
    .map(({ arn }) => arn);
  return {
    addonName: addon.name,
    clusterName: cluster.name,
    status: addon.status,
    addonVersion: addon.version,
    health: { issues: [] },
    addonArn: addon.arn,
    createdAt: new Date(addon.createdAt),
    modifiedAt: new Date(addon.modifiedAt),
    tags: addon.tags,
    podIdentityAssociations: associations.length > 0 ? associations : undefined,
  };
}

/** An access entry as DescribeAccessEntry gives it. */
export function accessEntryShape(
  cluster: EksCluster,
  entry: AccessEntry,
): AccessEntryShape {
  return {
    clusterName: cluster.name,
    principalArn: entry.principalArn,
    kubernetesGroups: entry.kubernetesGroups,
    accessEntryArn: entry.arn,
    createdAt: new Date(entry.createdAt),
    modifiedAt: new Date(entry.createdAt),
    tags: entry.tags,
    username: entry.username,
    type: entry.type,
  };
}

/** An update as DescribeUpdate gives it. */
export function updateShape(update: ClusterUpdate): Update {
  return {
    id: update.id,
    status: update.status,
    type: update.type,
    params: update.params as Update['params'],
    createdAt: new Date(update.createdAt),
    errors: [],
  };
}

/** An insight as ListInsights gives it. @param at - when it was looked at last */
export function insightSummary(
  insight: ClusterInsight,
  at: Date,
): InsightSummary {
  return {
    id: insight.id,
    name: insight.name,
    category: 'UPGRADE_READINESS',
    kubernetesVersion: insight.kubernetesVersion,
    lastRefreshTime: at,
    lastTransitionTime: at,
    description: insight.description,
    insightStatus: { status: insight.status, reason: insight.reason },
  };
}

/** An insight as DescribeInsight gives it. */
export function insightShape(insight: ClusterInsight, at: Date): Insight {
  return {
    ...insightSummary(insight, at),
    recommendation: insight.recommendation,
    additionalInfo: {
      'EKS update cluster documentation':
        'https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html',
    },
    resources: insight.resources.map(({ arn, status, reason }) => ({
      arn,
      insightStatus: { status, reason },
    })),
    categorySpecificSummary: {
      deprecationDetails: [],
      addonCompatibilityDetails: insight.addons,
    },
  };
}

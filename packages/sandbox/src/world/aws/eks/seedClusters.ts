import { createHash } from 'node:crypto';
import {
  KUBERNETES_VERSION,
  nodePoolsOf,
} from '../../kubernetes/infrastructure';
import { SeedEnvironment, SeedPlatform } from '../../platforms';
import { stableUid } from '../../kubernetes/ids';
import { noise, seedOf } from '../noise';
import { AccessEntry, Addon, EksCluster, Nodegroup } from './types';

const VERSION = /^v(\d+\.\d+)/.exec(KUBERNETES_VERSION)![1];
const PLATFORM_VERSION = 'eks.18';

/** What stands in every cluster; one of them could be newer. */
const ADDONS: Record<string, string> = {
  'aws-ebs-csi-driver': 'v1.48.0-eksbuild.2',
  coredns: 'v1.12.1-eksbuild.2',
  'eks-pod-identity-agent': 'v1.3.9-eksbuild.3',
  'kube-proxy': 'v1.33.3-eksbuild.4',
  'vpc-cni': 'v1.19.5-eksbuild.1',
};

const hex = (text: string, digits: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** The EKS clusters of the platforms: one for each environment that runs on EKS, in its first region. */
export function seedClusters(platforms: SeedPlatform[]): EksCluster[] {
  return platforms.flatMap(platform =>
    platform.environments
      .filter(
        ({ runtime, accountId, cluster }) =>
          runtime === 'eks' && accountId && cluster,
      )
      .map(environment => seedCluster(platform, environment)),
  );
}

function seedCluster(
  platform: SeedPlatform,
  environment: SeedEnvironment,
): EksCluster {
  const name = environment.cluster!;
  const accountId = environment.accountId!;
  const region = environment.regions[0];
  const createdAt = new Date(
    Date.UTC(2025, 0, 10 + Math.floor(noise(seedOf(name), 0) * 90), 8, 15),
  ).toISOString();
  const tags = { Environment: environment.shortName, System: platform.system };
  const arn = (type: string, rest: string) =>
    `arn:aws:eks:${region}:${accountId}:${type}/${rest}`;

  const nodegroups = nodePoolsOf(platform).map(
    (pool): Nodegroup => ({
      name: pool.name,
      arn: arn(
        'nodegroup',
        `${name}/${pool.name}/${stableUid(`${name}/${pool.name}`)}`,
      ),
      version: VERSION,
      releaseVersion: `${VERSION}.5-20251103`,
      status: 'ACTIVE',
      scaling: {
        minSize: Math.max(1, pool.count - 1),
        maxSize: pool.count * 2,
        desiredSize: pool.count,
      },
      capacityType: environment.shortName === 'prod' ? 'ON_DEMAND' : 'SPOT',
      maxUnavailable: 1,
      instanceTypes: [pool.instanceType],
      amiType:
        pool.architecture === 'arm64'
          ? 'AL2023_ARM_64_STANDARD'
          : 'AL2023_x86_64_STANDARD',
      diskSize: pool.diskGi,
      labels: {},
      taints: [],
      tags,
      createdAt,
      modifiedAt: createdAt,
    }),
  );
  const addons = Object.entries(ADDONS).map(
    ([addon, version]): Addon => ({
      name: addon,
      arn: arn('addon', `${name}/${addon}/${stableUid(`${name}/${addon}`)}`),
      version,
      status: 'ACTIVE',
      tags,
      createdAt,
      modifiedAt: createdAt,
    }),
  );
  const accessEntry = (
    role: string,
    entry: Pick<AccessEntry, 'type' | 'username' | 'kubernetesGroups'> & {
      policy?: string;
    },
  ): AccessEntry => ({
    principalArn: `arn:aws:iam::${accountId}:role/${role}`,
    arn: arn(
      'access-entry',
      `${name}/role/${accountId}/${role}/${stableUid(`${name}/${role}`)}`,
    ),
    type: entry.type,
    username: entry.username,
    kubernetesGroups: entry.kubernetesGroups,
    policies: entry.policy
      ? [
          {
            arn: `arn:aws:eks::aws:cluster-access-policy/${entry.policy}`,
            scope: 'cluster',
          },
        ]
      : [],
    tags,
    createdAt,
  });
  const sessionName = (role: string) =>
    `arn:aws:sts::${accountId}:assumed-role/${role}/{{SessionName}}`;
  const identityId = `a-${hex(`${name}/ebs`, 17)}`;

  return {
    accountId,
    region,
    name,
    arn: arn('cluster', name),
    version: VERSION,
    platformVersion: PLATFORM_VERSION,
    status: 'ACTIVE',
    oidcId: hex(`${name}/oidc`, 32).toLocaleUpperCase('en-US'),
    vpcId: `vpc-0${hex(`${name}/vpc`, 16)}`,
    subnetIds: ['a', 'b', 'c'].map(
      zone => `subnet-0${hex(`${name}/subnet/${zone}`, 16)}`,
    ),
    securityGroupId: `sg-0${hex(`${name}/sg`, 16)}`,
    tags,
    createdAt,
    nodegroups,
    addons,
    accessEntries: [
      accessEntry('fairway-reader', {
        type: 'STANDARD',
        username: sessionName('fairway-reader'),
        kubernetesGroups: [],
        policy: 'AmazonEKSViewPolicy',
      }),
      accessEntry(`${name}-node`, {
        type: 'EC2_LINUX',
        username: 'system:node:{{EC2PrivateDNSName}}',
        kubernetesGroups: ['system:nodes'],
      }),
      accessEntry('platform-admin', {
        type: 'STANDARD',
        username: sessionName('platform-admin'),
        kubernetesGroups: [],
        policy: 'AmazonEKSClusterAdminPolicy',
      }),
    ],
    podIdentities: [
      {
        id: identityId,
        arn: arn('podidentityassociation', `${name}/${identityId}`),
        namespace: 'kube-system',
        serviceAccount: 'ebs-csi-controller-sa',
        roleArn: `arn:aws:iam::${accountId}:role/${name}-ebs-csi`,
        addon: 'aws-ebs-csi-driver',
        createdAt,
      },
    ],
    updates: [],
  };
}

import { AwsError } from '../../world/aws/AwsError';
import { ADDON_CATALOG } from '../../world/aws/eks/addonCatalog';
import { clusterInsights } from '../../world/aws/eks/insights';
import { EksCluster } from '../../world/aws/eks/types';
import { eksAddonHandlers } from './eksAddons';
import { eksPage } from './eksPages';
import {
  accessEntryShape,
  clusterShape,
  insightShape,
  insightSummary,
  nodegroupShape,
  updateShape,
} from './eksShapes';
import { CallContext, Handlers } from './handlers';

/** Amazon Elastic Kubernetes Service. */
export const eksHandlers: Handlers<typeof import('@aws-sdk/client-eks')> = {
  ...eksAddonHandlers,

  ListClusters(input, { aws, ...place }) {
    const page = eksPage(aws.eks.list(place), input);
    return {
      clusters: page.items.map(({ name }) => name),
      nextToken: page.nextToken,
    };
  },

  DescribeCluster(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.name!);
    return {
      cluster: clusterShape(
        cluster,
        `${aws.urls.kubernetes}/clusters/${cluster.name}`,
      ),
    };
  },

  ListNodegroups(input, { aws, ...place }) {
    const { nodegroups } = aws.eks.get(place, input.clusterName!);
    const page = eksPage(nodegroups, input);
    return {
      nodegroups: page.items.map(({ name }) => name),
      nextToken: page.nextToken,
    };
  },

  DescribeNodegroup(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    return {
      nodegroup: nodegroupShape(
        cluster,
        aws.eks.getNodegroup(cluster, input.nodegroupName!),
      ),
    };
  },

  UpdateClusterVersion(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.name!);
    return {
      update: updateShape(aws.eks.updateVersion(cluster, input.version)),
    };
  },

  UpdateNodegroupConfig(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    return {
      update: updateShape(
        aws.eks.updateNodegroup(
          cluster,
          aws.eks.getNodegroup(cluster, input.nodegroupName!),
          {
            scaling: input.scalingConfig,
            maxUnavailable: input.updateConfig?.maxUnavailable,
            addLabels: input.labels?.addOrUpdateLabels,
            removeLabels: input.labels?.removeLabels,
          },
        ),
      ),
    };
  },

  ListUpdates(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.name!);
    if (input.nodegroupName) {
      aws.eks.getNodegroup(cluster, input.nodegroupName);
    }
    const page = eksPage(
      cluster.updates.filter(
        ({ nodegroup }) =>
          nodegroup === input.nodegroupName && !input.addonName,
      ),
      input,
    );
    return {
      updateIds: page.items.map(({ id }) => id),
      nextToken: page.nextToken,
    };
  },

  DescribeUpdate(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.name!);
    const update = cluster.updates.find(
      ({ id, nodegroup }) =>
        id === input.updateId && nodegroup === input.nodegroupName,
    );
    if (!update) {
      throw new AwsError(
        'ResourceNotFoundException',
        `No update found for ID: ${input.updateId}`,
        404,
        { clusterName: cluster.name },
      );
    }
    return { update: updateShape(update) };
  },

  ListInsights(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    const { statuses, kubernetesVersions, categories } = input.filter ?? {};
    const insights = insightsOf(cluster).filter(
      insight =>
        (!statuses || statuses.includes(insight.status)) &&
        (!kubernetesVersions ||
          kubernetesVersions.includes(insight.kubernetesVersion)) &&
        (!categories || categories.includes('UPGRADE_READINESS')),
    );
    const page = eksPage(insights, input);
    return {
      insights: page.items.map(insight =>
        insightSummary(insight, lastRefresh(aws)),
      ),
      nextToken: page.nextToken,
    };
  },

  DescribeInsight(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    const insight = insightsOf(cluster).find(({ id }) => id === input.id);
    if (!insight) {
      throw new AwsError(
        'ResourceNotFoundException',
        `No insight found for ID: ${input.id}`,
        404,
        { clusterName: cluster.name },
      );
    }
    return { insight: insightShape(insight, lastRefresh(aws)) };
  },

  ListAccessEntries(input, { aws, ...place }) {
    const { accessEntries } = aws.eks.get(place, input.clusterName!);
    const { associatedPolicyArn } = input;
    const page = eksPage(
      accessEntries.filter(
        ({ policies }) =>
          !associatedPolicyArn ||
          policies.some(({ arn }) => arn === associatedPolicyArn),
      ),
      input,
    );
    return {
      accessEntries: page.items.map(({ principalArn }) => principalArn),
      nextToken: page.nextToken,
    };
  },

  DescribeAccessEntry(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    return {
      accessEntry: accessEntryShape(
        cluster,
        accessEntryOf(cluster, input.principalArn!),
      ),
    };
  },

  ListAssociatedAccessPolicies(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    const entry = accessEntryOf(cluster, input.principalArn!);
    const page = eksPage(entry.policies, input);
    return {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      associatedAccessPolicies: page.items.map(({ arn, scope }) => ({
        policyArn: arn,
        accessScope: { type: scope, namespaces: [] },
        associatedAt: new Date(entry.createdAt),
        modifiedAt: new Date(entry.createdAt),
      })),
      nextToken: page.nextToken,
    };
  },

  ListPodIdentityAssociations(input, { aws, ...place }) {
    const cluster = aws.eks.get(place, input.clusterName!);
    const page = eksPage(
      cluster.podIdentities.filter(
        ({ namespace, serviceAccount }) =>
          (!input.namespace || namespace === input.namespace) &&
          (!input.serviceAccount || serviceAccount === input.serviceAccount),
      ),
      input,
    );
    return {
      associations: page.items.map(identity => ({
        clusterName: cluster.name,
        namespace: identity.namespace,
        serviceAccount: identity.serviceAccount,
        associationArn: identity.arn,
        associationId: identity.id,
        ownerArn: cluster.addons.find(({ name }) => name === identity.addon)
          ?.arn,
      })),
      nextToken: page.nextToken,
    };
  },

  ListFargateProfiles(input, { aws, ...place }) {
    aws.eks.get(place, input.clusterName!);
    return { fargateProfileNames: [] };
  },

  TagResource(input, context) {
    const resource = resourceByArn(input.resourceArn!, context);
    context.aws.eks.setTags(resource, { ...resource.tags, ...input.tags });
    return {};
  },

  UntagResource(input, context) {
    const resource = resourceByArn(input.resourceArn!, context);
    context.aws.eks.setTags(
      resource,
      Object.fromEntries(
        Object.entries(resource.tags).filter(
          ([key]) => !input.tagKeys!.includes(key),
        ),
      ),
    );
    return {};
  },

  ListTagsForResource(input, context) {
    return { tags: resourceByArn(input.resourceArn!, context).tags };
  },
};

function insightsOf(cluster: EksCluster) {
  return clusterInsights(cluster, (addon, clusterVersion) =>
    ADDON_CATALOG.filter(({ name }) => name === addon).flatMap(({ versions }) =>
      versions
        .filter(({ clusterVersions }) =>
          clusterVersions.includes(clusterVersion),
        )
        .map(({ version }) => version),
    ),
  );
}

/** Insights are refreshed once a day; here at midnight UTC. */
function lastRefresh({ clock }: CallContext['aws']): Date {
  const at = clock.now();
  at.setUTCHours(0, 0, 0, 0);
  return at;
}

function accessEntryOf(cluster: EksCluster, principalArn: string) {
  const entry = cluster.accessEntries.find(
    candidate => candidate.principalArn === principalArn,
  );
  if (!entry) {
    throw new AwsError(
      'ResourceNotFoundException',
      `The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`,
      404,
      { clusterName: cluster.name },
    );
  }
  return entry;
}

/** The cluster, node group, add-on or access entry that an ARN names. */
function resourceByArn(resourceArn: string, { aws, ...place }: CallContext) {
  if (!resourceArn.startsWith('arn:aws:eks:')) {
    throw new AwsError('BadRequestException', `Invalid ARN: ${resourceArn}`);
  }
  for (const cluster of aws.eks.list(place)) {
    const resource = [
      cluster,
      ...cluster.nodegroups,
      ...cluster.addons,
      ...cluster.accessEntries,
    ].find(({ arn }) => arn === resourceArn);
    if (resource) {
      return resource;
    }
  }
  throw new AwsError(
    'NotFoundException',
    `Resource ${resourceArn} was not found`,
  );
}

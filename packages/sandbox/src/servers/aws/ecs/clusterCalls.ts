import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../world/aws/AwsError';
import {
  arnOfCluster,
  capacityProviderArn,
  clusterArn,
  isHere,
  shortName,
} from '../../../world/aws/ecs/arns';
import { inPlace } from '../../../world/aws/ecs/EcsStore';
import { ClusterRecord } from '../../../world/aws/ecs/records';
import { CallContext, Handlers } from '../handlers';
import { describeCluster } from './describeCluster';
import { checkNames, describeEach, pageOf } from './pages';
import { readTags, taggedResource } from './tags';
import { tagList } from './common';

const OFFERED = ['FARGATE', 'FARGATE_SPOT'] as const;
const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const MOST_DESCRIBED = 100;

/** Clusters, capacity providers and tags. */
export const clusterCalls: Handlers<typeof import('@aws-sdk/client-ecs')> = {
  CreateCluster(input, context) {
    const { ecs } = context.aws;
    const name = input.clusterName ?? 'default';
    if (!NAME.test(name)) {
      throw new AwsError('InvalidParameterException', 'Invalid cluster name.');
    }
    const tags = readTags(input.tags);
    let cluster = ecs.store.findCluster(context, name);
    if (!cluster) {
      cluster = {
        accountId: context.accountId,
        region: context.region,
        name,
        status: 'ACTIVE',
        settings: [
          {
            name: 'containerInsights',
            value:
              input.settings?.find(s => s.name === 'containerInsights')
                ?.value ?? 'disabled',
          },
        ],
        capacityProviders: input.capacityProviders ?? [],
        defaultCapacityProviderStrategy:
          input.defaultCapacityProviderStrategy ?? [],
        tags,
      };
      ecs.store.state.clusters.push(cluster);
      ecs.store.save();
    }
    return {
      cluster: describeCluster(cluster, ecs.store, ['SETTINGS', 'TAGS']),
    };
  },

  DeleteCluster(input, { aws: { ecs }, ...place }) {
    const cluster = ecs.store.getCluster(place, input.cluster);
    const services = ecs.store
      .servicesOf(cluster)
      .filter(({ status }) => status !== 'INACTIVE');
    if (services.length > 0) {
      throw new AwsError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      );
    }
    if (
      ecs.store
        .tasksOf(cluster)
        .some(({ lastStatus }) => lastStatus !== 'STOPPED')
    ) {
      throw new AwsError(
        'ClusterContainsTasksException',
        'The Cluster cannot be deleted while Tasks are active.',
      );
    }
    cluster.status = 'INACTIVE';
    ecs.store.save();
    return { cluster: describeCluster(cluster, ecs.store) };
  },

  ListClusters(input, context) {
    const page = pageOf(clustersIn(context).map(arnOfCluster), input);
    return { clusterArns: page.items, nextToken: page.nextToken };
  },

  DescribeClusters(input, context) {
    const { ecs } = context.aws;
    const names = input.clusters?.length
      ? checkNames(input.clusters, 'Clusters', MOST_DESCRIBED)
      : ['default'];
    const { found, failures } = describeEach(
      names,
      name => ecs.store.findCluster(context, name),
      cluster => describeCluster(cluster, ecs.store, input.include),
      name =>
        isHere(context, name) ? clusterArn(context, shortName(name)) : name,
    );
    return { clusters: found, failures };
  },

  DescribeCapacityProviders(input, context) {
    const all: CapacityProvider[] = OFFERED.map(name => ({
      capacityProviderArn: capacityProviderArn(context, name),
      name,
      status: 'ACTIVE',
      type: name,
      tags: [],
    }));
    if (!input.capacityProviders?.length) {
      const page = pageOf(all, input, 10);
      return {
        capacityProviders: page.items,
        failures: [],
        nextToken: page.nextToken,
      };
    }
    const { found, failures } = describeEach(
      input.capacityProviders,
      name => all.find(provider => provider.name === shortName(name)),
      provider => provider,
      name => capacityProviderArn(context, shortName(name)),
    );
    return { capacityProviders: found, failures };
  },

  ListTagsForResource(input, context) {
    const { tags } = taggedResource(
      context.aws.ecs.store,
      context,
      input.resourceArn!,
    );
    return { tags: tagList(tags) };
  },

  TagResource(input, context) {
    const { store } = context.aws.ecs;
    const resource = taggedResource(store, context, input.resourceArn!);
    resource.tags = { ...resource.tags, ...readTags(input.tags) };
    store.save();
    return {};
  },

  UntagResource(input, context) {
    const { store } = context.aws.ecs;
    const resource = taggedResource(store, context, input.resourceArn!);
    resource.tags = Object.fromEntries(
      Object.entries(resource.tags).filter(
        ([key]) => !input.tagKeys!.includes(key),
      ),
    );
    store.save();
    return {};
  },
};

function clustersIn(context: CallContext): ClusterRecord[] {
  return context.aws.ecs.store.state.clusters.filter(
    cluster => inPlace(cluster, context) && cluster.status === 'ACTIVE',
  );
}

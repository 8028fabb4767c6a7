import type { Capability } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../world/aws/AwsError';
import {
  arnOfCluster,
  serviceArn,
  taskDefinitionArn,
} from '../../world/aws/ecs/arns';
import { secretArn } from '../../world/aws/secrets/SecretStore';
import { cloudFormationHandlers } from './cloudFormation';
import { ecrHandlers } from './ecr';
import { ecsHandlers } from './ecs';
import { eksHandlers } from './eks';
import { elastiCacheHandlers } from './elastiCache';
import { CallContext } from './handlers';
import { rdsHandlers } from './rds';
import { schedulerHandlers } from './scheduler';
import { secretsManagerHandlers } from './secretsManager';

/** A resource with its tags, as every service has them. */
export interface TaggedResource {
  arn: string;
  /** `ecr:repository`; filters may also name the service alone. */
  type: string;
  tags: Record<string, string>;
}

const resource = (
  type: string,
  arn: string,
  tags: Record<string, string>,
): TaggedResource => ({ type, arn, tags });

/** Every resource of an account in a region that can carry tags, by ARN. */
export function taggedResources(context: CallContext): TaggedResource[] {
  const { aws, accountId, region } = context;
  const place = { accountId, region };
  const isHere = (item: { accountId: string; region: string }) =>
    item.accountId === accountId && item.region === region;
  const { clusters, services, taskDefinitions } = aws.ecs.store.state;
  return [
    ...aws.registry.repositories
      .list(place)
      .map(({ name, tags }) =>
        resource(
          'ecr:repository',
          `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
          tags,
        ),
      ),
    ...aws.databases
      .clustersIn(place)
      .map(({ arn, tags }) => resource('rds:cluster', arn, tags)),
    ...aws.databases
      .instancesIn(place)
      .map(({ arn, tags }) => resource('rds:db', arn, tags)),
    ...aws.databases
      .snapshotsIn(place)
      .map(({ arn, tags }) => resource('rds:cluster-snapshot', arn, tags)),
    ...clusters
      .filter(isHere)
      .map(item => resource('ecs:cluster', arnOfCluster(item), item.tags)),
    ...services
      .filter(isHere)
      .map(item => resource('ecs:service', serviceArn(item), item.tags)),
    ...taskDefinitions
      .filter(isHere)
      .map(item =>
        resource('ecs:task-definition', taskDefinitionArn(item), item.tags),
      ),
    ...aws.eks
      .list(place)
      .flatMap(cluster => [
        resource('eks:cluster', cluster.arn, cluster.tags),
        ...cluster.nodegroups.map(({ arn, tags }) =>
          resource('eks:nodegroup', arn, tags),
        ),
        ...cluster.addons.map(({ arn, tags }) =>
          resource('eks:addon', arn, tags),
        ),
      ]),
    ...aws.caches
      .groupsIn(place)
      .map(({ arn, tags }) =>
        resource('elasticache:replicationgroup', arn, tags),
      ),
    ...aws.secrets
      .list(place)
      .filter(secret => secret.region === region)
      .map(secret =>
        resource(
          'secretsmanager:secret',
          secretArn(secret, region),
          secret.tags,
        ),
      ),
    ...aws.schedules
      .listGroups(place)
      .map(({ name, tags }) =>
        resource(
          'scheduler:schedule-group',
          `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`,
          tags,
        ),
      ),
    ...aws.stacks.book
      .list(place)
      .filter(({ status }) => status !== 'DELETE_COMPLETE')
      .map(({ id, definition }) =>
        resource('cloudformation:stack', id, definition.tags),
      ),
  ].sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

type TagCall = (
  arn: string,
  tags: Record<string, string>,
  context: CallContext,
) => unknown;
type UntagCall = (arn: string, keys: string[], context: CallContext) => unknown;

const upperCase = (tags: Record<string, string>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const lowerCase = (tags: Record<string, string>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** How each service is asked to tag; the tagging service asks them as any caller would. */
const TAGGERS: Record<string, { tag: TagCall; untag: UntagCall }> = {
  cloudformation: {
    tag: (arn, tags, context) =>
      updateStackTags(arn, context, before => ({ ...before, ...tags })),
    untag: (arn, keys, context) =>
      updateStackTags(arn, context, before =>
        Object.fromEntries(
          Object.entries(before).filter(([key]) => !keys.includes(key)),
        ),
      ),
  },
  ecr: {
    tag: (resourceArn, tags, context) =>
      ecrHandlers.TagResource!({ resourceArn, tags: upperCase(tags) }, context),
    untag: (resourceArn, tagKeys, context) =>
      ecrHandlers.UntagResource!({ resourceArn, tagKeys }, context),
  },
  ecs: {
    tag: (resourceArn, tags, context) =>
      ecsHandlers.TagResource!({ resourceArn, tags: lowerCase(tags) }, context),
    untag: (resourceArn, tagKeys, context) =>
      ecsHandlers.UntagResource!({ resourceArn, tagKeys }, context),
  },
  eks: {
    tag: (resourceArn, tags, context) =>
      eksHandlers.TagResource!({ resourceArn, tags }, context),
    untag: (resourceArn, tagKeys, context) =>
      eksHandlers.UntagResource!({ resourceArn, tagKeys }, context),
  },
  elasticache: {
    tag: (ResourceName, tags, context) =>
      elastiCacheHandlers.AddTagsToResource!(
        { ResourceName, Tags: upperCase(tags) },
        context,
      ),
    untag: (ResourceName, TagKeys, context) =>
      elastiCacheHandlers.RemoveTagsFromResource!(
        { ResourceName, TagKeys },
        context,
      ),
  },
  rds: {
    tag: (ResourceName, tags, context) =>
      rdsHandlers.AddTagsToResource!(
        { ResourceName, Tags: upperCase(tags) },
        context,
      ),
    untag: (ResourceName, TagKeys, context) =>
      rdsHandlers.RemoveTagsFromResource!({ ResourceName, TagKeys }, context),
  },
  scheduler: {
    tag: (ResourceArn, tags, context) =>
      schedulerHandlers.TagResource!(
        { ResourceArn, Tags: upperCase(tags) },
        context,
      ),
    untag: (ResourceArn, TagKeys, context) =>
      schedulerHandlers.UntagResource!({ ResourceArn, TagKeys }, context),
  },
  secretsmanager: {
    tag: (SecretId, tags, context) =>
      secretsManagerHandlers.TagResource!(
        { SecretId, Tags: upperCase(tags) },
        context,
      ),
    untag: (SecretId, TagKeys, context) =>
      secretsManagerHandlers.UntagResource!({ SecretId, TagKeys }, context),
  },
};

/** Stacks have no call for tags alone: they are updated, with all else as it was. */
function updateStackTags(
  StackName: string,
  context: CallContext,
  change: (before: Record<string, string>) => Record<string, string>,
): unknown {
  const { definition } = context.aws.stacks.book.get(context, StackName);
  return cloudFormationHandlers.UpdateStack!(
    {
      StackName,
      UsePreviousTemplate: true,
      Parameters: Object.keys(definition.parameters).map(ParameterKey => ({
        ParameterKey,
        UsePreviousValue: true,
      })),
      Capabilities: definition.capabilities as Capability[],
      Tags: upperCase(change(definition.tags)),
    },
    context,
  );
}

/**
 * Changes the tags of a resource through its own service.
 *
 * @throws AwsError - what that service says; InvalidParameterException for one
 *   of a service that tags nothing here.
 */
export async function changeTags(
  arn: string,
  change: { add?: Record<string, string>; remove?: string[] },
  context: CallContext,
): Promise<void> {
  const tagger = TAGGERS[arn.split(':')[2]];
  if (!tagger) {
    throw new AwsError(
      'InvalidParameterException',
      `Resources of ${arn} cannot be tagged here.`,
    );
  }
  if (change.add) {
    await tagger.tag(arn, change.add, context);
  }
  if (change.remove) {
    await tagger.untag(arn, change.remove, context);
  }
}

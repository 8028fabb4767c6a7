import type * as Sdk from '@aws-sdk/client-rds';
import { AwsError } from '../../world/aws/AwsError';
import { CallContext, Handlers } from './handlers';
import { readTags, tagList } from './rdsShapes';

/** Tags of whatever RDS has. */
export const rdsTagHandlers: Handlers<typeof Sdk> = {
  ListTagsForResource(input, context) {
    return { TagList: tagList(taggedBy(input.ResourceName!, context).tags) };
  },

  AddTagsToResource(input, context) {
    const found = taggedBy(input.ResourceName!, context);
    const added = readTags(input.Tags);
    const reserved = Object.keys(added).find(key => /^(aws|rds):/.test(key));
    if (reserved) {
      throw new AwsError(
        'InvalidParameterValue',
        `The tag key ${reserved} begins with a reserved prefix`,
      );
    }
    found.tags = { ...found.tags, ...added };
    context.aws.databases.changed();
    return {};
  },

  RemoveTagsFromResource(input, context) {
    const found = taggedBy(input.ResourceName!, context);
    found.tags = Object.fromEntries(
      Object.entries(found.tags).filter(
        ([key]) => !input.TagKeys!.includes(key),
      ),
    );
    context.aws.databases.changed();
    return {};
  },
};

/** Whatever carries an ARN of RDS. @throws AwsError - the fault of its kind, or InvalidParameterValue. */
function taggedBy(
  arn: string,
  context: CallContext,
): { tags: Record<string, string> } {
  const { databases } = context.aws;
  const match =
    /^arn:aws:rds:([a-z0-9-]*):(\d{12}):([a-z-]+):(.+)$/.exec(arn) ?? [];
  const [, region, accountId, kind] = match;
  const isHere =
    accountId === context.accountId && (!region || region === context.region);
  if (!isHere) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid resource name: ${arn}`,
    );
  }
  const lists: Record<string, () => { tags: Record<string, string> }> = {
    cluster: () => databases.getCluster(context, arn),
    db: () => databases.getInstance(context, arn),
    'global-cluster': () => databases.getGlobal(context, arn),
    'cluster-snapshot': () => {
      const found = databases.snapshots.find(item => item.arn === arn);
      if (!found) {
        throw new AwsError(
          'DBClusterSnapshotNotFoundFault',
          `DBClusterSnapshot ${arn} not found.`,
        );
      }
      return found;
    },
  };
  const find = kind && Object.hasOwn(lists, kind) ? lists[kind] : undefined;
  if (!find) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid resource name: ${arn}`,
    );
  }
  return find();
}

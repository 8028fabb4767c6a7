import type {
  FailureInfo,
  TagFilter,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import { CallContext, Handlers } from './handlers';
import { changeTags, TaggedResource, taggedResources } from './taggedResources';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;
const MOST_ARNS = 20;

/** AWS Resource Groups Tagging API: resources of all services by their tags. */
export const resourceGroupsTaggingHandlers: Handlers<
  typeof import('@aws-sdk/client-resource-groups-tagging-api')
> = {
  GetResources(input, context) {
    const { ResourceARNList, ResourceTypeFilters, TagFilters } = input;
    if (ResourceARNList && (ResourceTypeFilters || TagFilters)) {
      throw invalid(
        'ResourceARNList cannot be used together with TagFilters or ResourceTypeFilters',
      );
    }
    const found = taggedResources(context).filter(
      resource =>
        Object.keys(resource.tags).length > 0 &&
        (!ResourceARNList || ResourceARNList.includes(resource.arn)) &&
        (!ResourceTypeFilters ||
          ResourceTypeFilters.some(filter => isOfType(resource, filter))) &&
        (TagFilters ?? []).every(filter => hasTag(resource, filter)),
    );
    const page = pageOf(found, input.ResourcesPerPage, input.PaginationToken);
    return {
      ResourceTagMappingList: page.items.map(({ arn, tags }) => ({
        ResourceARN: arn,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
      // The last page has an empty token, not none.
      PaginationToken: page.nextToken ?? '',
    };
  },

  GetTagKeys(input, context) {
    const keys = new Set(
      taggedResources(context).flatMap(({ tags }) => Object.keys(tags)),
    );
    const page = pageOf([...keys].sort(), MAX_PAGE_SIZE, input.PaginationToken);
    return { TagKeys: page.items, PaginationToken: page.nextToken ?? '' };
  },

  GetTagValues(input, context) {
    const values = new Set(
      taggedResources(context).flatMap(({ tags }) => tags[input.Key!] ?? []),
    );
    const page = pageOf(
      [...values].sort(),
      MAX_PAGE_SIZE,
      input.PaginationToken,
    );
    return { TagValues: page.items, PaginationToken: page.nextToken ?? '' };
  },

  async TagResources(input, context) {
    const reserved = Object.keys(input.Tags!).find(key => /^aws:/i.test(key));
    if (reserved) {
      throw invalid(`aws: prefixed tag key names are not allowed: ${reserved}`);
    }
    return {
      FailedResourcesMap: await forEachArn(
        input.ResourceARNList!,
        { add: input.Tags },
        context,
      ),
    };
  },

  async UntagResources(input, context) {
    return {
      FailedResourcesMap: await forEachArn(
        input.ResourceARNList!,
        { remove: input.TagKeys },
        context,
      ),
    };
  },
};

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

function isOfType({ type }: TaggedResource, filter: string): boolean {
  return filter.includes(':') ? type === filter : type.startsWith(`${filter}:`);
}

/** Without values any will do. */
function hasTag({ tags }: TaggedResource, { Key, Values }: TagFilter): boolean {
  const value = tags[Key!];
  return value !== undefined && (!Values?.length || Values.includes(value));
}

/** Changes one after another; what fails is told, the rest goes on. */
async function forEachArn(
  arns: string[],
  change: Parameters<typeof changeTags>[1],
  context: CallContext,
): Promise<Record<string, FailureInfo>> {
  if (arns.length === 0 || arns.length > MOST_ARNS) {
    throw invalid(`ResourceARNList must have 1 to ${MOST_ARNS} items`);
  }
  const failed: Record<string, FailureInfo> = {};
  for (const arn of arns) {
    try {
      await changeTags(arn, change, context);
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      failed[arn] = {
        StatusCode: error.status,
        ErrorCode: 'InvalidParameterException',
        ErrorMessage: error.message,
      };
    }
  }
  return failed;
}

function pageOf<T>(
  items: T[],
  size: number | undefined,
  token: string | undefined,
) {
  const wanted = size ?? DEFAULT_PAGE_SIZE;
  if (wanted < 1 || wanted > MAX_PAGE_SIZE) {
    throw invalid(`ResourcesPerPage must be between 1 and ${MAX_PAGE_SIZE}`);
  }
  return paginate<T>(items, {
    token: token || undefined,
    size: wanted,
    tokenError: new AwsError(
      'PaginationTokenExpiredException',
      'A PaginationToken is valid for a maximum of 15 minutes. Your request was denied because the specified PaginationToken has expired.',
    ),
  });
}

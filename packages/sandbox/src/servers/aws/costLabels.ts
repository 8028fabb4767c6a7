import type {
  GetDimensionValuesCommandInput,
  GetTagsCommandInput,
} from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { CostModel } from '../../world/aws/CostModel';
import { CostLine } from '../../world/aws/costs/CostLine';
import { unitsBetween } from '../../world/aws/costs/spend';
import { paginate } from '../../world/aws/paginate';
import { dimensionOf } from './costFilter';
import { invalid, readMetrics, readRange } from './costInput';
import { accountName, TAG_ABSENT, visibleLines } from './costLines';
import { CallContext, Handlers } from './handlers';

// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetTags.html
const MOST_RESULTS = 1_000;

/** What costs are labelled with: tags, and values of dimensions. */
export const costLabelHandlers: Handlers<
  typeof import('@aws-sdk/client-cost-explorer')
> = {
  GetTags(input, context) {
    const key = input.TagKey;
    const page = labelsPage(input, context, ({ tags }) =>
      key ? [tags[key] ?? TAG_ABSENT] : Object.keys(tags),
    );
    return {
      Tags: page.items,
      ReturnSize: page.items.length,
      TotalSize: page.total,
      NextPageToken: page.nextToken,
    };
  },

  GetDimensionValues(input, context) {
    const page = labelsPage(input, context, line => [
      dimensionOf(line, input.Dimension!),
    ]);
    return {
      DimensionValues: page.items.map(Value => ({
        Value,
        ...(input.Dimension === 'LINKED_ACCOUNT' && {
          Attributes: { description: accountName(Value, context) },
        }),
      })),
      ReturnSize: page.items.length,
      TotalSize: page.total,
      NextPageToken: page.nextToken,
    };
  },
};

/** Labels of what cost something in the period: by name, or by cost where that is asked for, which may be cut into pages. */
function labelsPage(
  input: GetTagsCommandInput | GetDimensionValuesCommandInput,
  context: CallContext,
  labelsOf: (line: CostLine) => string[],
) {
  const { startDay, endDay } = readRange(input.TimePeriod!, context);
  const { costs } = context.aws;
  const [by] = input.SortBy ?? [];
  const units = new Map<string, number>();
  for (const line of visibleLines(context, input.Filter)) {
    const ofLine = by
      ? unitsBetween(costs, [line], startDay, endDay)
      : firstUnits(costs, line, startDay, endDay);
    if (ofLine > 0) {
      for (const label of labelsOf(line)) {
        units.set(label, (units.get(label) ?? 0) + ofLine);
      }
    }
  }
  const found = [...units.keys()]
    .filter(label => label.includes(input.SearchString ?? ''))
    .sort();
  if (by) {
    readMetrics([by.Key!]);
    const direction = by.SortOrder === 'ASCENDING' ? 1 : -1;
    found.sort((a, b) => direction * (units.get(a)! - units.get(b)!));
  }
  const size = input.MaxResults ?? MOST_RESULTS;
  if (size < 1) {
    throw invalid(`MaxResults must be at least 1, not ${size}`);
  }
  const page = paginate(found, {
    token: input.NextPageToken,
    // Only what is sorted is cut, as in AWS.
    size: by ? Math.min(size, MOST_RESULTS) : found.length || 1,
    tokenError: new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid. Try again without a pagination token.',
    ),
  });
  return { ...page, total: found.length };
}

/** Cost of the first day that cost anything, in units; 0 when none did. */
function firstUnits(
  costs: CostModel,
  line: CostLine,
  startDay: number,
  endDay: number,
): number {
  for (let day = startDay; day < endDay; day += 1) {
    const units = costs.unitsOn(line, day);
    if (units > 0) {
      return units;
    }
  }
  return 0;
}

import type {
  GetCostAndUsageCommandInput,
  GetCostAndUsageWithResourcesCommandInput,
  Group,
  GroupDefinition,
  MetricValue,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { CostLine, UNITS_PER_DOLLAR } from '../../world/aws/costs/CostLine';
import { monthOf, unitsToText } from '../../world/aws/costs/spend';
import { paginate } from '../../world/aws/paginate';
import { dimensionOf } from './costFilter';
import {
  invalid,
  readGranularity,
  readGroupBy,
  readHours,
  readMetrics,
  readPeriod,
  readRange,
  USAGE_METRICS,
} from './costInput';
import {
  accountName,
  distinct,
  TAG_ABSENT,
  toInterval,
  visibleLines,
} from './costLines';
import { CostPeriod, periodsOf } from './costPeriods';
import { CallContext, Handlers } from './handlers';

// Cost Explorer does not publish its page size; what matters is that there is one.
const GROUPS_PER_PAGE = 2_000;
// Data by resource are kept for two weeks.
const RESOURCE_DAYS = 14;

/** Costs and usage. All cost metrics are equal here: there are no savings plans and no credits. */
export const costUsageHandlers: Handlers<
  typeof import('@aws-sdk/client-cost-explorer')
> = {
  GetCostAndUsage(input, context) {
    return costAndUsage(input, context);
  },

  GetCostAndUsageWithResources(input, context) {
    const range = readPeriod(input.TimePeriod!);
    if (range.startDay < context.aws.costs.today() - RESOURCE_DAYS) {
      throw invalid(
        `Data at the resource level is available for the last ${RESOURCE_DAYS} days only`,
      );
    }
    return costAndUsage(input, context);
  },
};

function costAndUsage(
  input: GetCostAndUsageCommandInput | GetCostAndUsageWithResourcesCommandInput,
  context: CallContext,
) {
  const granularity = readGranularity(input.Granularity);
  const periods =
    granularity === 'HOURLY'
      ? readHours(input.TimePeriod!, context)
      : periodsOf(readRange(input.TimePeriod!, context), granularity);
  const metrics = readMetrics(input.Metrics!);
  const groupBy = readGroupBy(input.GroupBy);
  const lines = visibleLines(context, input.Filter);
  const keyed = lines.map(line => ({
    line,
    key: groupBy.map(definition => groupKey(line, definition)).join('\n'),
  }));

  const first = pageOfPeriods(periods, input.NextPageToken, 1).start;
  const monthStart = monthOf(context.aws.clock.now()).startDay;
  const results: ResultByTime[] = [];
  let groupCount = 0;
  // Whole periods, at least one, until the page is full.
  for (
    let index = first;
    index < periods.length && groupCount < GROUPS_PER_PAGE;
    index += 1
  ) {
    const period = periods[index];
    const groups = sumByGroup(keyed, context, period);
    const total = emptySum();
    groups.forEach(sum => addSum(total, sum));
    groupCount += groups.size;
    results.push({
      TimePeriod: toInterval(period),
      Total: groupBy.length > 0 ? {} : amounts(metrics, total),
      Groups:
        groupBy.length > 0
          ? [...groups]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(
                ([key, sum]): Group => ({
                  Keys: key.split('\n'),
                  Metrics: amounts(metrics, sum),
                }),
              )
          : [],
      // A month stays an estimate until its bill is made.
      Estimated: period.endDay > monthStart,
    });
  }
  const page = pageOfPeriods(periods, input.NextPageToken, results.length);
  return {
    GroupDefinitions: groupBy.length > 0 ? groupBy : undefined,
    ResultsByTime: results,
    NextPageToken: page.nextToken,
    DimensionValueAttributes: accountNames(lines, groupBy, context),
  };
}

/** Cost in units, usage in its own, and the units of usage that went into it. */
interface CostSum {
  units: number;
  usage: number;
  usageUnits: Set<string>;
}

function emptySum(): CostSum {
  return { units: 0, usage: 0, usageUnits: new Set() };
}

function addSum(sum: CostSum, other: CostSum): void {
  sum.units += other.units;
  sum.usage += other.usage;
  other.usageUnits.forEach(unit => sum.usageUnits.add(unit));
}

function sumByGroup(
  keyed: Array<{ line: CostLine; key: string }>,
  { aws }: CallContext,
  { startDay, endDay, hour }: CostPeriod,
): Map<string, CostSum> {
  const sums = new Map<string, CostSum>();
  for (const { line, key } of keyed) {
    const units =
      hour === undefined
        ? aws.costs.unitsBetween(line, startDay, endDay)
        : aws.costs.unitsInHour(line, hour);
    if (units > 0) {
      const sum = sums.get(key) ?? emptySum();
      sum.units += units;
      sum.usage += units / UNITS_PER_DOLLAR / line.price;
      sum.usageUnits.add(line.unit);
      sums.set(key, sum);
    }
  }
  return sums;
}

/** `Key$value` for a tag, with nothing after the `$` where it is absent. */
function groupKey(line: CostLine, { Type, Key }: GroupDefinition): string {
  return Type === 'TAG'
    ? `${Key}$${line.tags[Key!] ?? TAG_ABSENT}`
    : dimensionOf(line, Key!);
}

/** Usage of several units adds up to a number that says nothing; its unit is `N/A`, as in AWS. */
function amounts(
  metrics: string[],
  { units, usage, usageUnits }: CostSum,
): Record<string, MetricValue> {
  const Amount = unitsToText(units);
  return Object.fromEntries(
    metrics.map(metric => [
      metric,
      USAGE_METRICS.includes(metric)
        ? {
            Amount: usage.toFixed(10).replace(/\.?0+$/, ''),
            Unit: usageUnits.size === 1 ? [...usageUnits][0] : 'N/A',
          }
        : { Amount, Unit: 'USD' },
    ]),
  );
}

function pageOfPeriods(
  periods: CostPeriod[],
  token: string | undefined,
  size: number,
) {
  return paginate(periods, {
    token,
    size,
    tokenError: new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid. Try again without a pagination token.',
    ),
  });
}

function accountNames(
  lines: CostLine[],
  groupBy: GroupDefinition[],
  context: CallContext,
) {
  return groupBy.some(({ Key }) => Key === 'LINKED_ACCOUNT')
    ? distinct(lines.map(({ accountId }) => accountId)).map(Value => ({
        Value,
        Attributes: { description: accountName(Value, context) },
      }))
    : [];
}

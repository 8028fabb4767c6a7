import type {
  DateInterval,
  Expression,
  ForecastResult,
  GetCostAndUsageCommandInput,
  GetCostAndUsageWithResourcesCommandInput,
  GetCostForecastCommandInput,
  GetUsageForecastCommandInput,
  Group,
  GroupDefinition,
  MetricValue,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { CostLine, UNITS_PER_DOLLAR } from '../../world/aws/costs/CostLine';
import { monthOf, unitsToText } from '../../world/aws/costs/spend';
import { paginate } from '../../world/aws/paginate';
import { costFilter, dimensionOf } from './costFilter';
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
  CostPeriod,
  dayToText,
  Granularity,
  hourToText,
  periodsOf,
} from './costPeriods';
import { CallContext, Handlers } from './handlers';

const FORECAST_METRICS = [
  'BLENDED_COST',
  'UNBLENDED_COST',
  'AMORTIZED_COST',
  'NET_AMORTIZED_COST',
  'NET_UNBLENDED_COST',
];
// Cost Explorer does not publish its page size; what matters is that there is one.
const GROUPS_PER_PAGE = 2_000;
// Data by resource are kept for two weeks.
const RESOURCE_DAYS = 14;
// Width of the prediction interval at 80 %, as a share of the mean.
const FORECAST_SPREAD = 0.08;
const DEFAULT_PREDICTION_LEVEL = 80;
const TAG_ABSENT = '';

/**
 * Costs, usage and their forecasts. All cost metrics are equal here: there are
 * no savings plans and no credits.
 */
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

  GetCostForecast(input, context) {
    const granularity = readGranularity(input.Granularity);
    if (!FORECAST_METRICS.includes(input.Metric!)) {
      throw invalid(
        `Metric ${
          input.Metric
        } is not in the sandbox; it has ${FORECAST_METRICS.join(', ')}`,
      );
    }
    const { total, results } = forecast(input, granularity, context, units =>
      unitsToText(Math.round(units)),
    );
    return {
      Total: { Amount: unitsToText(Math.round(total)), Unit: 'USD' },
      ForecastResultsByTime: results,
    };
  },

  GetUsageForecast(input, context) {
    const granularity = readGranularity(input.Granularity);
    if (input.Metric !== 'USAGE_QUANTITY') {
      throw invalid(`Metric ${input.Metric} is not USAGE_QUANTITY`);
    }
    const lines = visibleLines(context, input.Filter);
    const units = distinct(lines.map(({ unit }) => unit));
    if (!input.Filter || units.length > 1) {
      throw invalid(
        'A usage forecast needs a filter that leaves usage of one unit, such as one USAGE_TYPE',
      );
    }
    const { total, results } = forecast(
      input,
      granularity,
      context,
      quantity => quantity.toFixed(6),
      ({ price }) => 1 / (price * UNITS_PER_DOLLAR),
    );
    return {
      Total: { Amount: total.toFixed(6), Unit: units[0] ?? 'N/A' },
      ForecastResultsByTime: results,
    };
  },

  GetTags(input, context) {
    const lines = visibleLines(context, input.Filter).filter(
      linesWithCost(context, readRange(input.TimePeriod!, context)),
    );
    const values = input.TagKey
      ? lines.map(({ tags }) => tags[input.TagKey!] ?? TAG_ABSENT)
      : lines.flatMap(({ tags }) => Object.keys(tags));
    const found = distinct(values).filter(value =>
      value.includes(input.SearchString ?? ''),
    );
    return {
      Tags: found,
      ReturnSize: found.length,
      TotalSize: found.length,
    };
  },

  GetDimensionValues(input, context) {
    const lines = visibleLines(context, input.Filter).filter(
      linesWithCost(context, readRange(input.TimePeriod!, context)),
    );
    const found = distinct(
      lines.map(line => dimensionOf(line, input.Dimension!)),
    ).filter(value => value.includes(input.SearchString ?? ''));
    return {
      DimensionValues: found.map(Value => ({
        Value,
        ...(input.Dimension === 'LINKED_ACCOUNT' && {
          Attributes: { description: accountName(Value, context) },
        }),
      })),
      ReturnSize: found.length,
      TotalSize: found.length,
    };
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
    const groups = sumByGroup(lines, groupBy, context, period);
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

/** Sums of a forecast by period, each line weighed: by 1 for cost, by its price for usage. */
function forecast(
  input: GetCostForecastCommandInput | GetUsageForecastCommandInput,
  granularity: Granularity,
  context: CallContext,
  format: (value: number) => string,
  weigh: (line: CostLine) => number = () => 1,
): { total: number; results: ForecastResult[] } {
  if (granularity === 'HOURLY') {
    throw invalid('Granularity HOURLY is not DAILY or MONTHLY');
  }
  const range = readPeriod(input.TimePeriod!);
  if (range.startDay < context.aws.costs.today()) {
    throw invalid(
      `Start date must not be in the past; today is ${dayToText(
        context.aws.costs.today(),
      )}`,
    );
  }
  const lines = visibleLines(context, input.Filter);
  const level = input.PredictionIntervalLevel ?? DEFAULT_PREDICTION_LEVEL;
  const spread = (FORECAST_SPREAD * level) / DEFAULT_PREDICTION_LEVEL;
  let total = 0;
  const results = periodsOf(range, granularity).map(
    (period): ForecastResult => {
      let sum = 0;
      for (let day = period.startDay; day < period.endDay; day += 1) {
        for (const line of lines) {
          sum += context.aws.costs.forecastUnitsOn(line, day) * weigh(line);
        }
      }
      total += sum;
      return {
        TimePeriod: toInterval(period),
        MeanValue: format(sum),
        PredictionIntervalLowerBound: format(sum * (1 - spread)),
        PredictionIntervalUpperBound: format(sum * (1 + spread)),
      };
    },
  );
  return { total, results };
}

function visibleLines(
  context: CallContext,
  filter: Expression | undefined,
): CostLine[] {
  const matches = costFilter(filter);
  return context.aws.costs.linesFor(context.accountId).filter(matches);
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
  lines: CostLine[],
  groupBy: GroupDefinition[],
  { aws }: CallContext,
  { startDay, endDay, hour }: CostPeriod,
): Map<string, CostSum> {
  const sums = new Map<string, CostSum>();
  const lastDay = Math.min(endDay, aws.costs.today() + 1);
  for (const line of lines) {
    let units = 0;
    if (hour === undefined) {
      for (let day = startDay; day < lastDay; day += 1) {
        units += aws.costs.unitsOn(line, day);
      }
    } else {
      units = aws.costs.unitsInHour(line, hour);
    }
    if (units > 0) {
      const key = groupBy
        .map(definition => groupKey(line, definition))
        .join('\n');
      const sum = sums.get(key) ?? emptySum();
      addSum(sum, {
        units,
        usage: units / UNITS_PER_DOLLAR / line.price,
        usageUnits: new Set([line.unit]),
      });
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

function toInterval({ startDay, endDay, hour }: CostPeriod): DateInterval {
  if (hour !== undefined) {
    return { Start: hourToText(hour), End: hourToText(hour + 1) };
  }
  return { Start: dayToText(startDay), End: dayToText(endDay) };
}

function accountName(id: string, { aws }: CallContext): string {
  return aws.accounts.find(account => account.id === id)?.name ?? id;
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

function linesWithCost(
  { aws }: CallContext,
  { startDay, endDay }: CostPeriod,
): (line: CostLine) => boolean {
  return line => {
    for (let day = startDay; day < endDay; day += 1) {
      if (aws.costs.unitsOn(line, day) > 0) {
        return true;
      }
    }
    return false;
  };
}

function distinct(values: string[]): string[] {
  return [...new Set(values)].sort();
}

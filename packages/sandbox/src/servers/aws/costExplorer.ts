import type {
  DateInterval,
  Expression,
  ForecastResult,
  Group,
  GroupDefinition,
  MetricValue,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { CostLine, UNITS_PER_DOLLAR } from '../../world/aws/CostModel';
import { paginate } from '../../world/aws/paginate';
import { costFilter, dimensionOf } from './costFilter';
import { CallContext, Handlers } from './handlers';
import {
  dayFromText,
  dayToText,
  periodsOf,
  CostPeriod,
  Granularity,
} from './costPeriods';

const COST_METRICS = [
  'BlendedCost',
  'UnblendedCost',
  'AmortizedCost',
  'NetAmortizedCost',
  'NetUnblendedCost',
];
const FORECAST_METRICS = [
  'BLENDED_COST',
  'UNBLENDED_COST',
  'AMORTIZED_COST',
  'NET_AMORTIZED_COST',
  'NET_UNBLENDED_COST',
];
const MAX_GROUP_BY = 2;
// Cost Explorer does not publish its page size; what matters is that there is one.
const GROUPS_PER_PAGE = 2_000;
const HISTORY_MONTHS = 14;
// Width of the prediction interval at 80 %, as a share of the mean.
const FORECAST_SPREAD = 0.08;
const DEFAULT_PREDICTION_LEVEL = 80;
const TAG_ABSENT = '';

/**
 * AWS Cost Explorer. All cost metrics are equal here: there are no savings plans
 * and no credits.
 */
export const costExplorerHandlers: Handlers<
  typeof import('@aws-sdk/client-cost-explorer')
> = {
  GetCostAndUsage(input, context) {
    const granularity = readGranularity(input.Granularity);
    const periods = periodsOf(
      readRange(input.TimePeriod!, context),
      granularity,
    );
    const metrics = readMetrics(input.Metrics!);
    const groupBy = readGroupBy(input.GroupBy);
    const lines = visibleLines(context, input.Filter);
    const today = context.aws.costs.today();

    const results = periods.map((period): ResultByTime => {
      const groups = sumByGroup(lines, groupBy, context, period);
      const total = [...groups.values()].reduce((sum, units) => sum + units, 0);
      return {
        TimePeriod: toInterval(period),
        Total: groupBy.length > 0 ? {} : amounts(metrics, total),
        Groups:
          groupBy.length > 0
            ? [...groups]
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(
                  ([key, units]): Group => ({
                    Keys: key.split('\n'),
                    Metrics: amounts(metrics, units),
                  }),
                )
            : [],
        Estimated: period.endDay > today,
      };
    });
    const page = pageOfResults(results, input.NextPageToken);
    return {
      GroupDefinitions: groupBy.length > 0 ? groupBy : undefined,
      ResultsByTime: page.items,
      NextPageToken: page.nextToken,
      DimensionValueAttributes: accountNames(lines, groupBy, context),
    };
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
        let units = 0;
        for (let day = period.startDay; day < period.endDay; day += 1) {
          for (const line of lines) {
            units += context.aws.costs.forecastUnitsOn(line, day);
          }
        }
        total += units;
        return {
          TimePeriod: toInterval(period),
          MeanValue: formatUnits(units),
          PredictionIntervalLowerBound: formatUnits(
            Math.round(units * (1 - spread)),
          ),
          PredictionIntervalUpperBound: formatUnits(
            Math.round(units * (1 + spread)),
          ),
        };
      },
    );
    return {
      Total: { Amount: formatUnits(total), Unit: 'USD' },
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

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function readGranularity(text: string | undefined): Granularity {
  if (text === 'DAILY' || text === 'MONTHLY') {
    return text;
  }
  throw invalid(
    text === 'HOURLY'
      ? 'Hourly data is not enabled for this account'
      : `Granularity ${text} is not DAILY or MONTHLY`,
  );
}

function readPeriod({ Start, End }: DateInterval): CostPeriod {
  const startDay = dayFromText(Start!);
  const endDay = dayFromText(End!);
  for (const [name, text, day] of [
    ['start', Start, startDay],
    ['end', End, endDay],
  ] as const) {
    if (day === undefined) {
      throw invalid(
        `Invalid ${name} date ${text}: dates are written yyyy-MM-dd`,
      );
    }
  }
  if (startDay! >= endDay!) {
    throw invalid('Start date (and hour) should be before end date (and hour)');
  }
  return { startDay: startDay!, endDay: endDay! };
}

/** A period of the past; as far as Cost Explorer looks back, and to the end of this month at most. */
function readRange(interval: DateInterval, { aws }: CallContext): CostPeriod {
  const range = readPeriod(interval);
  const now = aws.clock.now();
  const month = (offset: number) =>
    Math.floor(
      Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1) /
        86_400_000,
    );
  if (range.startDay < month(-HISTORY_MONTHS)) {
    throw invalid(
      `You haven't enabled historical data beyond ${HISTORY_MONTHS} months`,
    );
  }
  if (range.endDay > month(1)) {
    throw invalid('end date past the beginning of next month');
  }
  return range;
}

function readMetrics(metrics: string[]): string[] {
  const unknown = metrics.find(metric => !COST_METRICS.includes(metric));
  if (unknown || metrics.length === 0) {
    throw invalid(
      `Metric ${
        unknown ?? '(none)'
      } is not in the sandbox; it has ${COST_METRICS.join(', ')}`,
    );
  }
  return metrics;
}

function readGroupBy(
  groupBy: GroupDefinition[] | undefined,
): GroupDefinition[] {
  const definitions = groupBy ?? [];
  if (definitions.length > MAX_GROUP_BY) {
    throw invalid(`You can only group by at most ${MAX_GROUP_BY} dimensions`);
  }
  for (const { Type, Key } of definitions) {
    if (Type !== 'TAG' && Type !== 'DIMENSION') {
      throw invalid(
        `GroupBy type ${Type} is not in the sandbox; it has DIMENSION and TAG`,
      );
    }
    if (!Key) {
      throw invalid('GroupBy needs a Key');
    }
  }
  return definitions;
}

function visibleLines(
  context: CallContext,
  filter: Expression | undefined,
): CostLine[] {
  const matches = costFilter(filter);
  return context.aws.costs.linesFor(context.accountId).filter(matches);
}

function sumByGroup(
  lines: CostLine[],
  groupBy: GroupDefinition[],
  { aws }: CallContext,
  { startDay, endDay }: CostPeriod,
): Map<string, number> {
  const sums = new Map<string, number>();
  const lastDay = Math.min(endDay, aws.costs.today() + 1);
  for (const line of lines) {
    let units = 0;
    for (let day = startDay; day < lastDay; day += 1) {
      units += aws.costs.unitsOn(line, day);
    }
    if (units > 0) {
      const key = groupBy
        .map(definition => groupKey(line, definition))
        .join('\n');
      sums.set(key, (sums.get(key) ?? 0) + units);
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

function amounts(
  metrics: string[],
  units: number,
): Record<string, MetricValue> {
  const Amount = formatUnits(units);
  return Object.fromEntries(
    metrics.map(metric => [metric, { Amount, Unit: 'USD' }]),
  );
}

function formatUnits(units: number): string {
  const whole = Math.floor(units / UNITS_PER_DOLLAR);
  const rest = String(units % UNITS_PER_DOLLAR).padStart(8, '0');
  return `${whole}.${rest}`.replace(/\.?0+$/, '') || '0';
}

/** Whole periods, at least one, up to the number of groups that a page holds. */
function pageOfResults(results: ResultByTime[], token: string | undefined) {
  const largest = Math.max(1, ...results.map(({ Groups }) => Groups!.length));
  return paginate(results, {
    token,
    size: Math.max(1, Math.floor(GROUPS_PER_PAGE / largest)),
    tokenError: new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid. Try again without a pagination token.',
    ),
  });
}

function toInterval({ startDay, endDay }: CostPeriod): DateInterval {
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

import type {
  DateInterval,
  GroupDefinition,
} from '@aws-sdk/client-cost-explorer';
import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';
import {
  CostPeriod,
  dayFromText,
  Granularity,
  hourFromText,
  hoursOf,
} from './costPeriods';
import { CallContext } from './handlers';

/** Metrics that are amounts of usage, not of money. */
export const USAGE_METRICS = ['UsageQuantity', 'NormalizedUsageAmount'];
const METRICS = [
  'BlendedCost',
  'UnblendedCost',
  'AmortizedCost',
  'NetAmortizedCost',
  'NetUnblendedCost',
  ...USAGE_METRICS,
];
const MAX_GROUP_BY = 2;
const HISTORY_MONTHS = 14;
const HOURLY_DAYS = 14;
const DEFAULT_PAGE = 100;

/** As Cost Explorer words most refusals. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** HOURLY, DAILY or MONTHLY. @throws AwsError - ValidationException. */
export function readGranularity(text: string | undefined): Granularity {
  if (text === 'HOURLY' || text === 'DAILY' || text === 'MONTHLY') {
    return text;
  }
  throw invalid(`Granularity ${text} is not HOURLY, DAILY or MONTHLY`);
}

/** Hours of the last two weeks, as far back as AWS keeps them. @throws AwsError - ValidationException. */
export function readHours(
  { Start, End }: DateInterval,
  { aws }: CallContext,
): CostPeriod[] {
  const start = hourFromText(Start!);
  const end = hourFromText(End!);
  if (start === undefined || end === undefined) {
    throw invalid(
      'Hourly data need times written yyyy-MM-ddThh:mm:ssZ, on the hour',
    );
  }
  if (start >= end) {
    throw invalid('Start date (and hour) should be before end date (and hour)');
  }
  if (start < (aws.costs.today() - HOURLY_DAYS) * 24) {
    throw invalid(
      `You haven't enabled historical data beyond ${HOURLY_DAYS} days`,
    );
  }
  return hoursOf(start, end);
}

/** Days from start to end, the end excluded. @throws AwsError - ValidationException. */
export function readPeriod({ Start, End }: DateInterval): CostPeriod {
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
export function readRange(
  interval: DateInterval,
  { aws }: CallContext,
): CostPeriod {
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

/** @throws AwsError - ValidationException for none or unknown ones. */
export function readMetrics(metrics: string[]): string[] {
  const unknown = metrics.find(metric => !METRICS.includes(metric));
  if (unknown || metrics.length === 0) {
    throw invalid(
      `Metric ${
        unknown ?? '(none)'
      } is not in the sandbox; it has ${METRICS.join(', ')}`,
    );
  }
  return metrics;
}

/** At most two. @throws AwsError - ValidationException. */
export function readGroupBy(
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

/** A page of 100 unless told. @throws AwsError - InvalidNextTokenException. */
export function pageOf<T>(
  items: T[],
  {
    MaxResults,
    NextPageToken,
  }: { MaxResults?: number; NextPageToken?: string },
) {
  return paginate(items, {
    token: NextPageToken,
    size: MaxResults ?? DEFAULT_PAGE,
    tokenError: new AwsError(
      'InvalidNextTokenException',
      'The pagination token is invalid. Try again without a pagination token.',
    ),
  });
}

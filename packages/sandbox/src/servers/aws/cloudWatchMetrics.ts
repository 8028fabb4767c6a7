import type {
  Datapoint as DatapointShape,
  MessageData,
  MetricDataResult,
  MetricDatum,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws/AwsError';
import { TimeSeries } from '../../world/aws/math/MathValue';
import { runMetricQueries } from '../../world/aws/math/runMetricQueries';
import { statisticOf } from '../../world/aws/math/statistics';
import { StatisticSet } from '../../world/aws/MetricStore';
import { paginate } from '../../world/aws/paginate';
import {
  checkPeriod,
  checkStatistic,
  describeDimensions,
  readMetricId,
  readQueries,
} from './cloudWatchShapes';
import { Handlers } from './handlers';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const MAX_STATISTICS_DATAPOINTS = 1_440;
const LIST_PAGE_SIZE = 500;
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
const OLDEST_DATUM_MS = 14 * 86_400_000;
const NEWEST_DATUM_MS = 2 * 3_600_000;

/** Amazon CloudWatch metrics. */
export const cloudWatchMetricHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudwatch')
> = {
  GetMetricData(input, context) {
    const startMs = input.StartTime!.getTime();
    const endMs = input.EndTime!.getTime();
    checkRange(startMs, endMs);
    if (input.MetricDataQueries!.length > MAX_QUERIES) {
      throw new AwsError(
        'ValidationError',
        `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`,
      );
    }
    const found = runMetricQueries(
      context.aws.metrics,
      context,
      readQueries(input.MetricDataQueries!),
      { startMs, endMs },
    );
    const newestFirst = input.ScanBy !== 'TimestampAscending';
    const results = [...found].flatMap(([id, series]) =>
      series.map(item => toResult(id, item, newestFirst)),
    );
    return cutToPage(
      results,
      Math.min(input.MaxDatapoints ?? MAX_DATAPOINTS, MAX_DATAPOINTS),
      input.NextToken,
    );
  },

  GetMetricStatistics(input, context) {
    const startMs = input.StartTime!.getTime();
    const endMs = input.EndTime!.getTime();
    checkRange(startMs, endMs);
    checkPeriod(input.Period!);
    const statistics = input.Statistics ?? [];
    const percentiles = input.ExtendedStatistics ?? [];
    [...statistics, ...percentiles].forEach(checkStatistic);
    if (statistics.length + percentiles.length === 0) {
      throw new AwsError(
        'InvalidParameterCombination',
        'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
      );
    }
    const asked = Math.ceil((endMs - startMs) / (input.Period! * 1000));
    if (asked > MAX_STATISTICS_DATAPOINTS) {
      throw new AwsError(
        'InvalidParameterCombination',
        `You have requested up to ${asked} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    }
    const id = readMetricId(
      input.Namespace!,
      input.MetricName!,
      input.Dimensions,
    );
    const unit = context.aws.metrics.unitOf(context, id);
    const points =
      input.Unit && input.Unit !== unit
        ? []
        : context.aws.metrics.read(context, id, {
            startMs,
            endMs,
            periodSeconds: input.Period!,
          });
    return {
      Label: input.MetricName,
      Datapoints: points.map(point => ({
        Timestamp: new Date(point.startMs),
        Unit: (unit ?? 'None') as DatapointShape['Unit'],
        ...Object.fromEntries(
          statistics.map(name => [name, statisticOf(point, name)]),
        ),
        ...(percentiles.length > 0 && {
          ExtendedStatistics: Object.fromEntries(
            percentiles.map(name => [name, statisticOf(point, name)]),
          ),
        }),
      })),
    };
  },

  ListMetrics(input, context) {
    const found = context.aws.metrics
      .list(context)
      .filter(
        ({ namespace, name, dimensions }) =>
          (!input.Namespace || namespace === input.Namespace) &&
          (!input.MetricName || name === input.MetricName) &&
          (input.Dimensions ?? []).every(({ Name, Value }) =>
            Value === undefined
              ? Name! in dimensions
              : dimensions[Name!] === Value,
          ),
      );
    const page = paginate(found, {
      token: input.NextToken,
      size: LIST_PAGE_SIZE,
      tokenError: new AwsError('InvalidParameterValue', 'Invalid NextToken'),
    });
    return {
      Metrics: page.items.map(id => ({
        Namespace: id.namespace,
        MetricName: id.name,
        Dimensions: describeDimensions(id),
      })),
      NextToken: page.nextToken,
    };
  },

  PutMetricData(input, context) {
    if (input.Namespace!.startsWith('AWS/')) {
      throw new AwsError(
        'InvalidParameterValue',
        'The value AWS/ for parameter Namespace is invalid: names that begin so are reserved.',
      );
    }
    const nowMs = context.aws.clock.now().getTime();
    const data = (input.MetricData ?? []).map((datum, index) => {
      checkTimestamp(datum, index, nowMs);
      return { datum, values: valuesOf(datum) };
    });
    for (const { datum, values } of data) {
      context.aws.metrics.put(
        context,
        readMetricId(input.Namespace!, datum.MetricName!, datum.Dimensions),
        {
          atMs: datum.Timestamp?.getTime() ?? nowMs,
          unit: datum.Unit,
          values,
        },
      );
    }
    return {};
  },
};

function checkTimestamp(
  { Timestamp }: MetricDatum,
  index: number,
  nowMs: number,
): void {
  const atMs = Timestamp?.getTime() ?? nowMs;
  const refuse = (limit: string) =>
    new AwsError(
      'InvalidParameterValue',
      `The parameter MetricData.member.${
        index + 1
      }.Timestamp must specify a time ${limit}.`,
    );
  if (atMs < nowMs - OLDEST_DATUM_MS) {
    throw refuse('within the past two weeks');
  }
  if (atMs > nowMs + NEWEST_DATUM_MS) {
    throw refuse('no more than two hours in the future');
  }
}

function checkRange(startMs: number, endMs: number): void {
  if (startMs >= endMs) {
    throw new AwsError(
      'ValidationError',
      'The parameter StartTime must be less than the parameter EndTime.',
    );
  }
}

function toResult(
  id: string,
  { label, points }: TimeSeries,
  newestFirst: boolean,
): MetricDataResult {
  const sorted = [...points];
  if (newestFirst) {
    sorted.reverse();
  }
  return {
    Id: id,
    Label: label,
    Timestamps: sorted.map(([atMs]) => new Date(atMs)),
    Values: sorted.map(([, value]) => value),
    StatusCode: 'Complete',
  };
}

/** Deals out datapoints up to the limit; a series that does not fit is `PartialData` and goes on in the next page. */
function cutToPage(
  results: MetricDataResult[],
  limit: number,
  token: string | undefined,
): {
  MetricDataResults: MetricDataResult[];
  Messages: MessageData[];
  NextToken: string | undefined;
} {
  const total = results.reduce((sum, { Values }) => sum + Values!.length, 0);
  const { items, start, nextToken } = paginate(new Array<void>(total), {
    token,
    size: limit,
    tokenError: new AwsError('InvalidNextToken', 'The NextToken is invalid.'),
  });
  const end = start + items.length;
  const page: MetricDataResult[] = [];
  let position = 0;
  for (const result of results) {
    const count = result.Values!.length;
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, count);
    if (to > from) {
      page.push({
        ...result,
        Timestamps: result.Timestamps!.slice(from, to),
        Values: result.Values!.slice(from, to),
        StatusCode: to < count ? 'PartialData' : 'Complete',
      });
    } else if (count === 0 && !token) {
      page.push(result);
    }
    position += count;
  }
  return { MetricDataResults: page, Messages: [], NextToken: nextToken };
}

/** What a datum says, whichever of the three ways it says it. */
function valuesOf(datum: MetricDatum): StatisticSet {
  if (datum.StatisticValues) {
    const { Sum, SampleCount, Minimum, Maximum } = datum.StatisticValues;
    return {
      sum: Sum!,
      count: SampleCount!,
      minimum: Minimum!,
      maximum: Maximum!,
    };
  }
  const values =
    datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
  if (values.length === 0) {
    throw new AwsError(
      'MissingParameter',
      `The parameter Value, Values or StatisticValues is required for ${datum.MetricName}.`,
    );
  }
  const counts = datum.Counts ?? values.map(() => 1);
  return {
    sum: values.reduce((sum, value, index) => sum + value * counts[index], 0),
    count: counts.reduce((sum, count) => sum + count, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
}

import type {
  Datapoint as DatapointShape,
  Dimension,
  MessageData,
  MetricDataQuery,
  MetricDataResult,
  MetricDatum,
  Statistic,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws/AwsError';
import { Datapoint, MetricId, StatisticSet } from '../../world/aws/MetricStore';
import { paginate } from '../../world/aws/paginate';
import { CallContext, Handlers } from './handlers';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const MAX_STATISTICS_DATAPOINTS = 1_440;
const LIST_PAGE_SIZE = 500;

/** Amazon CloudWatch metrics. Metric math and search expressions are not served. */
export const cloudWatchHandlers: Handlers<
  typeof import('@aws-sdk/client-cloudwatch')
> = {
  GetMetricData(input, context) {
    const startMs = input.StartTime!.getTime();
    const endMs = input.EndTime!.getTime();
    checkRange(startMs, endMs);
    checkQueries(input.MetricDataQueries!);
    const newestFirst = input.ScanBy !== 'TimestampAscending';
    const results = input
      .MetricDataQueries!.filter(({ ReturnData }) => ReturnData !== false)
      .map(query => runQuery(query, context, { startMs, endMs }, newestFirst));
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
    const id = metricId(input.Namespace!, input.MetricName!, input.Dimensions);
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
      Metrics: page.items.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({
          Name,
          Value,
        })),
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
    const data = (input.MetricData ?? []).map(datum => ({
      datum,
      values: valuesOf(datum),
    }));
    for (const { datum, values } of data) {
      context.aws.metrics.put(
        context,
        metricId(input.Namespace!, datum.MetricName!, datum.Dimensions),
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

function checkRange(startMs: number, endMs: number): void {
  if (startMs >= endMs) {
    throw new AwsError(
      'ValidationError',
      'The parameter StartTime must be less than the parameter EndTime.',
    );
  }
}

function checkPeriod(periodSeconds: number): void {
  if (periodSeconds < 60 || periodSeconds % 60 !== 0) {
    throw new AwsError(
      'ValidationError',
      `The value ${periodSeconds} for parameter Period is invalid: it must be a multiple of 60, metrics have one datapoint a minute.`,
    );
  }
}

function checkQueries(queries: MetricDataQuery[]): void {
  if (queries.length > MAX_QUERIES) {
    throw new AwsError(
      'ValidationError',
      `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`,
    );
  }
  const seen = new Set<string>();
  for (const { Id, MetricStat, Expression } of queries) {
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id!)) {
      throw new AwsError(
        'ValidationError',
        `The value ${Id} for parameter MetricDataQueries.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    }
    if (seen.has(Id!)) {
      throw new AwsError(
        'ValidationError',
        `The values for parameter id in MetricDataQueries are not unique: ${Id}.`,
      );
    }
    seen.add(Id!);
    if (Expression) {
      throw new AwsError(
        'ValidationError',
        `Error in expression '${Id}': metric math is not in the sandbox`,
      );
    }
    if (!MetricStat) {
      throw new AwsError(
        'ValidationError',
        `Exactly one of the following parameters must be set for '${Id}': MetricStat, Expression.`,
      );
    }
    checkPeriod(MetricStat.Period!);
    checkStatistic(MetricStat.Stat!);
  }
}

function runQuery(
  query: MetricDataQuery,
  context: CallContext,
  range: { startMs: number; endMs: number },
  newestFirst: boolean,
): MetricDataResult {
  const { Metric, Period, Stat, Unit } = query.MetricStat!;
  const id = metricId(
    Metric!.Namespace ?? '',
    Metric!.MetricName ?? '',
    Metric!.Dimensions,
  );
  const { metrics } = context.aws;
  const points =
    Unit && Unit !== metrics.unitOf(context, id)
      ? []
      : metrics.read(context, id, { ...range, periodSeconds: Period! });
  if (newestFirst) {
    points.reverse();
  }
  return {
    Id: query.Id,
    Label: query.Label ?? Metric!.MetricName,
    Timestamps: points.map(({ startMs }) => new Date(startMs)),
    Values: points.map(point => statisticOf(point, Stat!)),
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

function metricId(
  namespace: string,
  name: string,
  dimensions: Dimension[] | undefined,
): MetricId {
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(
      (dimensions ?? []).map(({ Name, Value }) => [Name!, Value!]),
    ),
  };
}

const SIMPLE: Record<Statistic, (point: Datapoint) => number> = {
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  SampleCount: ({ count }) => count,
};

function checkStatistic(name: string): void {
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.test(name);
  if (!(name in SIMPLE) && !percentile) {
    throw new AwsError(
      'ValidationError',
      `The value ${name} for parameter Stat is not in the sandbox; it has ${Object.keys(
        SIMPLE,
      ).join(', ')} and percentiles such as p99`,
    );
  }
}

function statisticOf(point: Datapoint, name: string): number {
  checkStatistic(name);
  if (name in SIMPLE) {
    return SIMPLE[name as Statistic](point);
  }
  const sorted = [...point.samples].sort((a, b) => a - b);
  const rank = (Number(name.slice(1)) / 100) * (sorted.length - 1);
  const low = Math.floor(rank);
  const high = Math.ceil(rank);
  return sorted[low] + (sorted[high] - sorted[low]) * (rank - low);
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

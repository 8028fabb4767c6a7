import type * as Sdk from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws/AwsError';
import { AlarmRule, Comparison } from '../../world/aws/alarms/records';
import { expressionFailure } from '../../world/aws/math/MathValue';
import { parseExpression } from '../../world/aws/math/parseExpression';
import { MetricQuery } from '../../world/aws/math/runMetricQueries';
import { paginate } from '../../world/aws/paginate';
import {
  checkPeriod,
  checkStatistic,
  describeAlarm,
  describeDimensions,
  readMetricId,
  readQueries,
} from './cloudWatchShapes';
import { Handlers } from './handlers';

const MOST_RECORDS = 100;
const HISTORY_RECORDS = 100;
const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const MISSING_DATA = ['breaching', 'notBreaching', 'ignore', 'missing'];
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
/** Evaluation periods times period must stay below: a day, or a week for hourly periods. */
const DAY_SECONDS = 86_400;

/** Metric alarms. There are no composite alarms and no anomaly bands here. */
export const cloudWatchAlarmHandlers: Handlers<typeof Sdk> = {
  PutMetricAlarm(input, context) {
    context.aws.alarms.put(
      context,
      readRule(input),
      Object.fromEntries(
        (input.Tags ?? []).map(({ Key, Value }) => [Key!, Value!]),
      ),
    );
    return {};
  },

  DescribeAlarms(input, context) {
    if (input.AlarmNames?.length && input.AlarmNamePrefix) {
      throw new AwsError(
        'InvalidParameterCombination',
        'AlarmNames and AlarmNamePrefix cannot be specified together',
      );
    }
    const wantsMetrics =
      !input.AlarmTypes?.length || input.AlarmTypes.includes('MetricAlarm');
    const found = context.aws.alarms
      .list(context)
      .filter(
        alarm =>
          wantsMetrics &&
          (!input.AlarmNames?.length ||
            input.AlarmNames.includes(alarm.name)) &&
          alarm.name.startsWith(input.AlarmNamePrefix ?? '') &&
          (!input.StateValue || alarm.state === input.StateValue) &&
          (!input.ActionPrefix ||
            alarm.alarmActions.some(action =>
              action.startsWith(input.ActionPrefix!),
            )),
      );
    const page = paginate(found, {
      token: input.NextToken,
      size: Math.min(input.MaxRecords ?? 50, MOST_RECORDS),
      tokenError: new AwsError('InvalidNextToken', 'Invalid NextToken'),
    });
    return {
      MetricAlarms: page.items.map(describeAlarm),
      CompositeAlarms: [],
      NextToken: page.nextToken,
    };
  },

  DescribeAlarmsForMetric(input, context) {
    const wanted = JSON.stringify(
      sorted(
        readMetricId(input.Namespace!, input.MetricName!, input.Dimensions),
      ),
    );
    return {
      MetricAlarms: context.aws.alarms
        .list(context)
        .filter(({ isMath, queries }) => {
          const [{ metric }] = queries;
          return (
            !isMath &&
            JSON.stringify(sorted(metric!.id)) === wanted &&
            (!input.Period || metric!.periodSeconds === input.Period) &&
            (!input.Statistic || metric!.statistic === input.Statistic)
          );
        })
        .map(describeAlarm),
    };
  },

  DescribeAlarmHistory(input, context) {
    const found = context.aws.alarms
      .history(context)
      .filter(
        item =>
          (!input.AlarmName || item.alarmName === input.AlarmName) &&
          (!input.HistoryItemType || item.kind === input.HistoryItemType) &&
          (!input.StartDate || item.atMs >= input.StartDate.getTime()) &&
          (!input.EndDate || item.atMs <= input.EndDate.getTime()),
      );
    if (input.ScanBy === 'TimestampAscending') {
      found.reverse();
    }
    const page = paginate(found, {
      token: input.NextToken,
      size: Math.min(input.MaxRecords ?? HISTORY_RECORDS, HISTORY_RECORDS),
      tokenError: new AwsError('InvalidNextToken', 'Invalid NextToken'),
    });
    return {
      AlarmHistoryItems: page.items.map(item => ({
        AlarmName: item.alarmName,
        AlarmType: 'MetricAlarm' as const,
        Timestamp: new Date(item.atMs),
        HistoryItemType: item.kind,
        HistorySummary: item.summary,
        HistoryData: item.data,
      })),
      NextToken: page.nextToken,
    };
  },

  SetAlarmState(input, context) {
    if (!STATES.includes(input.StateValue!)) {
      throw invalid(`StateValue must be one of ${STATES.join(', ')}`);
    }
    if (input.StateReasonData !== undefined) {
      try {
        JSON.parse(input.StateReasonData);
      } catch {
        throw new AwsError(
          'InvalidFormatFault',
          'StateReasonData is not valid JSON',
        );
      }
    }
    context.aws.alarms.setState(
      context,
      input.AlarmName!,
      input.StateValue!,
      input.StateReason!,
      input.StateReasonData,
    );
    return {};
  },

  DeleteAlarms(input, context) {
    context.aws.alarms.delete(context, input.AlarmNames!);
    return {};
  },

  EnableAlarmActions(input, context) {
    context.aws.alarms.setActionsEnabled(context, input.AlarmNames!, true);
    return {};
  },

  DisableAlarmActions(input, context) {
    context.aws.alarms.setActionsEnabled(context, input.AlarmNames!, false);
    return {};
  },
};

function readRule(input: Sdk.PutMetricAlarmCommandInput): AlarmRule {
  const comparison = input.ComparisonOperator!;
  if (!COMPARISONS.includes(comparison)) {
    throw invalid(
      `ComparisonOperator ${comparison} is not in the sandbox; it has ${COMPARISONS.join(
        ', ',
      )}`,
    );
  }
  const missingData = input.TreatMissingData ?? 'missing';
  if (!MISSING_DATA.includes(missingData)) {
    throw invalid(`TreatMissingData must be one of ${MISSING_DATA.join(', ')}`);
  }
  if (input.Threshold === undefined) {
    throw invalid('Threshold must be specified for this comparison operator');
  }
  const queries = readAlarmQueries(input);
  const periodSeconds = periodOf(queries);
  const evaluationPeriods = input.EvaluationPeriods!;
  const datapointsToAlarm = input.DatapointsToAlarm ?? evaluationPeriods;
  if (evaluationPeriods < 1 || datapointsToAlarm < 1) {
    throw invalid('EvaluationPeriods and DatapointsToAlarm must be at least 1');
  }
  if (datapointsToAlarm > evaluationPeriods) {
    throw invalid(
      'DatapointsToAlarm must be less than or equal to EvaluationPeriods',
    );
  }
  const longest = periodSeconds >= 3600 ? 7 * DAY_SECONDS : DAY_SECONDS;
  if (evaluationPeriods * periodSeconds > longest) {
    throw invalid(
      `Metrics cannot be checked across more than ${
        longest / DAY_SECONDS
      } day(s) (EvaluationPeriods * Period must be <= ${longest}).`,
    );
  }
  return {
    name: input.AlarmName!,
    description: input.AlarmDescription,
    queries,
    isMath: input.Metrics !== undefined,
    periodSeconds,
    threshold: input.Threshold,
    comparison: comparison as Comparison,
    evaluationPeriods,
    datapointsToAlarm,
    missingData: missingData as AlarmRule['missingData'],
    actionsEnabled: input.ActionsEnabled ?? true,
    alarmActions: input.AlarmActions ?? [],
    okActions: input.OKActions ?? [],
    insufficientDataActions: input.InsufficientDataActions ?? [],
  };
}

function readAlarmQueries(
  input: Sdk.PutMetricAlarmCommandInput,
): MetricQuery[] {
  if (input.Metrics) {
    if (input.MetricName) {
      throw new AwsError(
        'InvalidParameterCombination',
        'Metrics and MetricName cannot be specified together',
      );
    }
    const queries = readQueries(input.Metrics);
    if (queries.filter(({ returned }) => returned).length !== 1) {
      throw invalid(
        'Exactly one element of the metrics list should return data.',
      );
    }
    for (const { id, expression } of queries) {
      try {
        if (expression) {
          parseExpression(expression);
        }
      } catch (error) {
        throw expressionFailure(id, (error as Error).message);
      }
      if (expression && /\bSEARCH\s*\(/.test(expression)) {
        throw invalid('SEARCH is not supported on Metric Alarms.');
      }
    }
    return queries;
  }
  const statistic = input.Statistic ?? input.ExtendedStatistic;
  if (!input.MetricName || !input.Namespace || !input.Period || !statistic) {
    throw new AwsError(
      'MissingParameter',
      'MetricName, Namespace, Period and one of Statistic and ExtendedStatistic are required unless Metrics is specified',
    );
  }
  checkPeriod(input.Period);
  checkStatistic(statistic);
  return [
    {
      id: 'm1',
      metric: {
        id: readMetricId(input.Namespace, input.MetricName, input.Dimensions),
        periodSeconds: input.Period,
        statistic,
        unit: input.Unit,
      },
    },
  ];
}

/** Period of what is judged: that of its metrics, or of the expression. */
function periodOf(queries: MetricQuery[]): number {
  return Math.max(
    60,
    ...queries.map(
      ({ metric, periodSeconds }) =>
        metric?.periodSeconds ?? periodSeconds ?? 0,
    ),
  );
}

function sorted(id: Parameters<typeof describeDimensions>[0]) {
  return {
    namespace: id.namespace,
    name: id.name,
    dimensions: Object.entries(id.dimensions).sort(),
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

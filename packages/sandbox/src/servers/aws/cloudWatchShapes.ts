import type {
  Dimension,
  MetricAlarm,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws/AwsError';
import { Alarm } from '../../world/aws/alarms/records';
import {
  isStatistic,
  SIMPLE_STATISTICS,
} from '../../world/aws/math/statistics';
import { MetricQuery } from '../../world/aws/math/runMetricQueries';
import { MetricId } from '../../world/aws/MetricStore';

/** A metric as callers name it. */
export function readMetricId(
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

export function describeDimensions({ dimensions }: MetricId): Dimension[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

/** @throws AwsError - ValidationError: here metrics have one value a minute. */
export function checkPeriod(periodSeconds: number): void {
  if (periodSeconds < 60 || periodSeconds % 60 !== 0) {
    throw new AwsError(
      'ValidationError',
      `The value ${periodSeconds} for parameter Period is invalid: it must be a multiple of 60, metrics have one datapoint a minute.`,
    );
  }
}

/** @throws AwsError - ValidationError for a statistic that is not there. */
export function checkStatistic(name: string): void {
  if (!isStatistic(name)) {
    throw new AwsError(
      'ValidationError',
      `The value ${name} for parameter Stat is not in the sandbox; it has ${SIMPLE_STATISTICS.join(
        ', ',
      )} and percentiles such as p99`,
    );
  }
}

/**
 * Reads the queries of GetMetricData or of an alarm.
 *
 * @throws AwsError - ValidationError: ids that are malformed or not unique, or
 *   neither or both of MetricStat and Expression.
 */
export function readQueries(queries: MetricDataQuery[]): MetricQuery[] {
  const seen = new Set<string>();
  return queries.map(query => {
    const { Id, MetricStat, Expression } = query;
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
    if (!MetricStat === !Expression) {
      throw new AwsError(
        'ValidationError',
        `Exactly one of the following parameters must be set for '${Id}': MetricStat, Expression.`,
      );
    }
    return { ...readQuery(query), returned: query.ReturnData !== false };
  });
}

function readQuery({
  Id,
  Label,
  Period,
  MetricStat,
  Expression,
}: MetricDataQuery): MetricQuery {
  if (!MetricStat) {
    return {
      id: Id!,
      label: Label,
      expression: Expression,
      periodSeconds: Period,
    };
  }
  const { Metric, Stat, Unit } = MetricStat;
  checkPeriod(MetricStat.Period!);
  checkStatistic(Stat!);
  return {
    id: Id!,
    label: Label,
    metric: {
      id: readMetricId(
        Metric!.Namespace ?? '',
        Metric!.MetricName ?? '',
        Metric!.Dimensions,
      ),
      periodSeconds: MetricStat.Period!,
      statistic: Stat!,
      unit: Unit,
    },
  };
}

export function describeAlarm(alarm: Alarm): MetricAlarm {
  const [{ metric }] = alarm.queries;
  const isSimple = metric && SIMPLE_STATISTICS.includes(metric.statistic);
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAtMs),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData,
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAtMs),
    StateTransitionedTimestamp: new Date(alarm.stateChangedAtMs),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missingData,
    ...(alarm.isMath
      ? { Metrics: alarm.queries.map(describeQuery) }
      : {
          Namespace: metric!.id.namespace,
          MetricName: metric!.id.name,
          Dimensions: describeDimensions(metric!.id),
          Period: metric!.periodSeconds,
          Unit: metric!.unit as MetricAlarm['Unit'],
          ...(isSimple
            ? { Statistic: metric!.statistic as MetricAlarm['Statistic'] }
            : { ExtendedStatistic: metric!.statistic }),
        }),
  };
}

function describeQuery(query: MetricQuery): MetricDataQuery {
  const { metric } = query;
  return {
    Id: query.id,
    Label: query.label,
    ReturnData: query.returned !== false,
    Expression: query.expression,
    Period: query.periodSeconds,
    MetricStat: metric && {
      Metric: {
        Namespace: metric.id.namespace,
        MetricName: metric.id.name,
        Dimensions: describeDimensions(metric.id),
      },
      Period: metric.periodSeconds,
      Stat: metric.statistic,
      Unit: metric.unit as MetricAlarm['Unit'],
    },
  };
}

import { Alarm, AlarmState, Comparison } from './records';

/** The state that an alarm's data call for, and why. */
export interface Verdict {
  state: AlarmState;
  reason: string;
  /** Values that it rests on, oldest first. */
  recent: number[];
}

const COMPARE: Record<Comparison, (value: number, limit: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, limit) => value >= limit,
  GreaterThanThreshold: (value, limit) => value > limit,
  LessThanThreshold: (value, limit) => value < limit,
  LessThanOrEqualToThreshold: (value, limit) => value <= limit,
};

const WORDS: Record<Comparison, string> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** CloudWatch looks at somewhat more than the evaluation periods, to bridge gaps. */
export const EXTRA_PERIODS = 2;

/**
 * Judges the latest periods of an alarm, oldest first, undefined where there is
 * no value.
 *
 * Where enough values are there, the most recent ones count. Otherwise what is
 * missing counts as the alarm says.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(
  alarm: Pick<
    Alarm,
    | 'comparison'
    | 'threshold'
    | 'evaluationPeriods'
    | 'datapointsToAlarm'
    | 'missingData'
    | 'state'
    | 'stateReason'
  >,
  values: Array<number | undefined>,
): Verdict {
  const { evaluationPeriods, datapointsToAlarm, missingData } = alarm;
  const breaches = (value: number) =>
    COMPARE[alarm.comparison](value, alarm.threshold);
  const present = values.filter(
    (value): value is number => value !== undefined,
  );
  const recent = present.slice(-evaluationPeriods);
  const breaching = recent.filter(breaches).length;
  const lacking = evaluationPeriods - recent.length;

  const verdict = (state: AlarmState, count: number): Verdict => ({
    state,
    recent,
    reason: reasonOf(alarm, state, recent, count, lacking),
  });

  if (breaching >= datapointsToAlarm) {
    return verdict('ALARM', breaching);
  }
  if (lacking <= 0) {
    return verdict('OK', recent.length - breaching);
  }
  if (missingData === 'ignore') {
    const isSettled =
      recent.length - breaching > evaluationPeriods - datapointsToAlarm;
    return isSettled
      ? verdict('OK', recent.length - breaching)
      : { state: alarm.state, reason: alarm.stateReason, recent };
  }
  if (missingData === 'breaching') {
    return breaching + lacking >= datapointsToAlarm
      ? verdict('ALARM', breaching + lacking)
      : verdict('OK', recent.length - breaching);
  }
  if (missingData === 'notBreaching') {
    return verdict('OK', recent.length - breaching);
  }
  if (recent.length === 0) {
    return verdict('INSUFFICIENT_DATA', 0);
  }
  // Only breaches, and the oldest long enough ago: it has gone on since then.
  const window = values.slice(-evaluationPeriods);
  const oldest = window.findIndex(value => value !== undefined);
  const isOld = oldest >= 0 && window.length - oldest >= datapointsToAlarm;
  return isOld && breaching === recent.length
    ? verdict('ALARM', breaching)
    : verdict('OK', recent.length - breaching);
}

function reasonOf(
  {
    comparison,
    threshold,
    missingData,
  }: Pick<Alarm, 'comparison' | 'threshold' | 'missingData'>,
  state: AlarmState,
  recent: number[],
  count: number,
  lacking: number,
): string {
  const points = (n: number) => `${n} datapoint${n === 1 ? '' : 's'}`;
  const limit = `the threshold (${threshold.toFixed(1)})`;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${points(lacking)} were unknown.`;
  }
  const is = count === 1 ? 'was' : 'were';
  const not = state === 'OK' ? 'not ' : '';
  if (recent.length === 0) {
    const treated = missingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${lacking} period${
      lacking === 1 ? '' : 's'
    } and ${points(lacking)} missing datapoint was treated as [${treated}].`;
  }
  const shown = recent
    .slice(-count || undefined)
    .map(value => String(value))
    .join(', ');
  return `Threshold Crossed: ${points(count)} [${shown}] ${is} ${not}${
    WORDS[comparison]
  } ${limit}.`;
}

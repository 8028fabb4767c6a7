import { MetricQuery } from '../math/runMetricQueries';
import { MetricPlace } from '../MetricStore';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

/** What an alarm watches and when it goes off. */
export interface AlarmRule {
  name: string;
  description?: string;
  /** One metric, or several of which one expression is returned. */
  queries: MetricQuery[];
  /** Whether it was put as one metric; it is described the same way. */
  isMath: boolean;
  periodSeconds: number;
  threshold: number;
  comparison: Comparison;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  missingData: MissingData;
  actionsEnabled: boolean;
  alarmActions: string[];
  okActions: string[];
  insufficientDataActions: string[];
}

/** An alarm and how it stands. Times are epoch milliseconds. */
export interface Alarm extends AlarmRule, MetricPlace {
  arn: string;
  state: AlarmState;
  stateReason: string;
  stateReasonData?: string;
  stateUpdatedAtMs: number;
  /** When the state last became another one. */
  stateChangedAtMs: number;
  configuredAtMs: number;
  /** Minute up to which it was evaluated, counted from the epoch. */
  evaluatedMinute: number;
  tags: Record<string, string>;
}

/** An entry in an alarm's history; CloudWatch keeps them for 30 days. */
export interface AlarmHistoryItem extends MetricPlace {
  alarmName: string;
  kind: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  summary: string;
  /** JSON. */
  data: string;
  atMs: number;
}

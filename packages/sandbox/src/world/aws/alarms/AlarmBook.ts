import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { JsonFile } from '../JsonFile';
import { runMetricQueries } from '../math/runMetricQueries';
import { MetricPlace, MetricStore } from '../MetricStore';
import { evaluateAlarm, EXTRA_PERIODS } from './evaluateAlarm';
import { Alarm, AlarmHistoryItem, AlarmRule, AlarmState } from './records';
import { seedAlarms } from './seedAlarms';

const MINUTE_MS = 60_000;
const HISTORY_MS = 30 * 86_400_000;
const MOST_HISTORY = 5_000;
/** After a long sleep only the last hours are looked at again. */
const MOST_MINUTES_AT_ONCE = 360;
const UNCHECKED = 'Unchecked: Initial alarm creation';

interface AlarmFile {
  alarms: Alarm[];
  history: AlarmHistoryItem[];
  /** Dashboards by `account/name`; their bodies are JSON. */
  dashboards: Record<string, { body: string; modifiedAtMs: number }>;
}

type Surroundings = Pick<
  World,
  'clock' | 'schedule' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
>;

/**
 * The metric alarms of all accounts and regions, evaluated every minute, and
 * what became of them; and the dashboards, which go with them.
 */
export class AlarmBook {
  private state: AlarmFile;
  private readonly file: JsonFile<AlarmFile>;

  constructor(
    private readonly world: Surroundings,
    private readonly metrics: MetricStore,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'alarms.json'),
      () => this.state,
    );
    this.state = this.file.load() ?? this.seed();
    world.onReset(() => {
      this.state = this.seed();
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
    this.tick();
  }

  get dashboards(): AlarmFile['dashboards'] {
    return this.state.dashboards;
  }

  /** Alarms of a place by name, as they stand now. */
  list(place: MetricPlace): Alarm[] {
    const found = this.state.alarms.filter(alarm => isIn(alarm, place));
    found.forEach(alarm => this.catchUp(alarm));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** History of a place, newest first. */
  history(place: MetricPlace): AlarmHistoryItem[] {
    this.list(place);
    const oldest = this.nowMs() - HISTORY_MS;
    return this.state.history
      .filter(item => isIn(item, place) && item.atMs >= oldest)
      .reverse();
  }

  /** Creates an alarm or replaces its rule; the state stays until it is evaluated. */
  put(place: MetricPlace, rule: AlarmRule, tags: Record<string, string>): void {
    const known = this.find(place, rule.name);
    const nowMs = this.nowMs();
    const next: Alarm = {
      ...(known ?? {
        state: 'INSUFFICIENT_DATA',
        stateReason: UNCHECKED,
        stateUpdatedAtMs: nowMs,
        stateChangedAtMs: nowMs,
        tags,
      }),
      ...rule,
      accountId: place.accountId,
      region: place.region,
      arn: `arn:aws:cloudwatch:${place.region}:${place.accountId}:alarm:${rule.name}`,
      configuredAtMs: nowMs,
      evaluatedMinute: Math.floor(nowMs / MINUTE_MS) - 1,
    };
    this.state.alarms = [
      ...this.state.alarms.filter(alarm => alarm !== known),
      next,
    ];
    this.note(
      next,
      'ConfigurationUpdate',
      `Alarm "${rule.name}" ${known ? 'updated' : 'created'}`,
      { type: known ? 'Update' : 'Create' },
    );
    this.catchUp(next);
  }

  /** @throws AwsError - ResourceNotFound when one of them does not exist; then none is deleted. */
  delete(place: MetricPlace, names: string[]): void {
    const found = names.map(name => this.require(place, name));
    this.state.alarms = this.state.alarms.filter(
      alarm => !found.includes(alarm),
    );
    found.forEach(alarm =>
      this.note(alarm, 'ConfigurationUpdate', `Alarm "${alarm.name}" deleted`, {
        type: 'Delete',
      }),
    );
  }

  /** Until the next evaluation. @throws AwsError - ResourceNotFound. */
  setState(
    place: MetricPlace,
    name: string,
    state: AlarmState,
    reason: string,
    reasonData: string | undefined,
  ): void {
    const alarm = this.require(place, name);
    this.become(alarm, state, reason, reasonData, this.nowMs());
    this.file.touch();
  }

  setActionsEnabled(
    place: MetricPlace,
    names: string[],
    enabled: boolean,
  ): void {
    for (const name of names) {
      const alarm = this.require(place, name);
      if (alarm.actionsEnabled !== enabled) {
        alarm.actionsEnabled = enabled;
        this.note(alarm, 'ConfigurationUpdate', `Alarm "${name}" updated`, {
          type: 'Update',
          actionsEnabled: enabled,
        });
      }
    }
  }

  /** Writes what was changed in place, such as dashboards. */
  changed(): void {
    this.file.touch();
  }

  private seed(): AlarmFile {
    const minute = Math.floor(this.nowMs() / MINUTE_MS);
    return {
      history: [],
      dashboards: {},
      alarms: seedAlarms(this.world.platforms, this.nowMs()).map(alarm => ({
        ...alarm,
        evaluatedMinute: minute - 1,
      })),
    };
  }

  private tick(): void {
    this.world.schedule(MINUTE_MS, () => {
      this.state.alarms.forEach(alarm => this.catchUp(alarm));
      this.tick();
    });
  }

  private nowMs(): number {
    return this.world.clock.now().getTime();
  }

  private find(place: MetricPlace, name: string): Alarm | undefined {
    return this.state.alarms.find(
      alarm => alarm.name === name && isIn(alarm, place),
    );
  }

  private require(place: MetricPlace, name: string): Alarm {
    const found = this.find(place, name);
    if (!found) {
      throw new AwsError(
        'ResourceNotFound',
        `Alarm ${name} does not exist`,
        404,
      );
    }
    return found;
  }

  /** Evaluates every minute since the last time, so that a moved clock leaves no gap. */
  private catchUp(alarm: Alarm): void {
    const now = Math.floor(this.nowMs() / MINUTE_MS);
    const first = Math.max(
      alarm.evaluatedMinute + 1,
      now - MOST_MINUTES_AT_ONCE,
    );
    for (let minute = first; minute <= now; minute += 1) {
      this.evaluate(alarm, minute);
    }
    if (first <= now) {
      alarm.evaluatedMinute = now;
      this.file.touch();
    }
  }

  private evaluate(alarm: Alarm, minute: number): void {
    const step = alarm.periodSeconds * 1000;
    const endMs = Math.floor((minute * MINUTE_MS) / step) * step;
    const periods = alarm.evaluationPeriods + EXTRA_PERIODS;
    const startMs = endMs - periods * step;
    const [series] = [
      ...runMetricQueries(this.metrics, alarm, alarm.queries, {
        startMs,
        endMs,
      }).values(),
    ].flat();
    const values = Array.from({ length: periods }, (_, index) =>
      series?.points.get(startMs + index * step),
    );
    const verdict = evaluateAlarm(alarm, values);
    if (verdict.state !== alarm.state) {
      this.become(
        alarm,
        verdict.state,
        verdict.reason,
        JSON.stringify({
          version: '1.0',
          queryDate: awsDate(minute * MINUTE_MS),
          period: alarm.periodSeconds,
          recentDatapoints: verdict.recent,
          threshold: alarm.threshold,
        }),
        minute * MINUTE_MS,
      );
    }
  }

  private become(
    alarm: Alarm,
    state: AlarmState,
    reason: string,
    reasonData: string | undefined,
    atMs: number,
  ): void {
    const before = alarm.state;
    const at = Math.max(atMs, alarm.stateUpdatedAtMs);
    alarm.stateReason = reason;
    alarm.stateReasonData = reasonData;
    alarm.stateUpdatedAtMs = at;
    if (before === state) {
      return;
    }
    alarm.state = state;
    alarm.stateChangedAtMs = at;
    this.note(
      alarm,
      'StateUpdate',
      `Alarm updated from ${before} to ${state}`,
      {
        oldState: { stateValue: before },
        newState: { stateValue: state, stateReason: reason },
      },
      at,
    );
    const actions = {
      ALARM: alarm.alarmActions,
      OK: alarm.okActions,
      INSUFFICIENT_DATA: alarm.insufficientDataActions,
    }[state];
    if (alarm.actionsEnabled) {
      actions.forEach(action =>
        this.note(
          alarm,
          'Action',
          `Successfully executed action ${action}`,
          { actionState: 'Succeeded', notificationResource: action },
          at,
        ),
      );
    }
  }

  private note(
    alarm: Alarm,
    kind: AlarmHistoryItem['kind'],
    summary: string,
    data: object,
    atMs = this.nowMs(),
  ): void {
    const { accountId, region, name } = alarm;
    this.state.history.push({
      accountId,
      region,
      alarmName: name,
      kind,
      summary,
      data: JSON.stringify({ version: '1.0', ...data }),
      atMs,
    });
    this.state.history = this.state.history.slice(-MOST_HISTORY);
    this.file.touch();
  }
}

function isIn(item: MetricPlace, place: MetricPlace): boolean {
  return item.accountId === place.accountId && item.region === place.region;
}

/** CloudWatch writes the time zone without a colon. */
function awsDate(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

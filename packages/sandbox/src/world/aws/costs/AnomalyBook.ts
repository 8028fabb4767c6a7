import { join } from 'node:path';
import { World } from '../../types';
import { MANAGEMENT_ACCOUNT } from '../accounts';
import { AwsError } from '../AwsError';
import { CostModel } from '../CostModel';
import { CostLine, UNITS_PER_DOLLAR } from './CostLine';
import { JsonFile } from '../JsonFile';
import { seedOf } from '../noise';

/** A monitor as Cost Explorer keeps it. */
export interface CostMonitor {
  accountId: string;
  arn: string;
  name: string;
  type: 'DIMENSIONAL' | 'CUSTOM';
  dimension: string | undefined;
  specification: object | undefined;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Who hears of what monitors find. */
export interface CostSubscription {
  accountId: string;
  arn: string;
  name: string;
  monitorArns: string[];
  frequency: 'DAILY' | 'IMMEDIATE' | 'WEEKLY';
  subscribers: Array<{ address: string; type: 'EMAIL' | 'SNS' }>;
  /** Expression of Cost Explorer: from which impact on. */
  threshold: object;
}

/** What somebody thought of an anomaly. */
export type AnomalyVerdict = 'YES' | 'NO' | 'PLANNED_ACTIVITY';

/** Unusual cost of one service. Amounts are US dollars; days count from the epoch, the last included. */
export interface CostAnomaly {
  id: string;
  service: string;
  firstDay: number;
  lastDay: number;
  actual: number;
  expected: number;
  /** The largest impact of a day. */
  maxImpact: number;
  causes: Array<{ line: CostLine; impact: number }>;
  feedback: AnomalyVerdict | undefined;
}

interface AnomalyFile {
  monitors: CostMonitor[];
  subscriptions: CostSubscription[];
  feedback: Record<string, AnomalyVerdict>;
}

/** Monitors, who hears of them, and the anomalies that the costs themselves show. Only the management account sees them. */
export class AnomalyBook {
  private state: AnomalyFile;
  private readonly file: JsonFile<AnomalyFile>;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'dataDir' | 'onReset' | 'onClose'
    >,
    private readonly costs: CostModel,
  ) {
    this.file = new JsonFile(
      join(world.dataDir, 'aws', 'anomalies.json'),
      () => this.state,
    );
    this.state = { ...this.seed(), ...this.file.load() };
    world.onReset(() => {
      this.state = this.seed();
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  monitorsOf(accountId: string): CostMonitor[] {
    return this.state.monitors.filter(
      monitor => monitor.accountId === accountId,
    );
  }

  /** @throws AwsError - UnknownMonitorException. */
  getMonitor(accountId: string, arn: string): CostMonitor {
    const found = this.monitorsOf(accountId).find(item => item.arn === arn);
    if (!found) {
      throw new AwsError(
        'UnknownMonitorException',
        `Anomaly monitor ${arn} does not exist`,
      );
    }
    return found;
  }

  createMonitor(
    given: Pick<
      CostMonitor,
      'accountId' | 'name' | 'type' | 'dimension' | 'specification'
    >,
  ): CostMonitor {
    const monitor = this.newMonitor(given);
    this.state.monitors.push(monitor);
    this.file.touch();
    return monitor;
  }

  rename(monitor: CostMonitor, name: string): void {
    monitor.name = name;
    monitor.updatedAtMs = this.nowMs();
    this.file.touch();
  }

  deleteMonitor(monitor: CostMonitor): void {
    this.state.monitors = this.state.monitors.filter(item => item !== monitor);
    this.file.touch();
  }

  subscriptionsOf(accountId: string): CostSubscription[] {
    return this.state.subscriptions.filter(
      subscription => subscription.accountId === accountId,
    );
  }

  /** @throws AwsError - UnknownSubscriptionException. */
  getSubscription(accountId: string, arn: string): CostSubscription {
    const found = this.subscriptionsOf(accountId).find(
      item => item.arn === arn,
    );
    if (!found) {
      throw new AwsError(
        'UnknownSubscriptionException',
        `Anomaly subscription ${arn} does not exist`,
      );
    }
    return found;
  }

  createSubscription(given: Omit<CostSubscription, 'arn'>): CostSubscription {
    const subscription = this.newSubscription(given);
    this.state.subscriptions.push(subscription);
    this.file.touch();
    return subscription;
  }

  changeSubscription(
    subscription: CostSubscription,
    change: Omit<CostSubscription, 'arn' | 'accountId'>,
  ): void {
    Object.assign(subscription, change);
    this.file.touch();
  }

  deleteSubscription(subscription: CostSubscription): void {
    this.state.subscriptions = this.state.subscriptions.filter(
      item => item !== subscription,
    );
    this.file.touch();
  }

  /** What was detected so far, newest first; a monitor by service must watch. */
  anomaliesOf(accountId: string): CostAnomaly[] {
    const watches = this.monitorsOf(accountId).some(
      ({ dimension }) => dimension === 'SERVICE',
    );
    if (accountId !== MANAGEMENT_ACCOUNT || !watches) {
      return [];
    }
    const nowMs = this.nowMs();
    return this.costs
      .unusualSpans()
      .filter(({ knownFromMs }) => knownFromMs <= nowMs)
      .flatMap(span =>
        [...new Set(span.lines.map(({ service }) => service))].map(service =>
          this.describe(span, service),
        ),
      )
      .sort((a, b) => b.firstDay - a.firstDay);
  }

  /** @throws AwsError - ResourceNotFoundException. */
  giveFeedback(accountId: string, id: string, verdict: AnomalyVerdict): void {
    if (!this.anomaliesOf(accountId).some(anomaly => anomaly.id === id)) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Anomaly ${id} does not exist`,
      );
    }
    this.state.feedback[id] = verdict;
    this.file.touch();
  }

  private describe(
    span: ReturnType<CostModel['unusualSpans']>[number],
    service: string,
  ): CostAnomaly {
    const id = uuidOf(`${span.id}/${service}`);
    const ofService = this.costs.lines.filter(line => line.service === service);
    let actual = 0;
    let impact = 0;
    let maxImpact = 0;
    const byLine = new Map<CostLine, number>();
    for (let day = span.firstDay; day <= span.lastDay; day += 1) {
      let ofDay = 0;
      for (const line of ofService) {
        actual += this.costs.unitsOn(line, day);
      }
      for (const line of span.lines) {
        if (line.service === service) {
          const more =
            this.costs.unitsOn(line, day) - this.costs.usualUnitsOn(line, day);
          ofDay += more;
          byLine.set(line, (byLine.get(line) ?? 0) + more);
        }
      }
      impact += ofDay;
      maxImpact = Math.max(maxImpact, ofDay);
    }
    return {
      id,
      service,
      firstDay: span.firstDay,
      lastDay: span.lastDay,
      actual: actual / UNITS_PER_DOLLAR,
      expected: (actual - impact) / UNITS_PER_DOLLAR,
      maxImpact: maxImpact / UNITS_PER_DOLLAR,
      causes: [...sumByCause(byLine)]
        .sort((a, b) => b.impact - a.impact)
        .slice(0, 10),
      feedback: this.state.feedback[id],
    };
  }

  private seed(): AnomalyFile {
    const monitor = this.newMonitor({
      accountId: MANAGEMENT_ACCOUNT,
      name: 'Default-Services-Monitor',
      type: 'DIMENSIONAL',
      dimension: 'SERVICE',
      specification: undefined,
    });
    return {
      feedback: {},
      monitors: [monitor],
      subscriptions: [
        this.newSubscription({
          accountId: MANAGEMENT_ACCOUNT,
          name: 'Default-Services-Subscription',
          monitorArns: [monitor.arn],
          frequency: 'DAILY',
          subscribers: [{ address: 'costs@example.com', type: 'EMAIL' }],
          threshold: {
            Dimensions: {
              Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
              MatchOptions: ['GREATER_THAN_OR_EQUAL'],
              Values: ['100'],
            },
          },
        }),
      ],
    };
  }

  private newSubscription(
    given: Omit<CostSubscription, 'arn'>,
  ): CostSubscription {
    const { accountId, name } = given;
    const number = this.state?.subscriptions.length ?? 0;
    return {
      ...given,
      arn: `arn:aws:ce::${accountId}:anomalysubscription/${uuidOf(
        `${name}/${this.nowMs()}/${number}`,
      )}`,
    };
  }

  private newMonitor(
    given: Pick<
      CostMonitor,
      'accountId' | 'name' | 'type' | 'dimension' | 'specification'
    >,
  ): CostMonitor {
    const nowMs = this.nowMs();
    return {
      ...given,
      arn: `arn:aws:ce::${given.accountId}:anomalymonitor/${uuidOf(
        `${given.name}/${nowMs}/${this.state?.monitors.length ?? 0}`,
      )}`,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
  }

  private nowMs(): number {
    return this.world.clock.now().getTime();
  }
}

/** Components do not matter: a cause is an account, a region and a usage type. */
function sumByCause(
  byLine: Map<CostLine, number>,
): Array<{ line: CostLine; impact: number }> {
  const sums = new Map<string, { line: CostLine; impact: number }>();
  for (const [line, units] of byLine) {
    const key = [line.accountId, line.region, line.usageType].join('/');
    const known = sums.get(key) ?? { line, impact: 0 };
    known.impact += units / UNITS_PER_DOLLAR;
    sums.set(key, known);
  }
  return [...sums.values()];
}

/** The same for the same name. */
function uuidOf(name: string): string {
  const hex = [1, 2, 3, 4]
    .map(part =>
      (seedOf(`${part}:${name}`) >>> 0).toString(16).padStart(8, '0'),
    )
    .join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

import { World } from '../types';
import { HealthJournal } from './HealthJournal';
import { ObservedService, observedServices } from './observedServices';

/** An alert is pending for so long before it fires; world's time. */
const FOR_MS = 60_000;
const DAY_MS = 86_400_000;

/** As Grafana spells the state of an alert instance. */
export type AlertState = 'Normal' | 'Pending' | 'Alerting' | 'NoData';

/** A rule with its one instance. */
export interface AlertRule {
  uid: string;
  title: string;
  /** System in the catalog: its folder. */
  folder: string;
  /** What it is grouped under within the folder. */
  group: string;
  /** PromQL or what stands for it. */
  query: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  dashboardUid: string;
  panelId: number;
  state: AlertState;
  /** Since when it has this state. */
  activeAt: Date;
  /** `[ var='A' labels={...} value=... ]` is made of it; undefined without data. */
  value?: number;
}

/**
 * The alert rules of all platforms and how they stand: one for the errors of each
 * service in each environment, one for the replication lag of each Aurora global
 * database.
 */
export function alertRules(world: World, journal: HealthJournal): AlertRule[] {
  const nowMs = world.clock.now().getTime();
  return [
    ...observedServices(world).map(observed =>
      errorRule(observed, journal, nowMs),
    ),
    ...lagRules(world, journal, nowMs),
  ];
}

function errorRule(
  observed: ObservedService,
  journal: HealthJournal,
  nowMs: number,
): AlertRule {
  const { service, environment, system } = observed;
  const matchers = `service="${service}",environment="${environment}"`;
  const troubles = journal.of(observed.application);
  const standing = judge(troubles, nowMs);
  return {
    uid: `errors-${service}-${environment}`.slice(0, 40),
    title: `${service} answers with errors in ${environment}`,
    folder: system,
    group: 'services',
    query: `sum(rate(http_requests_total{${matchers},code=~"5.."}[5m])) / sum(rate(http_requests_total{${matchers}}[5m])) > 0.05`,
    labels: {
      service,
      environment,
      system,
      severity: environment === 'prod' ? 'critical' : 'warning',
    },
    annotations: {
      summary: `More than 5 % of the answers of ${service} in ${environment} are errors.`,
    },
    dashboardUid: service.slice(0, 40),
    panelId: 2,
    ...standing,
    value: standing.state === 'Normal' ? 0.002 : 0.36,
  };
}

function lagRules(
  world: World,
  journal: HealthJournal,
  nowMs: number,
): AlertRule[] {
  const spikes = journal.of('lag-spike');
  const silences = journal.of('region-down');
  return world.platforms.flatMap(({ system, environments }) =>
    environments.flatMap(({ shortName, database }) => {
      if (!database?.globalCluster) return [];
      const silence = silences.find(({ untilMs }) => untilMs === undefined);
      const standing = silence
        ? { state: 'NoData' as const, activeAt: new Date(silence.fromMs) }
        : judge(spikes, nowMs);
      return [
        {
          uid: `lag-${database.globalCluster}`.slice(0, 40),
          title: `Replicas of ${database.globalCluster} trail`,
          folder: system,
          group: 'databases',
          query: `AuroraGlobalDBReplicationLag{cluster="${database.globalCluster}"} > 1000`,
          labels: { system, environment: shortName, severity: 'warning' },
          annotations: {
            summary: `The secondary region of ${database.globalCluster} is more than a second behind.`,
          },
          dashboardUid: `${system}-overview`.slice(0, 40),
          panelId: 1,
          ...standing,
        },
      ];
    }),
  );
}

function judge(
  troubles: Array<{ fromMs: number; untilMs?: number }>,
  nowMs: number,
): { state: AlertState; activeAt: Date } {
  const current = troubles.find(({ untilMs }) => untilMs === undefined);
  if (!current) {
    const last = troubles.at(-1)?.untilMs;
    return {
      state: 'Normal',
      activeAt: new Date(last ?? nowMs - (nowMs % DAY_MS)),
    };
  }
  return {
    state: nowMs - current.fromMs < FOR_MS ? 'Pending' : 'Alerting',
    activeAt: new Date(current.fromMs),
  };
}

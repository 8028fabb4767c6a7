import { World } from '../types';
import { AlertRule, AlertState, DAY_MS, FOR_MS } from './AlertRule';
import { HealthJournal } from './HealthJournal';
import { lagRules } from './lagRules';
import { ObservedService, observedServices } from './observedServices';

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
    ...lagRules(world),
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

import { FastifyInstance } from 'fastify';
import { groupBy } from '../../world/groupBy';
import { AlertRule, AlertState } from '../../world/observability/AlertRule';
import { alertRules } from '../../world/observability/alerting';
import { dashboards } from '../../world/observability/dashboards';
import { HealthJournal } from '../../world/observability/HealthJournal';
import { World } from '../../world/types';
import { DATASOURCE_UID } from './createGrafanaServer';
import { query } from './dashboardRoutes';

const INTERVAL_S = 60;

/** As the alerting before Grafana 9 spelled states. */
const LEGACY: Record<AlertState, string> = {
  Normal: 'ok',
  Pending: 'pending',
  Alerting: 'alerting',
  NoData: 'no_data',
};
/** As Prometheus spells the state of a rule. */
const PROMETHEUS: Record<AlertState, string> = {
  Normal: 'inactive',
  Pending: 'pending',
  Alerting: 'firing',
  NoData: 'inactive',
};

/**
 * Alerting: Grafana's own rules in the ruler's and in Prometheus's form, and the
 * list of the alerting before Grafana 9.
 *
 * @see https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
 */
export function addAlertRoutes(
  server: FastifyInstance,
  world: World,
  journal: HealthJournal,
): void {
  const rules = () => alertRules(world, journal);
  const now = () => world.clock.now().toISOString();

  server.get('/api/alerts', async request => {
    const p = query(request);
    const tags = p.getAll('dashboardTag');
    const states = p.getAll('state').filter(state => state !== 'all');
    const boards = new Map(dashboards(world).map(d => [d.uid, d]));
    return rules().flatMap((rule, index) => {
      const board = boards.get(rule.dashboardUid);
      const state = LEGACY[rule.state];
      if (
        !board ||
        !tags.every(tag => board.tags.includes(tag)) ||
        (states.length > 0 && !states.includes(state))
      ) {
        return [];
      }
      return [
        {
          id: index + 1,
          dashboardId: board.id,
          dashboardUid: board.uid,
          dashboardSlug: board.slug,
          panelId: rule.panelId,
          name: rule.title,
          state,
          newStateDate: rule.activeAt.toISOString(),
          evalDate: now(),
          evalData: null,
          executionError: '',
          url: `/d/${board.uid}/${board.slug}`,
        },
      ];
    });
  });

  server.get('/api/ruler/grafana/api/v1/rules', async () =>
    Object.fromEntries(
      [...groupBy(rules(), rule => rule.folder)].map(([folder, members]) => [
        folder,
        [...groupBy(members, rule => rule.group)].map(([name, own]) => ({
          name,
          interval: '1m',
          rules: own.map(rule => rulerRule(rule, now())),
        })),
      ]),
    ),
  );

  server.get('/api/prometheus/grafana/api/v1/rules', async () => ({
    status: 'success',
    data: {
      groups: [
        ...groupBy(rules(), rule => `${rule.folder} ${rule.group}`).values(),
      ].map(members => ({
        name: members[0].group,
        file: members[0].folder,
        folderUid: members[0].folder,
        rules: members.map(rule => ({
          uid: rule.uid,
          state: PROMETHEUS[rule.state],
          name: rule.title,
          query: rule.query,
          duration: INTERVAL_S,
          labels: rule.labels,
          annotations: rule.annotations,
          alerts: [instance(rule)],
          totals: { [rule.state.toLowerCase()]: 1 },
          health: rule.state === 'NoData' ? 'nodata' : 'ok',
          type: 'alerting',
          lastEvaluation: now(),
          evaluationTime: 0.002,
        })),
        interval: INTERVAL_S,
        lastEvaluation: now(),
        evaluationTime: 0.004,
      })),
      totals: {},
    },
  }));

  server.get('/api/prometheus/grafana/api/v1/alerts', async () => ({
    status: 'success',
    data: { alerts: rules().map(instance) },
  }));
}

function instance(rule: AlertRule) {
  return {
    labels: {
      alertname: rule.title,
      grafana_folder: rule.folder,
      ...rule.labels,
    },
    annotations: rule.annotations,
    state: rule.state,
    activeAt: rule.activeAt.toISOString(),
    value: rule.value === undefined ? '' : `${rule.value}`,
  };
}

function rulerRule(rule: AlertRule, updated: string) {
  return {
    expr: '',
    for: '1m',
    labels: rule.labels,
    annotations: {
      ...rule.annotations,
      __dashboardUid__: rule.dashboardUid,
      __panelId__: `${rule.panelId}`,
    },
    grafana_alert: {
      id: 0,
      orgId: 1,
      uid: rule.uid,
      title: rule.title,
      condition: 'A',
      data: [
        {
          refId: 'A',
          queryType: '',
          relativeTimeRange: { from: 600, to: 0 },
          datasourceUid: DATASOURCE_UID,
          model: { expr: rule.query, instant: true, refId: 'A' },
        },
      ],
      updated,
      intervalSeconds: INTERVAL_S,
      version: 1,
      namespace_uid: rule.folder,
      rule_group: rule.group,
      no_data_state: 'NoData',
      exec_err_state: 'Error',
      is_paused: false,
    },
  };
}

import { queriesOf, Signal } from './signals';
import { RepositoryComponent } from './types';

/** What a language's usual metrics library tells about its own runtime. */
const RUNTIME_GAUGES: Record<string, { title: string; metric: string }> = {
  go: { title: 'Goroutines', metric: 'go_goroutines' },
  typescript: {
    title: 'Event loop lag, p99',
    metric: 'nodejs_eventloop_lag_p99_seconds',
  },
};

interface Panel {
  title: string;
  description?: string;
  unit: string;
  targets: Array<{ expr: string; legend: string }>;
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const HEIGHT = 8;
const COLUMNS = 24;

/**
 * `observability/dashboard.json`, to be imported into Grafana or provisioned
 * from the repository: for each signal rate, errors and latency, and what the
 * process uses. Every query names the component and the chosen environment.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function renderDashboard(component: RepositoryComponent): string {
  const { name, title, system, language, signals } = component;
  const series = `service="${name}",environment=~"$environment"`;
  const rows = [
    ...signals.map(signal => signalPanels(signal, series)),
    saturationPanels(language, series),
  ];
  return `${JSON.stringify(
    {
      uid: name,
      title,
      tags: [name, system],
      editable: true,
      schemaVersion: 39,
      refresh: '30s',
      time: { from: 'now-3h', to: 'now' },
      timezone: 'browser',
      templating: { list: variables(name, signals) },
      panels: rows.flatMap((panels, row) =>
        panels.map((panel, index) =>
          panelModel(panel, {
            id: row * 10 + index + 1,
            x: (COLUMNS / panels.length) * index,
            y: row * HEIGHT,
            w: COLUMNS / panels.length,
          }),
        ),
      ),
    },
    undefined,
    2,
  )}\n`;
}

function signalPanels(signal: Signal, series: string): Panel[] {
  const { work, by, waiting } = signal;
  const { rate, errorRatio, latency } = queriesOf(signal, series);
  const Work = work[0].toUpperCase() + work.slice(1);
  return [
    {
      title: `${Work} a second`,
      unit: 'short',
      targets: [{ expr: rate(by), legend: `{{${by}}}` }],
    },
    {
      title: `Share of ${work} that fail`,
      unit: 'percentunit',
      targets: [{ expr: errorRatio, legend: 'failed' }],
    },
    {
      title: `How long ${work} take`,
      unit: 's',
      targets: [0.5, 0.95, 0.99].map(quantile => ({
        expr: latency(quantile),
        legend: `p${quantile * 100}`,
      })),
    },
    ...(waiting
      ? [
          {
            title: waiting.title,
            unit: 'short',
            targets: [
              {
                expr: `sum by (${by}) (${waiting.metric}{${series}})`,
                legend: `{{${by}}}`,
              },
            ],
          },
        ]
      : []),
  ];
}

function saturationPanels(language: string, series: string): Panel[] {
  const gauge = RUNTIME_GAUGES[language];
  return [
    {
      title: 'CPU, cores',
      unit: 'short',
      targets: [
        {
          expr: `sum by (instance) (rate(process_cpu_seconds_total{${series}}[5m]))`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Memory',
      unit: 'bytes',
      targets: [
        {
          expr: `sum by (instance) (process_resident_memory_bytes{${series}})`,
          legend: '{{instance}}',
        },
      ],
    },
    gauge
      ? {
          title: gauge.title,
          unit: gauge.metric.endsWith('_seconds') ? 's' : 'short',
          targets: [
            {
              expr: `max by (instance) (${gauge.metric}{${series}})`,
              legend: '{{instance}}',
            },
          ],
        }
      : {
          title: 'Open files and sockets',
          unit: 'short',
          targets: [
            {
              expr: `max by (instance) (process_open_fds{${series}})`,
              legend: '{{instance}}',
            },
          ],
        },
  ];
}

function variables(name: string, [signal]: Signal[]): object[] {
  const metric = signal?.total ?? 'process_cpu_seconds_total';
  return [
    {
      name: 'datasource',
      label: 'Source',
      type: 'datasource',
      query: 'prometheus',
    },
    {
      name: 'environment',
      label: 'Environment',
      type: 'query',
      datasource: DATASOURCE,
      query: {
        qryType: 1,
        query: `label_values(${metric}{service="${name}"}, environment)`,
        refId: 'environment',
      },
      refresh: 2,
      sort: 1,
      includeAll: true,
      multi: true,
      current: { selected: true, text: ['All'], value: ['$__all'] },
    },
  ];
}

function panelModel(
  { title, unit, targets }: Panel,
  { id, x, y, w }: { id: number; x: number; y: number; w: number },
): object {
  return {
    id,
    type: 'timeseries',
    title,
    datasource: DATASOURCE,
    gridPos: { h: HEIGHT, w, x, y },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: { fillOpacity: 10, showPoints: 'never' },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: targets.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      range: true,
    })),
  };
}

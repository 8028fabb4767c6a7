import { FastifyInstance } from 'fastify';
import { AlertRule } from '../../world/observability/AlertRule';
import { alertRules } from '../../world/observability/alerting';
import {
  Dashboard,
  DashboardPanel,
  dashboards,
} from '../../world/observability/dashboards';
import { HealthJournal } from '../../world/observability/HealthJournal';
import { Metrics } from '../../world/observability/Metrics';
import { World } from '../../world/types';
import { query, urlOf } from './dashboardRoutes';
import { exploreQuery, podLines } from './explorePage';
import { Matrix, queryRange } from './prometheusRoutes';
import { parsePromql } from './promql/parse';
import { PromqlError } from './promql/tokenize';

const HOUR_MS = 3_600_000;
const POINTS = 120;
const [WIDTH, HEIGHT] = [640, 160];

type Page = [status: number, text: string];

/** Plain pages, so that links to Grafana land somewhere that tells the same. */
export function addPages(
  server: FastifyInstance,
  world: World,
  parts: { metrics: Metrics; journal: HealthJournal },
): void {
  const { metrics, journal } = parts;
  const html = (path: string, answer: (request: any) => Page | Promise<Page>) =>
    server.get(path, async (request, reply) => {
      const [status, text] = await answer(request);
      return reply.code(status).type('text/html; charset=utf-8').send(text);
    });

  html('/', () => [
    200,
    page(
      'Dashboards',
      [...new Set(dashboards(world).map(d => d.folder))]
        .map(
          folder =>
            `<h2>${escape(folder)}</h2><ul>${dashboards(world)
              .filter(d => d.folder === folder)
              .map(d => `<li>${link(urlOf(d), d.title)}</li>`)
              .join('')}</ul>`,
        )
        .join(''),
    ),
  ]);
  server.get('/dashboards', async (_request, reply) => reply.redirect('/'));
  server.get('/dashboards/f/*', async (_request, reply) => reply.redirect('/'));

  const dashboard = async (request: any): Promise<Page> => {
    const found = dashboards(world).find(d => d.uid === request.params.uid);
    return found
      ? [200, await dashboardPage(found, query(request), world, metrics)]
      : [404, missing('dashboard', request.params.uid)];
  };
  html('/d/:uid', dashboard);
  html('/d/:uid/:slug', dashboard);
  html('/d-solo/:uid/:slug', dashboard);

  html('/explore', async request => {
    const { expr, type } = exploreQuery(query(request));
    const range = rangeOf(query(request), world);
    const language = type === 'loki' ? 'LogQL' : 'PromQL';
    return [
      200,
      page(
        'Explore',
        `<form><input type="hidden" name="type" value="${escape(
          type,
        )}"><label>${language} <input name="expr" size="80" value="${escape(
          expr,
        )}"></label> <button>Run</button></form>${
          expr && (type === 'loki' ? logs(expr, range, world) : await graph())
        }`,
      ),
    ];

    function graph() {
      return chart({ id: 1, title: expr, unit: 'reqps', expr }, range, metrics);
    }
  });

  html('/alerting/list', () => [
    200,
    page(
      'Alert rules',
      `<table><tr><th>Rule</th><th>State</th><th>Since</th></tr>${alertRules(
        world,
        journal,
      )
        .map(
          rule =>
            `<tr><td>${link(
              `/alerting/grafana/${rule.uid}/view`,
              rule.title,
            )}</td><td>${
              rule.state
            }</td><td>${rule.activeAt.toISOString()}</td></tr>`,
        )
        .join('')}</table>`,
    ),
  ]);
  html('/alerting/grafana/:uid/view', request => {
    const rule = alertRules(world, journal).find(
      r => r.uid === request.params.uid,
    );
    return rule
      ? [200, alertPage(rule)]
      : [404, missing('alert rule', request.params.uid)];
  });
}

async function dashboardPage(
  dashboard: Dashboard,
  p: URLSearchParams,
  world: World,
  metrics: Metrics,
): Promise<string> {
  const environments = p
    .getAll('var-environment')
    .filter(value => /^[\w-]+$/.test(value));
  const chosen = environments.length
    ? environments
    : dashboard.environments.slice(-1);
  const range = rangeOf(p, world);
  const variables = [...p].filter(
    ([name]) => name.startsWith('var-') && name !== 'var-environment',
  );
  const charts = await Promise.all(
    dashboard.panels.map(panel => {
      const expr = panel.expr.replaceAll('$environment', chosen.join('|'));
      return chart({ ...panel, expr }, range, metrics);
    }),
  );
  return page(
    dashboard.title,
    `<p>${dashboard.environments
      .map(environment =>
        chosen.includes(environment)
          ? `<strong>${escape(environment)}</strong>`
          : link(
              `${urlOf(dashboard)}?var-environment=${environment}`,
              environment,
            ),
      )
      .join(' · ')}</p>
<p>${new Date(range.fromMs).toISOString()} to ${new Date(
      range.toMs,
    ).toISOString()}${variables
      .map(
        ([name, value]) =>
          ` · ${escape(name.slice(4))} = <code>${escape(value)}</code>`,
      )
      .join('')}</p>
${charts.join('')}`,
  );
}

function alertPage(rule: AlertRule): string {
  const row = (name: string, value: string) =>
    `<tr><th>${escape(name)}</th><td>${value}</td></tr>`;
  return page(
    rule.title,
    `<table>${row('State', rule.state)}${row(
      'Since',
      rule.activeAt.toISOString(),
    )}${row('Summary', escape(rule.annotations.summary))}${row(
      'Query',
      `<code>${escape(rule.query)}</code>`,
    )}${Object.entries(rule.labels)
      .map(([name, value]) => row(name, escape(value)))
      .join('')}${row(
      'Dashboard',
      link(`/d/${rule.dashboardUid}`, rule.dashboardUid),
    )}</table>`,
  );
}

/** A graph as inline SVG, with its lowest, highest and newest value in words. */
async function chart(
  panel: DashboardPanel,
  range: { fromMs: number; toMs: number },
  metrics: Metrics,
): Promise<string> {
  let series: Matrix[];
  try {
    series = await queryRange(metrics, parsePromql(panel.expr), {
      ...range,
      stepMs: Math.max(1, (range.toMs - range.fromMs) / POINTS),
    });
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    return `<section><h2>${escape(panel.title)}</h2><p>${escape(
      error.message,
    )}</p></section>`;
  }
  const lines = series.map(({ values }) =>
    values
      .map(([at, value]) => [at * 1000, Number(value)])
      .filter(([, value]) => Number.isFinite(value)),
  );
  const all = lines.flat().map(([, value]) => value);
  if (all.length === 0) {
    return `<section><h2>${escape(panel.title)}</h2><p>No data</p></section>`;
  }
  const top = all.reduce((a, b) => Math.max(a, b)) || 1;
  const low = all.reduce((a, b) => Math.min(a, b));
  const x = (ms: number) =>
    ((ms - range.fromMs) / (range.toMs - range.fromMs)) * WIDTH;
  const y = (value: number) => HEIGHT - (value / (top * 1.1)) * HEIGHT;
  const said = `lowest ${show(low, panel.unit)}, highest ${show(
    top,
    panel.unit,
  )}, now ${show(lines[0].at(-1)![1], panel.unit)}`;
  return `<section><h2>${escape(
    panel.title,
  )}</h2><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(
    `${panel.title}: ${said}`,
  )}">${lines
    .map(
      line =>
        `<polyline points="${line
          .map(([ms, value]) => `${x(ms).toFixed(1)},${y(value).toFixed(1)}`)
          .join(' ')}"/>`,
    )
    .join('')}</svg><p>${escape(said)}</p></section>`;
}

function show(value: number, unit: DashboardPanel['unit']): string {
  if (unit === 'percentunit') return `${(value * 100).toFixed(2)} %`;
  if (unit === 's') return `${Math.round(value * 1000)} ms`;
  return `${value.toFixed(2)} a second`;
}

/** `from` and `to` as Grafana writes them: milliseconds, `now`, `now-6h`, or a date. */
function rangeOf(p: URLSearchParams, world: World) {
  const nowMs = world.clock.now().getTime();
  const parse = (text: string | null, otherwise: number) => {
    if (!text) return otherwise;
    if (/^\d+$/.test(text)) return Number(text);
    const relative = text.match(/^now(?:-(\d+)([smhdw]))?$/);
    if (relative) {
      const [, count = '0', unit = 's'] = relative;
      const size = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }[unit]!;
      return nowMs - Number(count) * size * 1000;
    }
    const date = Date.parse(text);
    return Number.isNaN(date) ? otherwise : date;
  };
  const toMs = Math.min(parse(p.get('to'), nowMs), nowMs);
  const fromMs = parse(p.get('from'), toMs - 6 * HOUR_MS);
  return fromMs < toMs && fromMs > 0
    ? { fromMs, toMs }
    : { fromMs: toMs - 6 * HOUR_MS, toMs };
}

/** The lines that a stream selector gives. */
function logs(
  expr: string,
  range: { fromMs: number; toMs: number },
  world: World,
): string {
  try {
    const lines = podLines(world, expr, range);
    return lines.length === 0
      ? '<p>No logs found.</p>'
      : `<table>${lines
          .map(
            ({ at, pod, text }) =>
              `<tr><td>${at.toISOString()}</td><td>${escape(
                pod,
              )}</td><td><code>${escape(text)}</code></td></tr>`,
          )
          .join('')}</table>`;
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    return `<p>${escape(error.message)}</p>`;
  }
}

function missing(what: string, uid: string): string {
  return page(
    `No such ${what}`,
    `<p>There is no ${what} <code>${escape(uid)}</code>.</p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escape(
    title,
  )} – Grafana (sandbox)</title><style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}th{text-align:left;padding-right:2rem;vertical-align:top}td{overflow-wrap:anywhere;padding-right:1rem}svg{width:100%;max-width:${WIDTH}px;border-bottom:1px solid;border-left:1px solid}polyline{fill:none;stroke:#e0752d;stroke-width:2}input{max-width:100%}</style></head><body><h1>${escape(
    title,
  )}</h1><p>Grafana of the sandbox. ${link('/', 'Dashboards')} · ${link(
    '/alerting/list',
    'Alert rules',
  )} · ${link('/explore', 'Explore')}</p>${body}</body></html>`;
}

function link(to: string, text: string): string {
  return `<a href="${escape(to)}">${escape(text)}</a>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

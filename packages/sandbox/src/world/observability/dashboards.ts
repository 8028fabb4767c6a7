import { groupBy } from '../groupBy';
import { World } from '../types';
import { observedServices } from './observedServices';

/** A graph: a title, a unit and a query with `$environment` in it. */
export interface DashboardPanel {
  id: number;
  title: string;
  unit: 'reqps' | 'percentunit' | 's';
  expr: string;
}

export interface Dashboard {
  id: number;
  uid: string;
  title: string;
  slug: string;
  tags: string[];
  /** System in the catalog. */
  folder: string;
  /** Values that the variable `environment` can take, the first being the default. */
  environments: string[];
  panels: DashboardPanel[];
}

/** One dashboard for each service and one for each platform, by folder and title. */
export function dashboards(
  world: Pick<World, 'platforms' | 'argocd' | 'aws'>,
): Dashboard[] {
  const observed = observedServices(world);
  const bySystem = groupBy(observed, o => o.system);
  const found = [...bySystem].flatMap(([system, members]) => [
    {
      uid: `${system}-overview`,
      title: `${system} overview`,
      tags: [system, 'platform'],
      folder: system,
      environments: unique(members.map(o => o.environment)),
      panels: panels(`system="${system}"`),
    },
    ...[...groupBy(members, o => o.service)].map(([service, places]) => ({
      uid: service,
      title: service,
      tags: [service, system, 'service'],
      folder: system,
      environments: unique(places.map(o => o.environment)),
      panels: panels(`service="${service}"`),
    })),
  ]);
  return found.map((dashboard, index) => ({
    ...dashboard,
    // as Grafana: at most 40 characters
    uid: dashboard.uid.slice(0, 40),
    id: index + 1,
    slug: slugOf(dashboard.title),
  }));
}

/** As Grafana writes titles into addresses. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function panels(owner: string): DashboardPanel[] {
  const matchers = `${owner},environment=~"$environment"`;
  const requests = `sum(rate(http_requests_total{${matchers}}[5m]))`;
  const errors = `sum(rate(http_requests_total{${matchers},code=~"5.."}[5m]))`;
  const buckets = `sum by (le) (rate(http_request_duration_seconds_bucket{${matchers}}[5m]))`;
  return [
    { id: 1, title: 'Requests', unit: 'reqps', expr: requests },
    {
      id: 2,
      title: 'Errors',
      unit: 'percentunit',
      expr: `${errors} / ${requests}`,
    },
    {
      id: 3,
      title: 'Latency, 95th percentile',
      unit: 's',
      expr: `histogram_quantile(0.95, ${buckets})`,
    },
  ];
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

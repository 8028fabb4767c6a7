import { TimeRange } from './links';

/** A range as Grafana writes it: `now-1h`, or milliseconds since 1970. */
export interface GrafanaRange {
  from: string;
  to: string;
}

/** A range in Grafana's notation. */
export function grafanaRange({ fromMs, toMs }: TimeRange): GrafanaRange {
  return { from: `${fromMs}`, to: `${toMs}` };
}

/** What people want to see when nothing in particular happened. */
export const LAST_HOUR: GrafanaRange = { from: 'now-1h', to: 'now' };

/**
 * A dashboard with its variables and its range set. Grafana ignores variables
 * that a dashboard does not have.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/create-dashboard-url-variables/
 */
export function dashboardUrl(
  url: string,
  variables: Record<string, string | undefined>,
  range: GrafanaRange = LAST_HOUR,
): string {
  const filled = new URL(url);
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) filled.searchParams.set(`var-${name}`, value);
  }
  filled.searchParams.set('from', range.from);
  filled.searchParams.set('to', range.to);
  return filled.toString();
}

/**
 * A query in Explore, in the notation of Grafana 10 and later.
 *
 * @see https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/#generate-explore-urls-from-external-tools
 */
export function exploreUrl(
  grafanaUrl: string,
  query: { datasource: string; type: 'loki' | 'prometheus'; expr: string },
  range: GrafanaRange = LAST_HOUR,
): string {
  const { datasource, type, expr } = query;
  const panes = {
    fairway: {
      datasource,
      queries: [{ refId: 'A', expr, datasource: { type, uid: datasource } }],
      range,
    },
  };
  return `${grafanaUrl}/explore?${new URLSearchParams({
    schemaVersion: '1',
    panes: JSON.stringify(panes),
    orgId: '1',
  })}`;
}

/** A value between the quotes of LogQL and PromQL. */
export function logqlText(value: string): string {
  return value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
}

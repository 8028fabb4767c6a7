import { containerLog, LogLine } from '../../world/kubernetes/containerLogs';
import { World } from '../../world/types';
import { parsePromql } from './promql/parse';
import { PromqlError } from './promql/tokenize';

const MOST_LINES = 100;

/** The query that Explore was asked to run. */
export interface ExploreQuery {
  expr: string;
  /** Of its data source: `loki`, `prometheus`; what is not said is Prometheus. */
  type: string;
}

/** A line of a log, and whose it is. */
export interface PodLine extends LogLine {
  pod: string;
}

/**
 * What Explore was asked to show: `expr`, or the first query of `left` or
 * `panes`.
 *
 * @see https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/
 */
export function exploreQuery(p: URLSearchParams): ExploreQuery {
  const direct = p.get('expr');
  if (direct) return { expr: direct, type: p.get('type') ?? 'prometheus' };
  try {
    const panes = JSON.parse(p.get('panes') ?? p.get('left') ?? '');
    const [pane] = p.has('panes') ? Object.values<any>(panes) : [panes];
    const [query] = pane.queries;
    return {
      expr: String(query.expr ?? ''),
      type: String(query.datasource?.type ?? 'prometheus'),
    };
  } catch {
    return { expr: '', type: 'prometheus' };
  }
}

/**
 * The newest lines of the pods that a stream selector names, newest first.
 * Streams have the labels that Loki's agents give them: `cluster`,
 * `namespace`, `pod`, `container`, and `app` for `app.kubernetes.io/name`.
 *
 * @throws PromqlError - it is no stream selector.
 */
export function podLines(
  world: World,
  expr: string,
  range: { fromMs: number; toMs: number },
): PodLine[] {
  const selector = parsePromql(expr);
  if (selector.kind !== 'selector' || selector.metric !== undefined) {
    throw new PromqlError(
      'the sandbox reads stream selectors, such as {namespace="a", app="b"}',
    );
  }
  const now = world.clock.now();
  const lines: PodLine[] = [];
  for (const cluster of world.argocd?.clusters.values() ?? []) {
    for (const pod of cluster.objects().filter(o => o.kind === 'Pod')) {
      const { name, namespace = '', labels = {} } = pod.metadata;
      for (const { name: container } of pod.spec.containers) {
        const stream: Record<string, string> = {
          cluster: cluster.name,
          namespace,
          pod: name,
          container,
          app: labels['app.kubernetes.io/name'] ?? labels.app ?? '',
        };
        const isMeant = selector.matchers.every(m =>
          m.matches(stream[m.label] ?? ''),
        );
        if (!isMeant) continue;
        lines.push(
          ...containerLog(pod, container, now).map(line => ({
            ...line,
            pod: name,
          })),
        );
      }
    }
  }
  return lines
    .filter(
      ({ at }) => at.getTime() >= range.fromMs && at.getTime() <= range.toMs,
    )
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, MOST_LINES);
}

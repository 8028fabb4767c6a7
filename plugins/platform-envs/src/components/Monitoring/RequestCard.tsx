import { lazy, Suspense } from 'react';
import { DateTime } from 'luxon';
import { Skeleton } from '@backstage/ui';
import {
  ComponentObservability,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import {
  formatFigure,
  hasValues,
  LineLook,
  RequestFigure,
  RequestPoint,
  TimeSpan,
  toPoints,
} from '../../model/requests';
import { formatAbsolute } from '../../model/time';
import { DataTable } from '../DataTable';
import styles from './Monitoring.module.css';

// Recharts is the heaviest thing in the plugin: only who sees a chart loads it.
const RequestChart = lazy(() =>
  import('./RequestChart').then(m => ({ default: m.RequestChart })),
);

const FIGURES: Record<RequestFigure, { title: string; unit: string }> = {
  requestRate: { title: 'Requests', unit: 'requests a second' },
  errorRatio: { title: 'Errors', unit: 'share of requests answered with 5xx' },
  latencyP50: { title: 'Latency, median', unit: 'half are faster' },
  latencyP95: { title: 'Latency, 95th percentile', unit: '95 % are faster' },
};

/** Props of {@link RequestCard}. */
export interface RequestCardProps {
  figure: RequestFigure;
  observability: ComponentObservability;
  /** Those that are shown, in promotion order. */
  environments: EnvironmentSummary[];
  looks: Map<string, LineLook>;
  span: TimeSpan;
  asTable: boolean;
}

/** One figure of requests, as a chart or as a table. */
export function RequestCard(props: RequestCardProps) {
  const { figure, observability, environments, span, asTable } = props;
  const shown = (ref: string) => environments.some(e => e.ref === ref);
  const points = toPoints(
    observability.requests.filter(r => shown(r.environmentRef)),
    figure,
    span,
  );
  const { title, unit } = FIGURES[figure];
  return (
    <figure className={styles.chart} aria-label={`${title}, ${unit}`}>
      <figcaption className={styles.chartTitle}>
        <strong>{title}</strong>
        <span className={styles.quiet}>
          {unit}, times in {DateTime.fromMillis(span.to).toFormat('ZZZZ')}
        </span>
      </figcaption>
      {!hasValues(points) && (
        <p className={styles.noValues}>Nothing was measured in this time.</p>
      )}
      {hasValues(points) && asTable && (
        <FigureTable {...{ figure, points, environments, title }} />
      )}
      {hasValues(points) && !asTable && (
        <Suspense fallback={<Skeleton width="100%" height={180} />}>
          <RequestChart
            figure={figure}
            points={points}
            span={span}
            environments={environments}
            looks={props.looks}
            deployments={observability.deployments.filter(
              ({ environmentRef, at }) =>
                shown(environmentRef) &&
                Date.parse(at) >= span.from &&
                Date.parse(at) <= span.to,
            )}
          />
        </Suspense>
      )}
    </figure>
  );
}

function FigureTable(props: {
  figure: RequestFigure;
  points: RequestPoint[];
  environments: EnvironmentSummary[];
  title: string;
}) {
  const { figure, points, environments, title } = props;
  return (
    <DataTable windowLabel={`${title} as a table`} className={styles.figures}>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {environments.map(e => (
            <th key={e.ref} scope="col" className={styles.numeric}>
              {e.shortName}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...points].reverse().map(point => (
          <tr key={point.time}>
            <td title={formatAbsolute(new Date(point.time).toISOString())}>
              {DateTime.fromMillis(point.time).toFormat('HH:mm')}
            </td>
            {environments.map(({ ref }) => {
              const value = point[ref];
              return (
                <td key={ref} className={styles.numeric}>
                  {typeof value === 'number' ? (
                    formatFigure(figure, value)
                  ) : (
                    <span className={styles.quiet}>not measured</span>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

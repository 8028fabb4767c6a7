import {
  ComponentObservability,
  EnvironmentSummary,
  Reading,
  RequestSeries,
} from '@fairway/plugin-platform-envs-common';
import { alertWord } from '../../model/alerts';
import {
  formatFigure,
  latest,
  LineLook,
  RequestFigure,
} from '../../model/requests';
import { DataTable } from '../DataTable';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Monitoring.module.css';

const COLUMNS: Array<{ figure: RequestFigure; title: string }> = [
  { figure: 'requestRate', title: 'Requests' },
  { figure: 'errorRatio', title: 'Errors' },
  { figure: 'latencyP50', title: 'p50' },
  { figure: 'latencyP95', title: 'p95' },
];

/** How each environment is at present; it is also the legend of the charts. */
export function NowTable(props: {
  observability: ComponentObservability;
  environments: EnvironmentSummary[];
  looks: Map<string, LineLook>;
}) {
  const { observability, environments, looks } = props;
  return (
    <DataTable className={styles.figures}>
      <thead>
        <tr>
          <th scope="col">Now</th>
          {COLUMNS.map(({ title }) => (
            <th key={title} scope="col" className={styles.numeric}>
              {title}
            </th>
          ))}
          <th scope="col">Alerts</th>
        </tr>
      </thead>
      <tbody>
        {environments.map(environment => {
          const series = observability.requests.find(
            r => r.environmentRef === environment.ref,
          )?.series;
          return (
            <tr key={environment.ref}>
              <th scope="row">
                <LineSample look={looks.get(environment.ref)} />
                {environment.shortName}
                <Age reading={series} />
              </th>
              <Figures reading={series} />
              <td>
                <WorstAlert
                  observability={observability}
                  environmentRef={environment.ref}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}

/** How its line looks in the charts. */
export function LineSample({ look }: { look?: LineLook }) {
  return (
    <svg
      width={24}
      height={10}
      aria-hidden
      focusable={false}
      className={styles.sample}
    >
      <line
        x1={0}
        y1={5}
        x2={24}
        y2={5}
        stroke={look?.colour}
        strokeWidth={2}
        strokeDasharray={look?.dash}
      />
    </svg>
  );
}

function Figures(props: {
  reading?: ComponentObservability['requests'][number]['series'];
}) {
  const { reading } = props;
  if (reading?.status !== 'ok') {
    return (
      <td colSpan={COLUMNS.length} className={styles.reason}>
        {reading?.reason ?? 'Not known'}
      </td>
    );
  }
  return (
    <>
      {COLUMNS.map(({ figure }) => (
        <td key={figure} className={styles.numeric}>
          <Latest series={reading.value} figure={figure} />
        </td>
      ))}
    </>
  );
}

/** When it was so, where that is not the present. */
function Age({ reading }: { reading?: Reading<unknown> }) {
  return reading?.status === 'ok' && reading.stale ? (
    <span className={styles.age} title={reading.stale}>
      {' '}
      <When at={reading.observedAt} />
    </span>
  ) : null;
}

function Latest(props: { series: RequestSeries; figure: RequestFigure }) {
  const value = latest(props.series, props.figure);
  return value === undefined ? (
    <span className={styles.quiet}>unknown</span>
  ) : (
    <>{formatFigure(props.figure, value)}</>
  );
}

function WorstAlert(props: {
  observability: ComponentObservability;
  environmentRef: string;
}) {
  const { alerts } = props.observability;
  if (alerts.status !== 'ok') {
    return <span className={styles.quiet}>unknown</span>;
  }
  const own = alerts.value.filter(
    a => a.environmentRef === props.environmentRef,
  );
  // they come worst first
  const [worst] = own;
  if (!worst) return <span className={styles.quiet}>no rule</span>;
  const alike = own.filter(a => a.state === worst.state).length;
  return (
    <OldValues when={Boolean(alerts.stale)}>
      <StateBadge state={alertWord(worst.state)}>
        {alertWord(worst.state).word}
        {alike > 1 && ` (${alike})`}
      </StateBadge>
      <Age reading={alerts} />
    </OldValues>
  );
}

import { lazy, Suspense, useState } from 'react';
import { Skeleton, ToggleButton } from '@backstage/ui';
import { Reading, ReplicationLag } from '@fairway/plugin-platform-envs-common';
import { useReplicationLag } from '../../hooks/useEnvironment';
import { regionPlace } from '../../model/environment';
import { formatLag } from '../../model/lag';
import { formatAbsolute } from '../../model/time';
import { Card } from '../Card';
import { DataTable } from '../DataTable';
import { ErrorNotice } from '../ErrorNotice';
import { Screen } from '../Screen';
import { When } from '../When';
import { useEntityRef } from './EnvironmentCard';
import styles from './Environment.module.css';

// Recharts is the heaviest thing in the plugin: only who sees a chart loads it.
const LagChart = lazy(() =>
  import('./LagChart').then(m => ({ default: m.LagChart })),
);

function LagFigure({
  label,
  reading,
}: {
  label: string;
  reading: Reading<number>;
}) {
  return (
    <div className={styles.figure}>
      <span className={styles.quiet}>{label}</span>
      {reading.status === 'ok' ? (
        <>
          <span className={styles.number}>{formatLag(reading.value)}</span>
          <span className={styles.quiet}>
            <When at={reading.observedAt} />
          </span>
        </>
      ) : (
        <span className={styles.reason}>Unavailable: {reading.reason}</span>
      )}
    </div>
  );
}

function End(props: { cluster: string; region: string; part: string }) {
  return (
    <span className={styles.end}>
      <strong>
        {regionPlace(props.region)} {props.part}
      </strong>
      <span className={styles.quiet} title={props.cluster}>
        {props.region}
      </span>
    </span>
  );
}

function LagTable({ series }: { series: ReplicationLag['series'] }) {
  return (
    <DataTable windowLabel="Lag">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Lag</th>
        </tr>
      </thead>
      <tbody>
        {[...series].reverse().map(point => (
          <tr key={point.at}>
            <td>{formatAbsolute(point.at)}</td>
            <td>{formatLag(point.lagMs)}</td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

function Replica({ lag }: { lag: ReplicationLag }) {
  const [asTable, setAsTable] = useState(false);
  const now =
    lag.lagMs.status === 'ok' ? formatLag(lag.lagMs.value) : 'unknown';
  return (
    <div className={styles.replica}>
      <div className={styles.topology}>
        <End {...lag.writer} part="writer" />
        <span className={styles.line} aria-label={`replicates with lag ${now}`}>
          <span aria-hidden className={styles.rail} />
          <span className={styles.lag}>{now}</span>
          <span aria-hidden className={styles.rail} />
          <span aria-hidden>▶</span>
        </span>
        <End {...lag.reader} part="reader" />
      </div>
      <div className={styles.figures}>
        <LagFigure label="Replication lag" reading={lag.lagMs} />
        <LagFigure label="RPO lag" reading={lag.rpoLagMs} />
        <div className={styles.figure}>
          <span className={styles.quiet}>Global cluster</span>
          <span className={styles.mono}>{lag.globalCluster}</span>
          <span className={styles.quiet}>
            {[lag.status, lag.reader.synchronization]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </div>
        <span className={styles.spacer} />
        {lag.series.length > 0 && (
          <ToggleButton isSelected={asTable} onChange={setAsTable}>
            Table
          </ToggleButton>
        )}
      </div>
      {lag.series.length === 0 && (
        <p className={styles.quiet}>
          CloudWatch has no datapoint of the last 3 hours.
        </p>
      )}
      {lag.series.length > 0 &&
        (asTable ? (
          <LagTable series={lag.series} />
        ) : (
          <Suspense fallback={<Skeleton width="100%" height={180} />}>
            <LagChart
              series={lag.series}
              label={`Replication lag of ${lag.globalCluster}, last 3 hours`}
            />
          </Suspense>
        ))}
    </div>
  );
}

function Replication() {
  const { data, error, refetch } = useReplicationLag(useEntityRef());
  if (!data && error) {
    return (
      <ErrorNotice
        title="The replication could not be loaded"
        error={error}
        onRetry={refetch}
      />
    );
  }
  if (!data) {
    return (
      <div
        role="status"
        aria-label="Loading the replication"
        className={styles.skeleton}
      >
        <Skeleton width="70%" height={40} />
        <Skeleton width="100%" height={180} />
      </div>
    );
  }
  if (data.absentReason) {
    return <p className={styles.quiet}>{data.absentReason}</p>;
  }
  if (data.lag.status === 'unavailable') {
    return (
      <p className={styles.reason}>
        Unavailable: {data.lag.reason}
        {data.lag.observedAt && (
          <>
            {' '}
            · last seen <When at={data.lag.observedAt} />
          </>
        )}
      </p>
    );
  }
  if (data.lag.value.length === 0) {
    return (
      <p className={styles.quiet}>
        The global cluster has no reader region yet.
      </p>
    );
  }
  return (
    <>
      {data.lag.value.map(lag => (
        <Replica key={`${lag.globalCluster} ${lag.reader.cluster}`} lag={lag} />
      ))}
    </>
  );
}

/** How far the readers of the environment's Aurora global databases trail. */
export function ReplicationCard() {
  return (
    <Screen>
      <Card title="Database replication">
        <Replication />
      </Card>
    </Screen>
  );
}

import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Skeleton, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import { ComponentObservability } from '@fairway/plugin-platform-envs-common';
import { useNow } from '../../hooks/useNow';
import { useObservability } from '../../hooks/useObservability';
import { useUrlState } from '../../hooks/useUrlState';
import { lineLooks, RequestFigure, spanOf } from '../../model/requests';
import { ErrorNotice } from '../ErrorNotice';
import { FindingList } from '../FindingList';
import { CellLinks } from '../Links';
import { Screen } from '../Screen';
import { AlertsCard } from './AlertsCard';
import { DashboardsCard } from './DashboardsCard';
import { DeploymentsCard } from './DeploymentsCard';
import { NowTable } from './NowTable';
import { RequestCard } from './RequestCard';
import { Section } from './Section';
import { SourceList } from './SourceList';
import styles from './Monitoring.module.css';

const FIGURES: RequestFigure[] = [
  'requestRate',
  'errorRatio',
  'latencyP50',
  'latencyP95',
];

function MonitoringSkeleton() {
  return (
    <div
      className={styles.tab}
      role="status"
      aria-label="Loading the monitoring"
    >
      <Skeleton width="100%" height={140} />
      <div className={styles.charts}>
        {FIGURES.map(figure => (
          <Skeleton key={figure} width="100%" height={220} />
        ))}
      </div>
    </div>
  );
}

function Monitoring(props: {
  observability: ComponentObservability;
  componentRef: string;
  componentName: string;
}) {
  const { observability, componentRef, componentName } = props;
  const { environments, requests } = observability;
  const now = useNow();
  const [params, setUrl] = useUrlState();
  const looks = lineLooks(environments);
  const chosen = environments.filter(e =>
    params.get('env')?.split(',').includes(e.shortName),
  );
  const shown = chosen.length > 0 ? chosen : environments;
  const hours = params.get('range') === '1h' ? 1 : 3;
  const around = observability.deployments.find(
    d => d.at === params.get('around'),
  );
  const asTable = params.get('view') === 'table';
  const span = spanOf(requests, {
    hours,
    now,
    ...(around && { around: Date.parse(around.at) }),
  });
  const measured = requests.some(({ series }) => series.status === 'ok');

  return (
    <>
      <FindingList findings={observability.problems} />
      <div className={styles.controls}>
        <ToggleButtonGroup
          aria-label="Environments"
          selectionMode="multiple"
          selectedKeys={chosen.map(e => e.shortName)}
          onSelectionChange={keys =>
            setUrl({ env: [...keys].map(String).join(',') })
          }
        >
          {environments.map(e => (
            <ToggleButton key={e.ref} id={e.shortName} size="small">
              {e.shortName}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <ToggleButtonGroup
          aria-label="Range"
          selectionMode="single"
          disallowEmptySelection={!around}
          selectedKeys={around ? [] : [`${hours}h`]}
          onSelectionChange={keys => {
            const [key] = [...keys].map(String);
            setUrl({
              range: key === '1h' ? key : undefined,
              around: undefined,
            });
          }}
        >
          <ToggleButton id="1h" size="small">
            1 h
          </ToggleButton>
          <ToggleButton id="3h" size="small">
            3 h
          </ToggleButton>
        </ToggleButtonGroup>
        <ToggleButton
          size="small"
          isSelected={asTable}
          onChange={on => setUrl({ view: on ? 'table' : undefined })}
        >
          Table
        </ToggleButton>
        <SourceList sources={observability.sources} />
      </div>
      <Section title="Requests">
        <NowTable
          observability={observability}
          environments={shown}
          looks={looks}
        />
        {measured && (
          <div className={styles.charts}>
            {FIGURES.map(figure => (
              <RequestCard
                key={figure}
                figure={figure}
                observability={observability}
                environments={shown}
                looks={looks}
                span={span}
                asTable={asTable}
              />
            ))}
          </div>
        )}
      </Section>
      <div className={styles.pair}>
        <AlertsCard
          observability={observability}
          environments={environments}
          componentName={componentName}
        />
        <div className={styles.stack}>
          <DashboardsCard
            observability={observability}
            environments={environments}
            componentName={componentName}
          />
          <DeploymentsCard
            deployments={observability.deployments}
            environments={environments}
            chosen={around?.at}
            onChoose={d => setUrl({ around: d?.at, range: undefined }, 'push')}
          />
        </div>
      </div>
      <Section
        title="Links"
        note={around && 'dashboards open around the chosen deployment'}
      >
        <div className={styles.linkColumns}>
          {shown.map(environment => (
            <div key={environment.ref} className={styles.linksOf}>
              <h3 className={styles.subheading}>{environment.shortName}</h3>
              <CellLinks
                componentRef={componentRef}
                environmentRef={environment.ref}
                links={[]}
                around={around?.at}
              />
            </div>
          ))}
        </div>
      </Section>
    </>
  );
}

function MonitoringContent() {
  const { entity } = useEntity();
  const componentRef = stringifyEntityRef(entity);
  const { data, error, refetch } = useObservability(componentRef);
  if (!data && error) {
    return (
      <ErrorNotice
        title="The monitoring of this component could not be loaded"
        error={error}
        onRetry={refetch}
      />
    );
  }
  if (!data) return <MonitoringSkeleton />;
  return (
    <div className={styles.tab}>
      {error && (
        <p className={styles.reason}>
          The portal cannot be reached; this is what it said last.
        </p>
      )}
      <Monitoring
        observability={data}
        componentRef={componentRef}
        componentName={entity.metadata.name}
      />
    </div>
  );
}

/** How a component is doing: requests, errors, latency, alerts, and where to look further. */
export function MonitoringTab() {
  return (
    <Screen>
      <MonitoringContent />
    </Screen>
  );
}

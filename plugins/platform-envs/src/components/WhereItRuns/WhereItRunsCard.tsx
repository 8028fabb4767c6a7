import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Link, Skeleton } from '@backstage/ui';
import {
  ComponentDelivery,
  DeliveryCell,
  EnvironmentSummary,
  sentenceOf,
  toOverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { useBoardPath } from '../../hooks/useBoardPath';
import { useDelivery } from '../../hooks/useDelivery';
import { useFreshness } from '../../hooks/useFreshness';
import { useNow } from '../../hooks/useNow';
import { describeBehind } from '../../model/behind';
import { describeStaleness, isOldCell } from '../../model/freshness';
import { cellVersion } from '../../model/release';
import { cellWord } from '../../model/vocabulary';
import { cellKey } from '../Board/boardModel';
import { Card } from '../Card';
import { ErrorNotice } from '../ErrorNotice';
import { FirstDeliveryLine } from '../FirstDelivery';
import { FindingList } from '../FindingList';
import { RefLink, useEntityPath } from '../RefLink';
import { Screen } from '../Screen';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './WhereItRuns.module.css';

function Place(props: {
  environment: EnvironmentSummary;
  cell: DeliveryCell;
  version?: string;
}) {
  const { environment, cell, version } = props;
  const now = useNow();
  const boardPath = useBoardPath();
  const behind = describeBehind(cell.behind);
  return (
    <li className={styles.place}>
      <RefLink plain entityRef={environment.ref} className={styles.name}>
        {environment.shortName}
      </RefLink>
      <span className={styles.version}>
        {cell.state === 'not-deployed' ? '—' : version ?? '—'}
      </span>
      <Link
        standalone
        className={styles.state}
        href={boardPath({ cell: cellKey(cell) }) ?? '/'}
        title={sentenceOf(cell, new Date(now))}
      >
        <OldValues when={isOldCell(cell)}>
          <StateBadge state={cellWord(cell.state)} />
        </OldValues>
      </Link>
      <span className={styles.quiet}>
        {behind?.mark && <span title={behind.long}>{behind.mark}</span>}
        {behind?.mark && cell.since && ' · '}
        {cell.since && <When at={cell.since} format="age" />}
      </span>
    </li>
  );
}

function Places({ delivery }: { delivery: ComponentDelivery }) {
  const { row, environments } = delivery;
  const versions = toOverviewRow(row).cells.map(cellVersion);
  if (row.cells.length === 0) {
    return (
      <p className={styles.quiet}>
        It runs nowhere yet. Its annotation{' '}
        <code>fairway.dev/environments</code> names the environments in which it
        is to run.
      </p>
    );
  }
  return (
    <ul className={styles.places} aria-label="Environments">
      {row.cells.map((cell, i) => {
        const environment = environments.find(
          e => e.ref === cell.environmentRef,
        );
        return environment ? (
          <Place
            key={environment.ref}
            environment={environment}
            cell={cell}
            version={versions[i]}
          />
        ) : null;
      })}
    </ul>
  );
}

function Content() {
  const componentRef = stringifyEntityRef(useEntity().entity);
  const entityPath = useEntityPath();
  const { data, error, stream, dataUpdatedAt, refetch } =
    useDelivery(componentRef);
  const freshness = useFreshness({
    sources: data?.sources ?? [],
    stream,
    dataUpdatedAt,
    failed: Boolean(error),
  });
  const stale = describeStaleness(freshness);
  if (!data) {
    return error ? (
      <ErrorNotice
        title="Where it runs could not be loaded"
        error={error}
        onRetry={refetch}
      />
    ) : (
      <div role="status" aria-label="Loading where it runs">
        {[0, 1, 2].map(i => (
          <div key={i} className={styles.place}>
            <Skeleton width={60} height={14} />
            <Skeleton width={50} height={14} />
            <Skeleton width={80} height={14} />
            <Skeleton width={40} height={14} />
          </div>
        ))}
      </div>
    );
  }
  return (
    <>
      {stale && (
        <p role="status" className={styles.stale}>
          {stale}
        </p>
      )}
      <OldValues when={freshness.isCutOff ?? false}>
        <Places delivery={data} />
      </OldValues>
      <FindingList findings={data.row.findings} />
      <Link href={entityPath(componentRef, 'delivery')}>
        Delivery, with commits and history
      </Link>
    </>
  );
}

/** On a component's overview: each environment with version, state, age and how far it is behind. */
export function WhereItRunsCard() {
  return (
    <Screen>
      <Card title="Where it runs" outlined>
        <FirstDeliveryLine
          componentRef={stringifyEntityRef(useEntity().entity)}
        />
        <Content />
      </Card>
    </Screen>
  );
}

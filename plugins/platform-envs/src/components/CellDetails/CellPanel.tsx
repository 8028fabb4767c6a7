import { ButtonLink, Skeleton } from '@backstage/ui';
import { OverviewCell } from '@fairway/plugin-platform-envs-common';
import { useCell } from '../../hooks/useCell';
import { useDelivery } from '../../hooks/useDelivery';
import { useFreshness } from '../../hooks/useFreshness';
import { describeStaleness } from '../../model/freshness';
import { ErrorNotice } from '../ErrorNotice';
import { useEntityPath } from '../RefLink';
import { OldValues } from '../StateBadge';
import { CellActions } from './CellActions';
import { CellDetails, CellLead } from './CellDetails';
import { CellHistory } from './CellHistory';
import { Section } from './Section';
import styles from './CellDetails.module.css';

/** Sections of facts, as tall as they will be. */
function PanelSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the details"
      className={styles.details}
    >
      {[4, 6, 3].map((rows, section) => (
        <div key={section} className={styles.section}>
          <Skeleton width={90} height={12} />
          {Array.from({ length: rows }, (_, row) => (
            <span key={row} className={styles.skeletonFact}>
              <Skeleton width={70} height={12} />
              <Skeleton width={row % 2 ? 180 : 220} height={12} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

/** What was deployed here, once the answer on the component's delivery is there. */
function History(props: { componentRef: string; environmentRef: string }) {
  const { componentRef, environmentRef } = props;
  const { data, error, refetch } = useDelivery(componentRef);
  if (data) {
    return (
      <CellHistory
        {...props}
        history={data.history.filter(e => e.environmentRef === environmentRef)}
      />
    );
  }
  return (
    <Section title="Recent history">
      {error ? (
        <ErrorNotice
          title="The history could not be loaded"
          error={error}
          onRetry={refetch}
        />
      ) : (
        <Skeleton width={220} height={12} />
      )}
    </Section>
  );
}

/** Props of {@link CellPanel}. */
export interface CellPanelProps {
  componentRef: string;
  environmentRef: string;
  /** What the grid knows already; its sentence stands there at once. */
  preview?: Pick<OverviewCell, 'state' | 'sentence' | 'source'>;
}

/** The inside of the drawer of a cell: asks for the details, and keeps them fresh. */
export function CellPanel(props: CellPanelProps) {
  const { componentRef, environmentRef, preview } = props;
  const entityPath = useEntityPath();
  const detail = useCell(componentRef, environmentRef);
  const delivery = useDelivery(componentRef);
  const { data, error, stream, dataUpdatedAt } = detail;
  const freshness = useFreshness({
    sources: [],
    stream,
    dataUpdatedAt,
    failed: Boolean(error),
  });
  if (!data) {
    return (
      <div className={styles.details}>
        {preview && <CellLead cell={preview} />}
        {error ? (
          <ErrorNotice
            title="The details could not be loaded"
            error={error}
            onRetry={detail.refetch}
          />
        ) : (
          <PanelSkeleton />
        )}
      </div>
    );
  }
  const { cell, environment, findings } = data;
  return (
    <OldValues when={freshness.isCutOff ?? false}>
      {freshness.isCutOff && (
        <p className={styles.stale} role="status">
          {describeStaleness(freshness)}
        </p>
      )}
      <CellDetails
        cell={cell}
        runtime={environment.runtime}
        findings={findings}
        actions={
          <div className={styles.doings}>
            <CellActions
              key={environmentRef}
              componentRef={componentRef}
              environmentRef={environmentRef}
              runtime={environment.runtime}
              operation={delivery.data?.operations?.find(
                o => o.environmentRef === environmentRef,
              )}
              isLoading={delivery.isPending}
            />
            <ButtonLink
              href={entityPath(componentRef, 'delivery')}
              variant="tertiary"
              size="small"
            >
              Open delivery
            </ButtonLink>
          </div>
        }
        history={
          <History
            componentRef={componentRef}
            environmentRef={environmentRef}
          />
        }
      />
    </OldValues>
  );
}

import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Skeleton } from '@backstage/ui';
import { ComponentDelivery } from '@fairway/plugin-platform-envs-common';
import { useDelivery } from '../../hooks/useDelivery';
import { useFreshness } from '../../hooks/useFreshness';
import { useUrlState } from '../../hooks/useUrlState';
import { readCompared, writeCompared } from '../../model/comparison';
import { cellKey } from '../Board/boardModel';
import { CellPanel } from '../CellDetails';
import { Drawer } from '../Drawer';
import { FirstDeliveryCard, PastFirstDelivery } from '../FirstDelivery';
import { ErrorNotice } from '../ErrorNotice';
import { FindingList } from '../FindingList';
import { Freshness } from '../Freshness';
import { PromotionTable } from '../Promotions/PromotionTable';
import { RemovalNotice } from '../Removals';
import { Screen } from '../Screen';
import { OldValues } from '../StateBadge';
import { ComparePanel } from './ComparePanel';
import { CompareStart } from './CompareStart';
import { HistoryTimeline } from './HistoryTimeline';
import { Pipeline } from './Pipeline';
import { PromoteDialog } from './PromoteDialog';
import styles from './Delivery.module.css';

function DeliverySkeleton() {
  return (
    <div
      className={styles.pipeline}
      role="status"
      aria-label="Loading the delivery"
    >
      {[0, 1, 2].map(i => (
        <div key={i} className={styles.stage}>
          <Skeleton width={60} height={16} />
          <Skeleton width={140} height={20} />
          <Skeleton width={180} height={14} />
        </div>
      ))}
    </div>
  );
}

function Delivery(props: { delivery: ComponentDelivery }) {
  const { delivery } = props;
  const { row, environments, promotions, history } = delivery;
  const [params, setUrl] = useUrlState();
  const openKey = params.get('cell') ?? undefined;
  const openCell = row.cells.find(cell => cellKey(cell) === openKey);
  const promoteTo = params.get('promote') ?? undefined;
  const target = delivery.promotionTargets.find(
    t => t.toEnvironmentRef === promoteTo,
  );
  const runsIn = environments.filter(e =>
    row.cells.some(cell => cell.environmentRef === e.ref),
  );
  const compared = readCompared(params.get('compare'), runsIn);
  const nameOf = (ref: string) =>
    environments.find(e => e.ref === ref)?.shortName ?? ref;

  return (
    <>
      <FindingList findings={row.findings} />
      <Pipeline
        delivery={delivery}
        onOpen={key => setUrl({ cell: key }, 'push')}
        onPromote={ref => setUrl({ promote: ref }, 'push')}
        onCompare={(from, to) =>
          setUrl(
            { compare: writeCompared({ from, to }), view: undefined },
            'push',
          )
        }
      />
      {compared ? (
        <ComparePanel
          componentRef={row.component.ref}
          environments={runsIn}
          compared={compared}
          onChange={next =>
            setUrl(
              {
                compare: next && writeCompared(next),
                ...(!next && { view: undefined, diff: undefined }),
              },
              'push',
            )
          }
        />
      ) : (
        <CompareStart
          environments={runsIn}
          isUnknown={params.has('compare')}
          onStart={next =>
            setUrl({ compare: writeCompared(next), view: undefined }, 'push')
          }
        />
      )}
      <section className={styles.section}>
        <h2 className={styles.heading}>Promotions</h2>
        {promotions.length ? (
          <PromotionTable
            items={promotions.map(promotion => ({ promotion }))}
            hideComponent
          />
        ) : (
          <p className={styles.none}>
            Nothing was promoted yet. Use Promote above to bring a release to
            the next environment.
          </p>
        )}
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>History</h2>
        <HistoryTimeline
          componentRef={row.component.ref}
          history={history}
          environments={environments}
        />
        <PastFirstDelivery componentRef={row.component.ref} />
      </section>
      {openCell && (
        <Drawer
          title={`${row.component.title ?? row.component.name} in ${nameOf(
            openCell.environmentRef,
          )}`}
          focusKey={openKey!}
          onClose={() => setUrl({ cell: undefined })}
        >
          <CellPanel
            key={openKey}
            componentRef={openCell.componentRef}
            environmentRef={openCell.environmentRef}
            preview={openCell}
          />
        </Drawer>
      )}
      {target?.fromEnvironmentRef && (
        <PromoteDialog
          key={target.toEnvironmentRef}
          componentRef={row.component.ref}
          componentName={row.component.title ?? row.component.name}
          fromEnvironmentRef={target.fromEnvironmentRef}
          toEnvironmentRef={target.toEnvironmentRef}
          fromName={nameOf(target.fromEnvironmentRef)}
          toName={nameOf(target.toEnvironmentRef)}
          onClose={() => setUrl({ promote: undefined })}
        />
      )}
    </>
  );
}

function DeliveryContent() {
  const { entity } = useEntity();
  const { data, error, stream, dataUpdatedAt, refetch } = useDelivery(
    stringifyEntityRef(entity),
  );
  const freshness = {
    sources: data?.sources ?? [],
    stream,
    dataUpdatedAt,
    failed: Boolean(error),
  };
  const { isCutOff = false } = useFreshness(freshness);
  if (!data && error) {
    return (
      <ErrorNotice
        title="The delivery of this component could not be loaded"
        error={error}
        onRetry={refetch}
      />
    );
  }
  if (!data) return <DeliverySkeleton />;
  return (
    <div className={styles.tab}>
      <div className={styles.freshness}>
        <Freshness {...freshness} />
      </div>
      <OldValues when={isCutOff}>
        <Delivery delivery={data} />
      </OldValues>
    </div>
  );
}

/** What stands where on the way to production, and the way to move it on. */
export function DeliveryTab() {
  const componentRef = stringifyEntityRef(useEntity().entity);
  return (
    <Screen>
      <div className={styles.tab}>
        <RemovalNotice componentRef={componentRef} />
        <FirstDeliveryCard componentRef={componentRef} />
        <DeliveryContent />
      </div>
    </Screen>
  );
}

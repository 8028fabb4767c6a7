import { Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { sentenceOf } from '@fairway/plugin-platform-envs-common';
import { useFirstDeliveries } from '../../hooks/useFirstDeliveries';
import { useBoardPath } from '../../hooks/useBoardPath';
import { useMe } from '../../hooks/useMe';
import { useNow } from '../../hooks/useNow';
import { useOverview } from '../../hooks/useOverview';
import { usePromotions } from '../../hooks/usePromotions';
import { useRemovals } from '../../hooks/useRemovals';
import { useStoppedRuns } from '../../hooks/useStoppedRuns';
import { normalRef, refName } from '../../model/refs';
import { releaseName } from '../../model/release';
import { removalWord } from '../../model/removal';
import { cellWord, promotionWord } from '../../model/vocabulary';
import { promotionRouteRef } from '../../routes';
import { cellKey } from '../Board/boardModel';
import { Screen } from '../Screen';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { StoppedItems } from './StoppedItems';
import { WidgetFreshness } from './WidgetFreshness';
import { WidgetState } from './WidgetState';
import styles from './Home.module.css';

/** That nothing waits is only said by who has looked everywhere. */
function nothing({ data, error }: ReturnType<typeof useOverview>): string {
  if (data) return 'Nothing waits for you.';
  return error
    ? 'No promotion waits for you. How your services are cannot be shown now.'
    : 'No promotion waits for you. Looking at how your services are…';
}

function WaitingForMe() {
  const me = useMe();
  const overview = useOverview();
  const waiting = usePromotions({ scope: 'waiting' });
  const deliveries = useFirstDeliveries({ mine: true });
  const removals = useRemovals({ scope: 'waiting' });
  const runs = useStoppedRuns();
  const boardPath = useBoardPath();
  const now = useNow();
  const promotionPath = useRouteRef(promotionRouteRef);
  if (!waiting.data || !me) {
    return (
      <WidgetState
        what="What waits for you"
        error={waiting.error}
        onRetry={waiting.refetch}
      />
    );
  }
  const shortNames = new Map(
    overview.data?.environments.map(e => [e.ref, e.shortName]),
  );
  const troubled = (overview.data?.rows ?? [])
    .filter(row => me.ownershipRefs.has(normalRef(row.component.ownerRef)))
    .flatMap(row =>
      row.cells
        .filter(cell => cell.state === 'degraded' || cell.state === 'missing')
        .map(cell => ({ component: row.component, cell })),
    );
  const { items } = waiting.data;
  const stopped = (deliveries.data?.items ?? []).filter(
    delivery => delivery.state === 'stopped',
  );
  const stoppedRuns = runs.data ?? [];
  const toRemove = removals.data?.items ?? [];
  const unread = [
    removals.error && 'removals',
    deliveries.error && 'your new components',
    runs.error && 'your runs',
  ].filter(Boolean);
  const note = unread.length > 0 && (
    <p role="status" className={styles.quiet}>
      How {unread.join(' and ')} stand cannot be shown now.
    </p>
  );
  const freshness = overview.data && (
    <WidgetFreshness data={overview.data} state={overview} />
  );
  if (
    items.length +
      toRemove.length +
      troubled.length +
      stopped.length +
      stoppedRuns.length ===
    0
  ) {
    return (
      <>
        {freshness}
        {note}
        <p className={styles.calm}>{nothing(overview)}</p>
      </>
    );
  }
  return (
    <>
      {freshness}
      {note}
      <ul className={styles.services} aria-label="Waiting for me">
        {items.map(({ promotion }) => (
          <li key={promotion.id} className={styles.task}>
            <StateBadge state={promotionWord(promotion.state)}>
              Decide
            </StateBadge>
            <Link
              standalone
              href={
                promotionPath?.({ id: promotion.id }) ??
                `/promotions/${promotion.id}`
              }
            >
              {refName(promotion.componentRef)}{' '}
              {releaseName(promotion.plan?.release)} to{' '}
              {refName(promotion.toEnvironmentRef)}
            </Link>
            <When at={promotion.createdAt} className={styles.quiet} />
          </li>
        ))}
        {toRemove.map(({ removal }) => (
          <li key={removal.id} className={styles.task}>
            <StateBadge state={removalWord(removal.state)}>Decide</StateBadge>
            <Link standalone href={`/removals/${removal.id}`}>
              Removal of {refName(removal.componentRef)}
            </Link>
            <When at={removal.createdAt} className={styles.quiet} />
          </li>
        ))}
        <StoppedItems deliveries={stopped} runs={stoppedRuns} />
        {troubled.map(({ component, cell }) => (
          <li
            key={`${component.ref} ${cell.environmentRef}`}
            className={styles.task}
          >
            <StateBadge state={cellWord(cell.state)} />
            <Link
              standalone
              href={
                boardPath({
                  platform: component.systemRef,
                  cell: cellKey(cell),
                }) ?? '/'
              }
              title={sentenceOf(cell, new Date(now))}
            >
              {component.title ?? component.name} in{' '}
              {shortNames.get(cell.environmentRef) ??
                refName(cell.environmentRef)}
            </Link>
            {cell.since && <When at={cell.since} className={styles.quiet} />}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Promotions to decide, and what the viewer owns that is not well. */
export function WaitingForMeWidget() {
  return (
    <Screen>
      <WaitingForMe />
    </Screen>
  );
}

import { Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { sentenceOf } from '@fairway/plugin-platform-envs-common';
import { useBoardPath } from '../../hooks/useBoardPath';
import { useMe } from '../../hooks/useMe';
import { useNow } from '../../hooks/useNow';
import { useOverview } from '../../hooks/useOverview';
import { usePromotions } from '../../hooks/usePromotions';
import { normalRef, refName } from '../../model/refs';
import { releaseName } from '../../model/release';
import { cellWord, promotionWord } from '../../model/vocabulary';
import { promotionRouteRef } from '../../routes';
import { cellKey } from '../Board/boardModel';
import { Screen } from '../Screen';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
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
  const freshness = overview.data && (
    <WidgetFreshness data={overview.data} state={overview} />
  );
  if (items.length === 0 && troubled.length === 0) {
    return (
      <>
        {freshness}
        <p className={styles.calm}>{nothing(overview)}</p>
      </>
    );
  }
  return (
    <>
      {freshness}
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

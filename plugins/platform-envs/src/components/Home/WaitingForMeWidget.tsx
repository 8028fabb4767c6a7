import { Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { useMe } from '../../hooks/useMe';
import { useOverview } from '../../hooks/useOverview';
import { usePromotions } from '../../hooks/usePromotions';
import { normalRef, refName } from '../../model/refs';
import { releaseName } from '../../model/release';
import { cellWord, promotionWord } from '../../model/vocabulary';
import { promotionRouteRef } from '../../routes';
import { RefLink } from '../RefLink';
import { Screen } from '../Screen';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { WidgetState } from './WidgetState';
import styles from './Home.module.css';

function WaitingForMe() {
  const me = useMe();
  const overview = useOverview();
  const waiting = usePromotions({ scope: 'waiting' });
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
  const troubled = (overview.data?.rows ?? [])
    .filter(row => me.ownershipRefs.has(normalRef(row.component.ownerRef)))
    .flatMap(row =>
      row.cells
        .filter(cell => cell.state === 'degraded' || cell.state === 'missing')
        .map(cell => ({ component: row.component, cell })),
    );
  const { items } = waiting.data;
  if (items.length === 0 && troubled.length === 0) {
    return <p className={styles.calm}>Nothing waits for you.</p>;
  }
  return (
    <ul className={styles.services} aria-label="Waiting for me">
      {items.map(({ promotion }) => (
        <li key={promotion.id} className={styles.task}>
          <StateBadge state={promotionWord(promotion.state)}>Decide</StateBadge>
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
          <RefLink plain entityRef={component.ref} tab="delivery">
            {component.title ?? component.name} in{' '}
            {refName(cell.environmentRef)}
          </RefLink>
          {cell.since && <When at={cell.since} className={styles.quiet} />}
        </li>
      ))}
    </ul>
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

import { useRouteRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { Promotion } from '@fairway/plugin-platform-envs-common';
import { refName } from '../../model/refs';
import { releaseName } from '../../model/release';
import { describeState } from '../../model/promotion';
import { describeWay } from '../../model/way';
import { promotionWord } from '../../model/vocabulary';
import { promotionRouteRef } from '../../routes';
import { RefLink } from '../RefLink';
import { RequestTable } from '../Requests';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Promotions.module.css';

/** Props of {@link PromotionTable}. */
export interface PromotionTableProps {
  /** In the order in which they are shown. */
  items: Array<{
    promotion: Promotion;
    quorum?: { have: number; need: number };
    viewerCanDecide?: boolean;
  }>;
  /** On a component's own page its name is known. */
  hideComponent?: boolean;
}

function WayLabel({ promotion }: { promotion: Promotion }) {
  const way = describeWay(
    promotion.fromEnvironmentRef,
    promotion.toEnvironmentRef,
  );
  return (
    <span title={refName(promotion.toEnvironmentRef)}>
      {way.from && `${way.from} → `}
      {way.to}
    </span>
  );
}

/** Promotions as rows; the whole first column leads to the approver's page. */
export function PromotionTable({ items, hideComponent }: PromotionTableProps) {
  const promotionPath = useRouteRef(promotionRouteRef);
  return (
    <RequestTable
      columns={['Promotion', 'State', 'Requested by', 'Requested', 'Reason']}
    >
      {items.map(({ promotion, quorum, viewerCanDecide }) => (
        <tr key={promotion.id}>
          <th scope="row">
            <Link
              href={
                promotionPath?.({ id: promotion.id }) ??
                `/promotions/${promotion.id}`
              }
              standalone
            >
              {!hideComponent && (
                <>
                  <strong>{refName(promotion.componentRef)}</strong>{' '}
                </>
              )}
              <span className={styles.mono}>
                {releaseName(promotion.plan?.release) ?? ''}
              </span>{' '}
              <WayLabel promotion={promotion} />
            </Link>
          </th>
          <td>
            <StateBadge state={promotionWord(promotion.state)}>
              {describeState(promotion, quorum)}
            </StateBadge>
            {viewerCanDecide && (
              <span className={styles.forYou}>your decision</span>
            )}
          </td>
          <td>
            <RefLink entityRef={promotion.requestedBy} />
          </td>
          <td className={styles.nowrap}>
            <When at={promotion.createdAt} />
          </td>
          <td className={styles.reason} title={promotion.reason}>
            {promotion.reason || '—'}
          </td>
        </tr>
      ))}
    </RequestTable>
  );
}

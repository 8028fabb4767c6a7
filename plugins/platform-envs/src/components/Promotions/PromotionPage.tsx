import { useParams } from 'react-router-dom';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { PromotionDetail } from '@fairway/plugin-platform-envs-common';
import { usePromotion } from '../../hooks/usePromotions';
import { describeState, isOpen } from '../../model/promotion';
import { refName } from '../../model/refs';
import { releaseName, shortDigest } from '../../model/release';
import { describeWay } from '../../model/way';
import { promotionWord } from '../../model/vocabulary';
import { promotionsRouteRef } from '../../routes';
import { RefLink } from '../RefLink';
import { RequestFrame, RequestLayout, RequestRecord } from '../Requests';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { ChangeCard } from './ChangeCard';
import { DecideCard } from './DecideCard';
import { PromotionStepper } from './PromotionStepper';
import { UndoCard } from './UndoCard';
import styles from './Promotions.module.css';

function Title({ detail }: { detail: PromotionDetail }) {
  const { promotion } = detail;
  const { plan, fromEnvironmentRef } = promotion;
  const name = releaseName(plan?.release);
  const digest = plan?.release.digest;
  const way = describeWay(fromEnvironmentRef, promotion.toEnvironmentRef);
  return (
    <h2 className={styles.title}>
      {promotion.kind === 'rollback' ? 'Roll back' : 'Promote'}{' '}
      <RefLink entityRef={promotion.componentRef} tab="delivery" />{' '}
      {name && <span className={styles.mono}>{name}</span>}{' '}
      {digest && (
        <span className={styles.digest} title={digest}>
          (sha256:{shortDigest(digest)}…)
        </span>
      )}
      {fromEnvironmentRef && (
        <>
          {' '}
          from <RefLink entityRef={fromEnvironmentRef}>{way.from}</RefLink>
        </>
      )}{' '}
      to <RefLink entityRef={promotion.toEnvironmentRef}>{way.to}</RefLink>
    </h2>
  );
}

function Promotion({ detail }: { detail: PromotionDetail }) {
  const { promotion, quorum, events } = detail;
  const way = describeWay(
    promotion.fromEnvironmentRef,
    promotion.toEnvironmentRef,
  );
  return (
    <RequestLayout
      head={
        <>
          <header className={styles.header}>
            <Title detail={detail} />
            <div className={styles.stateLine} role="status">
              <StateBadge state={promotionWord(promotion.state)} variant="pill">
                {describeState(promotion, quorum)}
              </StateBadge>
              {isOpen(promotion) && promotion.expiresAt && (
                <span className={styles.quiet}>
                  expires <When at={promotion.expiresAt} />
                </span>
              )}
            </div>
            <p className={styles.request}>
              {way.platform && `${way.platform} · `}requested by{' '}
              <RefLink entityRef={promotion.requestedBy} />{' '}
              <When at={promotion.createdAt} />
              {promotion.reason && <>: “{promotion.reason}”</>}
            </p>
          </header>
          {promotion.failure && (
            <div className={styles.failure} role="alert">
              <strong>
                {promotion.failure.kind === 'failed'
                  ? 'The platform said no. '
                  : 'The portal could not do its part. '}
              </strong>
              {promotion.failure.message}
            </div>
          )}
          <PromotionStepper promotion={promotion} events={events} />
        </>
      }
      main={
        <>
          <ChangeCard detail={detail} />
          <UndoCard detail={detail} />
        </>
      }
      aside={<DecideCard detail={detail} />}
      below={<RequestRecord events={events} wordOf={promotionWord} />}
    />
  );
}

/** Everything that bears on one decision, and how it lands. */
export function PromotionPage() {
  const { id = '' } = useParams();
  const listPath = useRouteRef(promotionsRouteRef);
  const { data, error, refetch } = usePromotion(id);
  return (
    <RequestFrame
      listPath={listPath?.()}
      what="promotion"
      id={refName(id)}
      error={error}
      onRetry={refetch}
    >
      {data && <Promotion key={data.promotion.id} detail={data} />}
    </RequestFrame>
  );
}

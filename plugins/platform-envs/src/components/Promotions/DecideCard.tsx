import {
  AvailableAction,
  PromotionDetail,
} from '@fairway/plugin-platform-envs-common';
import { useDecidePromotion } from '../../hooks/usePromotions';
import { isOpen } from '../../model/promotion';
import { Card } from '../Card';
import { GateList } from '../GateList';
import { Approvals, DecisionForm, RefList } from '../Requests';
import styles from './Promotions.module.css';

const TITLES: Record<AvailableAction['action'], string> = {
  approve: 'Approve',
  reject: 'Reject',
  cancel: 'Cancel promotion',
};

/** Evidence, who may decide, who has, and the decision itself. */
export function DecideCard({ detail }: { detail: PromotionDetail }) {
  const { promotion, gates, quorum, eligibleApprovers, availableActions } =
    detail;
  const { plan, policy, approvals } = promotion;
  const decide = useDecidePromotion(promotion.id);
  return (
    <Card title={isOpen(promotion) ? 'Decide' : 'Decision'} level={3} outlined>
      {gates.length > 0 && <GateList gates={gates} />}
      <Approvals
        quorum={quorum}
        noneNeeded="No approval needed"
        approvals={approvals}
      >
        <p className={styles.quiet}>
          <RefList
            entityRefs={
              eligibleApprovers.length
                ? eligibleApprovers
                : policy.approverGroups
            }
          />
          {' may decide'}
          {policy.excludeRequester && '; whoever asked may not'}.
        </p>
      </Approvals>
      {isOpen(promotion) && availableActions.length > 0 && (
        <DecisionForm
          actions={availableActions}
          titles={TITLES}
          destructive="reject"
          label="Comment"
          planDigest={plan?.planDigest ?? ''}
          decide={decide}
        />
      )}
    </Card>
  );
}

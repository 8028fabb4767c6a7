import { Fragment, useRef, useState } from 'react';
import { BgProvider, TextAreaField } from '@backstage/ui';
import {
  AvailableAction,
  PromotionDetail,
} from '@fairway/plugin-platform-envs-common';
import { useDecidePromotion } from '../../hooks/usePromotions';
import { isOpen } from '../../model/promotion';
import { ErrorNotice } from '../ErrorNotice';
import { GateList } from '../GateList';
import { ReasonedButton } from '../Reason';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Promotions.module.css';

function Approvals({ detail }: { detail: PromotionDetail }) {
  const { promotion, quorum, eligibleApprovers } = detail;
  const { policy, approvals } = promotion;
  return (
    <div className={styles.approvals}>
      <h4 className={styles.subheading}>
        {quorum.need === 0
          ? 'No approval needed'
          : `Approvals ${quorum.have}/${quorum.need}`}
      </h4>
      {quorum.need > 0 && (
        <p className={styles.quiet}>
          {(eligibleApprovers.length
            ? eligibleApprovers
            : policy.approverGroups
          ).map((ref, i) => (
            <Fragment key={ref}>
              {i > 0 && ', '}
              <RefLink entityRef={ref} />
            </Fragment>
          ))}
          {' may decide'}
          {policy.excludeRequester && '; whoever asked may not'}.
        </p>
      )}
      {approvals.length > 0 && (
        <ul className={styles.votes} aria-label="Decisions">
          {approvals.map(approval => (
            <li key={`${approval.actor} ${approval.at}`}>
              <StateBadge
                state={
                  approval.verdict === 'approve'
                    ? { word: 'Approved', tone: 'good' }
                    : { word: 'Rejected', tone: 'bad' }
                }
              />{' '}
              by <RefLink entityRef={approval.actor} />{' '}
              <When at={approval.at} className={styles.quiet} />
              {approval.comment && (
                <span className={styles.vote}>“{approval.comment}”</span>
              )}
              {approval.voidedReason && (
                <span className={styles.vote}>
                  No longer counts: {approval.voidedReason}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const TITLES: Record<AvailableAction['action'], string> = {
  approve: 'Approve',
  reject: 'Reject',
  cancel: 'Cancel promotion',
};

function Decision({ detail }: { detail: PromotionDetail }) {
  const { promotion, availableActions } = detail;
  const decide = useDecidePromotion(promotion.id);
  const [comment, setComment] = useState('');
  const isSent = useRef(false);
  const act = (action: AvailableAction['action']) => {
    if (isSent.current) return;
    isSent.current = true;
    const text = comment.trim();
    decide.mutate(
      action === 'cancel'
        ? { verdict: 'cancel', reason: text }
        : {
            verdict: action,
            comment: text,
            planDigest: promotion.plan?.planDigest ?? '',
          },
      {
        onSuccess: () => setComment(''),
        onSettled: () => {
          isSent.current = false;
        },
      },
    );
  };
  const canAct = availableActions.some(({ allowed }) => allowed);
  const refusals = [
    ...new Set(
      availableActions.flatMap(({ allowed, reason }) =>
        allowed || !reason ? [] : [reason],
      ),
    ),
  ];
  return (
    <div className={styles.decision}>
      {canAct && (
        <TextAreaField
          label="Comment"
          secondaryLabel="Required"
          description="What you looked at and why you decide so. It is kept in the record."
          value={comment}
          onChange={setComment}
          maxLength={2000}
          rows={2}
        />
      )}
      <div className={styles.buttons}>
        {availableActions.map(({ action, allowed, reason }) => (
          <ReasonedButton
            key={action}
            quiet
            variant={action === 'approve' ? 'primary' : 'secondary'}
            destructive={action === 'reject'}
            isPending={decide.isPending && decide.variables.verdict === action}
            reason={
              allowed
                ? (comment.trim() === '' && 'Write a comment first') ||
                  undefined
                : reason ?? 'Not possible now'
            }
            onPress={() => act(action)}
          >
            {TITLES[action]}
          </ReasonedButton>
        ))}
      </div>
      {refusals.length > 0 && (
        <ul className={styles.refusals} aria-label="Why not">
          {refusals.map(refusal => (
            <li key={refusal}>{refusal}</li>
          ))}
        </ul>
      )}
      {decide.error && (
        <ErrorNotice
          title="The decision was not recorded"
          error={decide.error}
        />
      )}
    </div>
  );
}

/** Evidence, who may decide, who has, and the decision itself. */
export function DecideCard({ detail }: { detail: PromotionDetail }) {
  const { promotion, gates, availableActions } = detail;
  return (
    <section className={styles.card} aria-labelledby="decide">
      <h3 id="decide" className={styles.heading}>
        {isOpen(promotion) ? 'Decide' : 'Decision'}
      </h3>
      {gates.length > 0 && <GateList gates={gates} />}
      <Approvals detail={detail} />
      {isOpen(promotion) && availableActions.length > 0 && (
        <BgProvider bg="neutral-1">
          <Decision detail={detail} />
        </BgProvider>
      )}
    </section>
  );
}

import { useRef, useState } from 'react';
import { BgProvider, TextAreaField } from '@backstage/ui';
import {
  AvailableAction,
  isOpenRemoval,
  RemovalDetail,
} from '@fairway/plugin-platform-envs-common';
import { useDecideRemoval } from '../../hooks/useRemovals';
import { ErrorNotice } from '../ErrorNotice';
import { ReasonedButton } from '../Reason';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Removals.module.css';

const TITLES: Record<AvailableAction['action'], string> = {
  approve: 'Approve removal',
  reject: 'Reject',
  cancel: 'Withdraw',
};

function Decision({ detail }: { detail: RemovalDetail }) {
  const { removal, availableActions } = detail;
  const decide = useDecideRemoval(removal.id);
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
            planDigest: removal.planDigest,
          },
      {
        onSuccess: () => setComment(''),
        onSettled: () => {
          isSent.current = false;
        },
      },
    );
  };
  const refusals = [
    ...new Set(
      availableActions.flatMap(({ allowed, reason }) =>
        allowed || !reason ? [] : [reason],
      ),
    ),
  ];
  return (
    <div className={styles.decision}>
      {availableActions.some(({ allowed }) => allowed) && (
        <TextAreaField
          label="Reason"
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
            destructive={action === 'approve'}
            isPending={decide.isPending && decide.variables.verdict === action}
            reason={
              allowed
                ? (comment.trim() === '' && 'Write a reason first') || undefined
                : reason ?? 'Not possible now'
            }
            onPress={() => act(action)}
          >
            {TITLES[action]}
          </ReasonedButton>
        ))}
      </div>
      {refusals.length > 0 && (
        <ul className={`${styles.list} ${styles.quiet}`} aria-label="Why not">
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

/** Who has to agree and why, who has, and the decision itself. */
export function RemovalDecideCard({ detail }: { detail: RemovalDetail }) {
  const { removal, quorum } = detail;
  const { approvals, policy } = removal;
  return (
    <section className={styles.card} aria-labelledby="removal-decide">
      <h3 id="removal-decide" className={styles.heading}>
        {isOpenRemoval(removal) ? 'Decide' : 'Decision'}
      </h3>
      <h4 className={styles.subheading}>
        {quorum.need === 0
          ? 'Nobody has to agree'
          : `Approvals ${quorum.have}/${quorum.need}`}
      </h4>
      {quorum.need > 0 && (
        <>
          <p className={styles.quiet}>{policy.reasons.join(' ')}</p>
          <p className={styles.quiet}>
            {policy.approverGroups.map((ref, i) => (
              <span key={ref}>
                {i > 0 && ', '}
                <RefLink entityRef={ref} />
              </span>
            ))}{' '}
            may decide; whoever asked may not.
          </p>
        </>
      )}
      {approvals.length > 0 && (
        <ul className={styles.list} aria-label="Decisions">
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
              <span className={styles.note}>
                “{approval.comment}”
                {approval.voidedReason &&
                  ` No longer counts: ${approval.voidedReason}.`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {isOpenRemoval(removal) && (
        <BgProvider bg="neutral-1">
          <Decision detail={detail} />
        </BgProvider>
      )}
    </section>
  );
}

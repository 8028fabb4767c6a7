import { Fragment, ReactNode } from 'react';
import { Approval } from '@fairway/plugin-platform-envs-common';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Requests.module.css';

/** Names, separated by commas, each leading to its page. */
export function RefList({ entityRefs }: { entityRefs: string[] }) {
  return (
    <>
      {entityRefs.map((ref, i) => (
        <Fragment key={ref}>
          {i > 0 && ', '}
          <RefLink entityRef={ref} />
        </Fragment>
      ))}
    </>
  );
}

/** How many have agreed of how many, who may, and what each has said. */
export function Approvals(props: {
  quorum: { have: number; need: number };
  /** What to say where nobody has to agree. */
  noneNeeded: string;
  approvals: Approval[];
  /** Who may decide and why; shown where somebody has to. */
  children: ReactNode;
}) {
  const { quorum, noneNeeded, approvals, children } = props;
  return (
    <div className={styles.approvals}>
      <h4 className={styles.subheading}>
        {quorum.need === 0
          ? noneNeeded
          : `Approvals ${quorum.have}/${quorum.need}`}
      </h4>
      {quorum.need > 0 && children}
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

import { Link } from '@backstage/ui';
import { PromotionDetail } from '@fairway/plugin-platform-envs-common';
import { shortRevision } from '../../model/release';
import { Card } from '../Card';
import { LineDiff } from '../LineDiff';
import { CopyButton, ReleaseLabel } from '../ReleaseLabel';
import styles from './Promotions.module.css';

/** What the promotion writes: release, line, commit. */
export function ChangeCard({ detail }: { detail: PromotionDetail }) {
  const { promotion, commitUrl } = detail;
  const { plan, commitSha } = promotion;
  return (
    <Card title="What changes" level={3} outlined>
      {plan ? (
        <>
          <div className={styles.releases}>
            <span className={styles.quiet}>now</span>
            {plan.current ? (
              <ReleaseLabel release={plan.current} />
            ) : (
              <span className={styles.quiet}>nothing released</span>
            )}
            <span className={styles.quiet}>then</span>
            <ReleaseLabel release={plan.release} />
          </div>
          <LineDiff plan={plan} />
          <p className={styles.quiet}>
            Plan{' '}
            <code title={plan.planDigest}>
              {plan.planDigest.replace(/^sha256:/, '').slice(0, 12)}
            </code>{' '}
            made at <code>{shortRevision(plan.baseCommit)}</code> of{' '}
            {plan.branch}; approvals hold for this plan only.
          </p>
        </>
      ) : (
        <p className={styles.quiet}>The plan is being made.</p>
      )}
      {commitSha && (
        <p className={styles.commit}>
          Written as{' '}
          {commitUrl ? (
            <Link href={commitUrl} target="_blank" rel="noreferrer">
              {shortRevision(commitSha)}
            </Link>
          ) : (
            <code>{shortRevision(commitSha)}</code>
          )}
          <CopyButton text={commitSha} what="commit" />
          {plan && ` in ${plan.repository}`}
        </p>
      )}
    </Card>
  );
}

import { DeliveryCell } from '@fairway/plugin-platform-envs-common';
import { describeBehind } from '../../model/behind';
import { authorName, shortRevision } from '../../model/release';
import { isSafeUrl } from '../../model/safeUrl';
import { describeWay } from '../../model/way';
import { ReleaseLabel } from '../ReleaseLabel';
import { CopyButton } from '../ReleaseLabel';
import { When } from '../When';
import { Fact, Section } from './Section';
import styles from './CellDetails.module.css';

function Unavailable({ reason }: { reason: string }) {
  return <span className={styles.unavailable}>Unavailable: {reason}</span>;
}

type Desired = Extract<DeliveryCell['desired'], { status: 'ok' }>['value'];

function Commit({ desired }: { desired: Desired }) {
  const { commit, author, committedAt, message, path, replicas } = desired;
  return (
    <>
      {commit && (
        <Fact label="Commit">
          <code title={commit}>{shortRevision(commit)}</code>
          <CopyButton text={commit} what="commit" />
          {author && ` by ${authorName(author)}`}
          {committedAt && (
            <>
              {' · '}
              <When at={committedAt} />
            </>
          )}
          {message && (
            <span className={styles.quiet}>{message.split('\n')[0]}</span>
          )}
        </Fact>
      )}
      <Fact label="File">
        <code>{path}</code>
      </Fact>
      {replicas !== undefined && <Fact label="Replicas">{replicas}</Fact>}
    </>
  );
}

/** What runs and what Git says, each with its reason when it cannot be had. */
export function ReleaseFacts({ cell }: { cell: DeliveryCell }) {
  const { live, desired } = cell;
  return (
    <Section title="Release">
      <dl className={styles.facts}>
        <Fact label="Runs">
          {live.status === 'ok' ? (
            <ReleaseLabel release={live.value} />
          ) : (
            <Unavailable reason={live.reason} />
          )}
        </Fact>
        <Fact label="Git says">
          {desired.status === 'ok' ? (
            <ReleaseLabel release={desired.value} />
          ) : (
            <Unavailable reason={desired.reason} />
          )}
        </Fact>
        {desired.status === 'ok' && <Commit desired={desired.value} />}
      </dl>
    </Section>
  );
}

/** How it stands against the environment before it, and the commits that it lacks. */
export function BehindFacts({ cell }: { cell: DeliveryCell }) {
  const { behind } = cell;
  const words = describeBehind(behind);
  if (!behind || !words) return null;
  const { from } = describeWay(behind.environmentRef, cell.environmentRef);
  const { missing = [], commits = 0 } = behind;
  const rest = commits - missing.length;
  return (
    <Section title={`Against ${from}`}>
      <p className={styles.line}>{words.long}.</p>
      {behind.state !== 'unknown' && behind.reason && (
        <p className={styles.quiet}>{behind.reason}</p>
      )}
      {missing.length > 0 && (
        <ol
          className={styles.commits}
          aria-label={`Commits of ${from} that it lacks`}
        >
          {missing.map(commit => (
            <li key={commit.sha} className={styles.commit}>
              {commit.url && isSafeUrl(commit.url) ? (
                <a href={commit.url} target="_blank" rel="noreferrer">
                  <code>{shortRevision(commit.sha)}</code>
                </a>
              ) : (
                <code>{shortRevision(commit.sha)}</code>
              )}
              <span className={styles.subject}>{commit.subject}</span>
              <span className={styles.quiet}>
                {authorName(commit.author)} · <When at={commit.committedAt} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {missing.length > 0 && rest > 0 && (
        <p className={styles.quiet}>and {rest} more</p>
      )}
    </Section>
  );
}

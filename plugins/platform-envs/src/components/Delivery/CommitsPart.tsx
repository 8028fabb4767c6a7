import {
  CommitComparison,
  SourceCommit,
} from '@fairway/plugin-platform-envs-common';
import { authorName, shortRevision } from '../../model/release';
import { isSafeUrl } from '../../model/safeUrl';
import { When } from '../When';
import type { SideNames } from './ComparePanel';
import styles from './Compare.module.css';

function Commit({ commit }: { commit: SourceCommit }) {
  const sha = <code>{shortRevision(commit.sha)}</code>;
  return (
    <li className={styles.commit}>
      {commit.url && isSafeUrl(commit.url) ? (
        <a href={commit.url} target="_blank" rel="noreferrer">
          {sha}
        </a>
      ) : (
        sha
      )}
      <span className={styles.subject}>{commit.subject}</span>
      <span className={styles.quiet}>
        {authorName(commit.author)} · <When at={commit.committedAt} />
      </span>
    </li>
  );
}

function Commits(props: {
  title: string;
  commits: SourceCommit[];
  total: number;
}) {
  const { title, commits, total } = props;
  if (total === 0) return null;
  return (
    <div className={styles.block}>
      <h3 className={styles.subheading}>{title}</h3>
      <ol className={styles.commits} aria-label={title}>
        {commits.map(commit => (
          <Commit key={commit.sha} commit={commit} />
        ))}
      </ol>
      {total > commits.length && (
        <p className={styles.quiet}>and {total - commits.length} more</p>
      )}
    </div>
  );
}

/** The commits that each side has and the other lacks. */
export function CommitsPart(props: {
  commits: CommitComparison;
  names: SideNames;
}) {
  const { commits, names } = props;
  const { onlyFrom, onlyTo, totals, repository, url } = commits;
  if (totals.onlyFrom + totals.onlyTo === 0) {
    return (
      <p className={styles.quiet}>
        Both were built from the same commits of {repository}.
      </p>
    );
  }
  return (
    <>
      <Commits
        title={`${names.to} has, ${names.from} lacks`}
        commits={onlyTo}
        total={totals.onlyTo}
      />
      <Commits
        title={`${names.from} has, ${names.to} lacks`}
        commits={onlyFrom}
        total={totals.onlyFrom}
      />
      {url && isSafeUrl(url) && (
        <a href={url} target="_blank" rel="noreferrer">
          See all of it in {repository}
        </a>
      )}
    </>
  );
}

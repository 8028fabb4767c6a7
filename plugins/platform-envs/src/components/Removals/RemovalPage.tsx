import { useParams } from 'react-router-dom';
import { Link, Skeleton } from '@backstage/ui';
import { RemovalDetail } from '@fairway/plugin-platform-envs-common';
import { useRemoval } from '../../hooks/useRemovals';
import { nextStep, removalStepWord, removalWord } from '../../model/removal';
import { refName } from '../../model/refs';
import { isSafeUrl } from '../../model/safeUrl';
import { ErrorNotice } from '../ErrorNotice';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { RemovalDecideCard } from './RemovalDecideCard';
import { RemovalPlanCard } from './RemovalPlanCard';
import styles from './Removals.module.css';

function Steps({ detail }: { detail: RemovalDetail }) {
  const { steps } = detail.removal;
  if (steps.length === 0) return null;
  return (
    <section className={styles.card} aria-labelledby="removal-steps">
      <h3 id="removal-steps" className={styles.heading}>
        What the run did
      </h3>
      <ol className={styles.list} aria-label="Steps of the run">
        {steps.map(({ id, title, state, sentence, at, link }) => (
          <li key={id}>
            <StateBadge state={{ ...removalStepWord(state), word: title }} />{' '}
            <When at={at} className={styles.quiet} />
            <span className={styles.note}>
              {removalStepWord(state).word}: {sentence}{' '}
              {link && isSafeUrl(link.url) && (
                <a href={link.url} target="_blank" rel="noreferrer">
                  {link.title}
                </a>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Record({ detail }: { detail: RemovalDetail }) {
  const events = [...detail.events].reverse();
  return (
    <section aria-labelledby="removal-record">
      <h3 id="removal-record" className={styles.heading}>
        Record
      </h3>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">State</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {events.map(({ sequence, at, toState, actor, message }) => (
              <tr key={sequence}>
                <td>
                  <When at={at} />
                </td>
                <td>
                  <StateBadge state={removalWord(toState)} />
                </td>
                <td>
                  {actor.includes('/') ? (
                    <RefLink entityRef={actor} />
                  ) : (
                    'the portal'
                  )}
                </td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Content({ detail }: { detail: RemovalDetail }) {
  const { removal } = detail;
  const next = nextStep(removal);
  return (
    <div className={styles.page}>
      <header>
        <h2 className={styles.title}>
          Remove <RefLink entityRef={removal.componentRef} tab="delivery" />
        </h2>
        <p className={styles.line}>
          <span role="status">
            <StateBadge state={removalWord(removal.state)} variant="pill" />
          </span>
          <span>
            requested by <RefLink entityRef={removal.requestedBy} />{' '}
            <When at={removal.createdAt} />: “{removal.reason}”
          </span>
          {removal.taskId && (
            <Link
              standalone
              href={`/create/tasks/${encodeURIComponent(removal.taskId)}`}
            >
              its run
            </Link>
          )}
        </p>
        {next && <p className={styles.quiet}>{next}</p>}
      </header>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Steps detail={detail} />
          <RemovalPlanCard removal={removal} />
        </div>
        <div className={styles.column}>
          <RemovalDecideCard detail={detail} />
        </div>
      </div>
      <Record detail={detail} />
    </div>
  );
}

/** Everything that bears on taking one component away, and the decision on it. */
export function RemovalPage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useRemoval(id);
  return (
    <>
      <p className={styles.back}>
        <Link href="/removals" standalone>
          ← All removals
        </Link>
      </p>
      {error && (
        <ErrorNotice
          title={
            data
              ? 'This page is no longer up to date'
              : `Removal ${refName(id)} could not be loaded`
          }
          error={error}
          onRetry={refetch}
        />
      )}
      {data && <Content key={data.removal.id} detail={data} />}
      {!data && !error && (
        <div
          role="status"
          aria-label="Loading the removal"
          className={styles.page}
        >
          <Skeleton width="50%" height={28} />
          <div className={styles.columns}>
            <Skeleton width="100%" height={260} />
            <Skeleton width="100%" height={200} />
          </div>
        </div>
      )}
    </>
  );
}

import { useParams } from 'react-router-dom';
import { Link } from '@backstage/ui';
import { RemovalDetail } from '@fairway/plugin-platform-envs-common';
import { useMe } from '../../hooks/useMe';
import { useRemoval } from '../../hooks/useRemovals';
import { nextStep, removalStepWord, removalWord } from '../../model/removal';
import { normalRef, refName } from '../../model/refs';
import { isSafeUrl } from '../../model/safeUrl';
import { Card } from '../Card';
import { RefLink } from '../RefLink';
import { RequestFrame, RequestLayout, RequestRecord } from '../Requests';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { RemovalDecideCard } from './RemovalDecideCard';
import { RemovalPlanCard } from './RemovalPlanCard';
import styles from './Removals.module.css';

function Steps({ detail }: { detail: RemovalDetail }) {
  const { steps } = detail.removal;
  if (steps.length === 0) return null;
  return (
    <Card title="What the run did" level={3} outlined>
      <ol className={styles.list} aria-label="Steps of the run">
        {steps.map(({ id, title, state, sentence, at, link }) => (
          <li key={id}>
            <StateBadge state={{ ...removalStepWord(state), word: title }} />{' '}
            <When at={at} className={styles.quiet} />
            <span className={styles.note}>
              {said(removalStepWord(state).word, sentence)}{' '}
              {link && isSafeUrl(link.url) && (
                <a href={link.url} target="_blank" rel="noreferrer">
                  {link.title}
                </a>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Where a step stands and what it says; once, where it says no more than that. */
function said(word: string, sentence: string): string {
  return sentence.startsWith(word) ? sentence : `${word}: ${sentence}`;
}

function Content({ detail }: { detail: RemovalDetail }) {
  const { removal } = detail;
  const next = nextStep(removal);
  const me = useMe();
  // a run is for those who started it
  const isMine = me?.userRef === normalRef(removal.requestedBy);
  return (
    <RequestLayout
      head={
        <header>
          <h2 className={styles.title}>
            Remove{' '}
            {removal.state === 'DONE' ? (
              // its page is gone with it
              refName(removal.componentRef)
            ) : (
              <RefLink entityRef={removal.componentRef} tab="delivery" />
            )}
          </h2>
          <p className={styles.line}>
            <span role="status">
              <StateBadge state={removalWord(removal.state)} variant="pill" />
            </span>
            <span>
              requested by <RefLink entityRef={removal.requestedBy} />{' '}
              <When at={removal.createdAt} />: “{removal.reason}”
            </span>
            {isMine && removal.taskId && (
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
      }
      main={
        <>
          <Steps detail={detail} />
          <RemovalPlanCard removal={removal} />
        </>
      }
      aside={<RemovalDecideCard detail={detail} />}
      below={<RequestRecord events={detail.events} wordOf={removalWord} />}
    />
  );
}

/** Everything that bears on taking one component away, and the decision on it. */
export function RemovalPage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useRemoval(id);
  return (
    <RequestFrame
      listPath="/removals"
      what="removal"
      id={refName(id)}
      error={error}
      onRetry={refetch}
    >
      {data && <Content key={data.removal.id} detail={data} />}
    </RequestFrame>
  );
}

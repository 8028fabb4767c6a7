import { Link } from '@backstage/ui';
import { FirstDelivery } from '@fairway/plugin-platform-envs-common';
import { stoppedAt } from '../../model/firstDelivery';
import { refName } from '../../model/refs';
import { StoppedRun } from '../../model/stoppedRuns';
import { useEntityPath } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Home.module.css';

const STOPPED = { word: 'Stopped', tone: 'bad' } as const;

/** New components of mine that stopped on their way, and runs of mine that failed. */
export function StoppedItems(props: {
  deliveries: FirstDelivery[];
  runs: StoppedRun[];
}) {
  const entityPath = useEntityPath();
  return (
    <>
      {props.deliveries.map(delivery => (
        <li key={delivery.id} className={styles.task}>
          <StateBadge state={STOPPED} />
          <Link
            standalone
            href={entityPath(delivery.componentRef, 'delivery')}
            title={delivery.sentence}
          >
            {refName(delivery.componentRef)} {stoppedAt(delivery) ?? 'stopped'}
          </Link>
          <When at={delivery.observedAt} className={styles.quiet} />
        </li>
      ))}
      {props.runs.map(({ taskId, subject, step, at }) => (
        <li key={taskId} className={styles.task}>
          <StateBadge state={STOPPED} />
          <Link
            standalone
            href={`/create/tasks/${encodeURIComponent(taskId)}`}
            title="Retry goes through its steps again and keeps what is there"
          >
            Run {subject} stopped
            {step && ` at ${step.toLocaleLowerCase('en-US')}`}
          </Link>
          <When at={at} className={styles.quiet} />
        </li>
      ))}
    </>
  );
}

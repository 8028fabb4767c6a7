import { useId } from 'react';
import { StateWord } from '../../model/vocabulary';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { RequestTable } from './RequestTable';
import styles from './Requests.module.css';

/** What the record of a request needs of one line. */
export interface RecordedEvent<State> {
  /** Higher is later. */
  sequence: number;
  /** ISO 8601 UTC. */
  at: string;
  toState: State;
  /** Entity ref of a person, or `system:…` for the portal. */
  actor: string;
  message: string;
}

function Actor({ actor }: { actor: string }) {
  if (actor.startsWith('system:') && !actor.includes('/'))
    return <>the portal</>;
  return /^[\w-]+:[\w.-]+\/[\w.-]+$/.test(actor) ? (
    <RefLink entityRef={actor} />
  ) : (
    <>{actor}</>
  );
}

/** Every change of a request, newest first. */
export function RequestRecord<State>(props: {
  events: RecordedEvent<State>[];
  /** How the screens call a state. */
  wordOf: (state: State) => StateWord;
}) {
  const id = useId();
  const events = [...props.events].sort((a, b) => b.sequence - a.sequence);
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className={styles.heading}>
        Record
      </h3>
      <RequestTable columns={['When', 'State', 'Who', 'What']}>
        {events.map(event => (
          <tr key={event.sequence}>
            <td className={styles.nowrap}>
              <When at={event.at} />
            </td>
            <td>
              <StateBadge state={props.wordOf(event.toState)} />
            </td>
            <td>
              <Actor actor={event.actor} />
            </td>
            <td className={styles.message}>{event.message}</td>
          </tr>
        ))}
      </RequestTable>
    </section>
  );
}

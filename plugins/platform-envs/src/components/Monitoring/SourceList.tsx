import { OverviewSource } from '@fairway/plugin-platform-envs-common';
import { When } from '../When';
import styles from './Monitoring.module.css';

/** Where the figures come from, and how fresh each is. */
export function SourceList({ sources }: { sources: OverviewSource[] }) {
  return (
    <ul className={styles.sources} aria-label="Sources">
      {sources.map(({ id, title, state, observedAt, message }) => (
        <li
          key={id}
          className={state === 'live' ? styles.quiet : styles.reason}
          title={message}
        >
          {title}: {state === 'live' && observedAt && <When at={observedAt} />}
          {state !== 'live' && (
            <>
              {state}
              {observedAt && (
                <>
                  , last answered <When at={observedAt} />
                </>
              )}
              {message && ` (${message})`}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

import styles from './BillAge.module.css';

/** Props of {@link BillAge}. */
export interface BillAgeProps {
  /** ISO 8601 UTC; absent while the bill was never read. */
  observedAt?: string;
  /** ISO 8601 UTC. */
  nextReadingAt?: string;
  /** What is wrong with the source, when something is. */
  message?: string;
}

/** Of when the figures are, and why they are not newer; figures never stand without it. */
export function BillAge({ observedAt, nextReadingAt, message }: BillAgeProps) {
  if (!observedAt) {
    return message ? <p className={styles.age}>{message}</p> : null;
  }
  return (
    <p className={message ? `${styles.age} ${styles.old}` : styles.age}>
      Bill read <Instant at={observedAt} />
      {nextReadingAt && !message && (
        <>
          , next by <Instant at={nextReadingAt} />
        </>
      )}
      {message ? `, not since: ${message}` : '.'}
    </p>
  );
}

/** A time today as the clock, another day with its date; the zone on hover. */
function Instant({ at }: { at: string }) {
  const instant = new Date(at);
  const isToday = instant.toDateString() === new Date().toDateString();
  return (
    <time
      dateTime={at}
      title={instant.toLocaleString(undefined, {
        dateStyle: 'medium',
        timeStyle: 'long',
      })}
    >
      {isToday
        ? instant.toLocaleTimeString(undefined, { timeStyle: 'short' })
        : instant.toLocaleString(undefined, {
            dateStyle: 'medium',
            timeStyle: 'short',
          })}
    </time>
  );
}

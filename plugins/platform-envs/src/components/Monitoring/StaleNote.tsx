import { Reading } from '@fairway/plugin-platform-envs-common';
import { When } from '../When';
import styles from './Monitoring.module.css';

/** How old a reading is, and why; nothing while it is current. */
export function StaleNote(props: {
  reading: Extract<Reading<unknown>, { status: 'ok' }>;
  /** What is shown below, e.g. "How the rules stood". */
  what: string;
}) {
  const { reading, what } = props;
  if (!reading.stale) return null;
  return (
    <p className={styles.reason} role="status">
      {what} <When at={reading.observedAt} />: {reading.stale}
    </p>
  );
}

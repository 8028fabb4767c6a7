import { useNow } from '../../hooks/useNow';
import {
  describeStaleness,
  FreshnessInput,
  freshnessOf,
} from '../../model/freshness';
import { formatAbsolute, formatDuration } from '../../model/time';
import styles from './Freshness.module.css';

/** Longer than the server's heartbeat: what is younger is now, as far as anybody can tell. */
const NOW_MS = 20_000;

/** "live · now", or since when and why it is stale. */
export function Freshness(props: FreshnessInput) {
  const now = useNow(5_000);
  const freshness = freshnessOf(props, now);
  const { state, at, reason } = freshness;
  const iso = at ? new Date(at).toISOString() : undefined;
  const age =
    at && now - at > NOW_MS ? `${formatDuration(now - at)} ago` : 'now';
  return (
    <span
      className={`${styles.freshness} ${styles[state]}`}
      title={[iso && formatAbsolute(iso), reason].filter(Boolean).join(' · ')}
      data-freshness={state}
    >
      <span className={styles.dot} aria-hidden />
      {state === 'live' && <>live · {age}</>}
      {state === 'waiting' && <>updated {age}</>}
      {state === 'stale' && (
        <span className={styles.reason}>{describeStaleness(freshness)}</span>
      )}
    </span>
  );
}

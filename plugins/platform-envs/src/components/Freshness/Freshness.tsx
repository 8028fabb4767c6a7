import { useNow } from '../../hooks/useNow';
import { freshnessOf, FreshnessInput } from '../../model/freshness';
import { formatAbsolute, formatClock, formatDuration } from '../../model/time';
import styles from './Freshness.module.css';

/** "live · 3 s ago", or since when and why it is stale. */
export function Freshness(props: FreshnessInput) {
  const now = useNow(1_000);
  const { state, at, reason } = freshnessOf(props);
  const iso = at ? new Date(at).toISOString() : undefined;
  const age = at ? `${formatDuration(now - at)} ago` : '';
  return (
    <span
      className={`${styles.freshness} ${styles[state]}`}
      title={[iso && formatAbsolute(iso), reason].filter(Boolean).join(' · ')}
    >
      <span className={styles.dot} aria-hidden />
      {state === 'live' && <>live · {age}</>}
      {state === 'waiting' && <>updated {age}</>}
      {state === 'stale' && (
        <>
          stale{iso && ` since ${formatClock(iso)}`}
          {reason && <span className={styles.reason}> ({reason})</span>}
        </>
      )}
    </span>
  );
}

import { fullness } from '../../model/capacity';
import { useIsOld } from '../StateBadge';
import styles from './Meter.module.css';

/** Props of {@link Meter}. */
export interface MeterProps {
  /** What is measured. */
  label: string;
  /** Absent: unknown, which is no zero. */
  used?: number;
  hard: number;
  format: (amount: number) => string;
  /** Why the use is not known. */
  reason?: string;
}

/** A bar of use against a limit, with both numbers. */
export function Meter({ label, used, hard, format, reason }: MeterProps) {
  const isOld = useIsOld();
  const fill = fullness(used, hard);
  const state = isOld && fill === 'fine' ? 'old' : fill;
  const share = used === undefined || hard <= 0 ? 0 : used / hard;
  const text =
    used === undefined
      ? `unknown of ${format(hard)}`
      : `${format(used)} of ${format(hard)}`;
  const percent = hard > 0 && used !== undefined && Math.round(share * 100);
  return (
    <div className={styles.meter} title={reason}>
      <span className={styles.label}>{label}</span>
      <span className={styles.text}>
        {text}
        {percent !== false && (
          <span className={styles[state]}>{` · ${percent} %`}</span>
        )}
      </span>
      <span
        className={`${styles.track} ${styles[state]}`}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={hard}
        aria-valuenow={used}
        aria-valuetext={reason ? `${text}: ${reason}` : text}
      >
        <span
          className={styles.fill}
          style={{ width: `${Math.min(100, share * 100)}%` }}
        />
      </span>
    </div>
  );
}

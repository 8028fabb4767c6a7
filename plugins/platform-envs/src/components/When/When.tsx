import { useNow } from '../../hooks/useNow';
import {
  formatAbsolute,
  formatDuration,
  formatRelative,
} from '../../model/time';

/** Props of {@link When}. */
export interface WhenProps {
  /** ISO 8601. */
  at: string;
  /** `age` drops "ago", for narrow columns. */
  format?: 'relative' | 'age';
  className?: string;
}

/** A time relative to now; hover gives it absolute, with its zone. */
export function When({ at, format = 'relative', className }: WhenProps) {
  // Between two ticks the screen may show what happened after the last one.
  const now = Math.max(useNow(), Date.now());
  return (
    <time dateTime={at} title={formatAbsolute(at)} className={className}>
      {format === 'age'
        ? formatDuration(now - Date.parse(at))
        : formatRelative(at, now)}
    </time>
  );
}

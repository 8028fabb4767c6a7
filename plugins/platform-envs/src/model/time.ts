import { DateTime } from 'luxon';

const UNITS: Array<[limitSeconds: number, seconds: number, unit: string]> = [
  [60, 1, 's'],
  [3600, 60, 'min'],
  [86_400, 3600, 'h'],
  [86_400 * 60, 86_400, 'd'],
  [86_400 * 730, 86_400 * 30, 'mo'],
  [Infinity, 86_400 * 365, 'y'],
];

/** A length of time in its largest whole unit, e.g. `4 min`; never negative. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [, size, unit] = UNITS.find(([limit]) => seconds < limit)!;
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** Clocks of server and reader differ by about this much without anybody noticing. */
const SKEW_MS = 10_000;

/** How long ago, or how far ahead, an ISO time is, e.g. `4 min ago`, `in 22 h`. */
export function formatRelative(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso);
  if (ms < 2_000 && ms > -SKEW_MS) return 'now';
  return ms > 0 ? `${formatDuration(ms)} ago` : `in ${formatDuration(-ms)}`;
}

/** Made once: a board writes hundreds of times in a moment, and making it is what takes long. */
const absolute = new Intl.DateTimeFormat('en-US', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});

/** An ISO time in the reader's zone, with the zone, e.g. `21 Nov 2026, 10:42:03 AEDT`. */
export function formatAbsolute(iso: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const part = new Map(
    absolute.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type);
  return `${get('day')} ${get('month')} ${get('year')}, ${get('hour')}:${get(
    'minute',
  )}:${get('second')} ${get('timeZoneName')}`;
}

/** The clock time of an ISO time in the reader's zone, e.g. `10:42`. */
export function formatClock(iso: string): string {
  return DateTime.fromISO(iso).toFormat('HH:mm');
}

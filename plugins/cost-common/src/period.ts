import { CostPeriod } from './api';

/**
 * The month that contains `now` (UTC), up to and including its day.
 *
 * On the first of a month that is the first alone: the bill of that day may
 * still be empty.
 *
 * @public
 */
export function monthToDate(now: Date): CostPeriod {
  const day = toDay(now);
  return { start: `${day.slice(0, 7)}-01`, end: addDays(day, 1) };
}

/** The whole month before the one that contains `now` (UTC). @public */
export function previousMonth(now: Date): CostPeriod {
  const end = `${toDay(now).slice(0, 7)}-01`;
  return { start: `${addDays(end, -1).slice(0, 7)}-01`, end };
}

/** The UTC day of an instant, `YYYY-MM-DD`. @public */
export function toDay(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** A day, so many days later. @public */
export function addDays(day: string, days: number): string {
  const instant = new Date(`${day}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return toDay(instant);
}

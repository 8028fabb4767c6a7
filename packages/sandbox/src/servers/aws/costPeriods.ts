const DAY_MS = 86_400_000;

export type Granularity = 'HOURLY' | 'DAILY' | 'MONTHLY';

const HOURS_PER_DAY = 24;
const HOUR_MS = 3_600_000;

/** Days counted from the epoch, UTC; the end is excluded. */
export interface CostPeriod {
  startDay: number;
  endDay: number;
  /** Set for an hour: counted from the epoch. */
  hour?: number;
}

/** Hour number of a `yyyy-MM-ddThh:00:00Z` time; undefined when it is not one. */
export function hourFromText(text: string): number | undefined {
  const ms = Date.parse(text);
  return /^\d{4}-\d{2}-\d{2}T\d{2}:00:00Z$/.test(text) && !Number.isNaN(ms)
    ? ms / HOUR_MS
    : undefined;
}

/** `yyyy-MM-ddThh:00:00Z` */
export function hourToText(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString().replace('.000', '');
}

/** Cuts a range of hours, the end excluded. */
export function hoursOf(startHour: number, endHour: number): CostPeriod[] {
  return Array.from({ length: endHour - startHour }, (_, index) => {
    const hour = startHour + index;
    const startDay = Math.floor(hour / HOURS_PER_DAY);
    return { startDay, endDay: startDay + 1, hour };
  });
}

/** Day number of a `yyyy-MM-dd` date; undefined when it is not one. */
export function dayFromText(text: string): number | undefined {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(ms) &&
    dayToText(ms / DAY_MS) === text
    ? ms / DAY_MS
    : undefined;
}

/** `yyyy-MM-dd` */
export function dayToText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Cuts a range into days, or at the first of each month. */
export function periodsOf(
  { startDay, endDay }: CostPeriod,
  granularity: Granularity,
): CostPeriod[] {
  const periods: CostPeriod[] = [];
  for (let start = startDay; start < endDay; ) {
    const end = Math.min(
      granularity === 'DAILY' ? start + 1 : firstOfNextMonth(start),
      endDay,
    );
    periods.push({ startDay: start, endDay: end });
    start = end;
  }
  return periods;
}

function firstOfNextMonth(day: number): number {
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

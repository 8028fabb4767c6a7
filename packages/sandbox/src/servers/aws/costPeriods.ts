const DAY_MS = 86_400_000;

export type Granularity = 'DAILY' | 'MONTHLY';

/** Days counted from the epoch, UTC; the end is excluded. */
export interface CostPeriod {
  startDay: number;
  endDay: number;
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

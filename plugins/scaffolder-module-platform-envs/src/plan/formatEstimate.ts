import { MonthlyEstimate } from '@fairway/plugin-platform-envs-common';

/** An estimate as people read it: `$14.42`, or that it is not known. */
export function formatEstimate(estimate: MonthlyEstimate): string {
  if (estimate.status === 'unavailable') return 'not known';
  const amount = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: estimate.currency,
  }).format(Number(estimate.amount));
  return estimate.missing ? `${amount} and more` : amount;
}

/** A date without time as people read it: `1 March 2026`. */
export function formatDay(day: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
}

import { CostModel } from '../CostModel';
import { CostLine, UNITS_PER_DOLLAR } from './CostLine';

const DAY_MS = 86_400_000;

/** Dollars as a decimal string without trailing zeros; 0 is `0`. */
export function unitsToText(units: number): string {
  const whole = Math.floor(units / UNITS_PER_DOLLAR);
  const rest = String(units % UNITS_PER_DOLLAR).padStart(8, '0');
  return `${whole}.${rest}`.replace(/\.?0+$/, '') || '0';
}

/** Days from the first of a month up to the first of the next, UTC; `offset` counts months from now. */
export function monthOf(
  now: Date,
  offset = 0,
): { startDay: number; endDay: number } {
  const first = (months: number) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1) / DAY_MS;
  return { startDay: first(offset), endDay: first(offset + 1) };
}

/** What lines cost from a day up to another, the end excluded, in units. */
export function unitsBetween(
  costs: CostModel,
  lines: CostLine[],
  startDay: number,
  endDay: number,
): number {
  return lines.reduce(
    (units, line) => units + costs.unitsBetween(line, startDay, endDay),
    0,
  );
}

/** What a month will have cost: what has arrived, and the forecast of the rest. */
export function forecastMonth(
  costs: CostModel,
  lines: CostLine[],
  { startDay, endDay }: { startDay: number; endDay: number },
): number {
  const today = costs.today();
  let units = unitsBetween(costs, lines, startDay, Math.min(today, endDay));
  for (const line of lines) {
    for (let day = Math.max(today, startDay); day < endDay; day += 1) {
      units += costs.forecastUnitsOn(line, day);
    }
  }
  return units;
}

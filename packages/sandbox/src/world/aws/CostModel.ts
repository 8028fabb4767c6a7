import { join } from 'node:path';
import { World } from '../types';
import { MANAGEMENT_ACCOUNT } from './accounts';
import { Conditions } from './Conditions';
import {
  CostLine,
  MeteredLine,
  PlannedLine,
  PlannedUse,
  UNITS_PER_DOLLAR,
} from './costs/CostLine';
import { meteredLines, meteredMonths, Meters } from './costs/meters';
import { plannedLines } from './costs/plannedLines';
import { JsonFile } from './JsonFile';
import { noise } from './noise';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const GROWTH_PER_HALF_YEAR = 0.12;
const DAYS_PER_HALF_YEAR = 182;
const WEEKEND_FACTOR = 0.88;
const WEEKDAY_FACTOR = 1.04;
const ANOMALY_FACTOR = 22;
/** Days before the first start on which one environment copied far too much through its NAT gateways. */
const ANOMALY_DAYS_AGO = [12, 11];
// Cost data arrive up to 24 hours late.
const LATE_HOURS = 10;
const HOURS_PER_DAY = 24;
const JUMP_FACTOR = 1.8;
// Cost Explorer is late; a jump is seen when it is some days old.
const JUMP_VISIBLE_AFTER_DAYS = 3;

/**
 * What everything costs by day.
 *
 * Databases, caches, EKS clusters and their nodes, and the tasks of ECS on
 * Fargate cost their price times the hours in which they were there. All else
 * is each environment's plan, spread over services, regions and components,
 * with a working week, some growth and one anomaly.
 *
 * The past does not change: the plan hangs on the day on which the sandbox was
 * first started, which is kept on disk; meters remember.
 */
export class CostModel {
  private readonly planned: PlannedLine[];
  private metered: { revision: number; lines: MeteredLine[] } | undefined;
  private readonly file: JsonFile<{ anchorDay: number }>;
  private anchorDay: number;

  constructor(
    private readonly world: Pick<
      World,
      'clock' | 'platforms' | 'dataDir' | 'onReset' | 'onClose'
    >,
    private readonly conditions: Conditions,
    private readonly meters: Meters,
  ) {
    this.planned = plannedLines(
      world.platforms,
      meteredMonths(world.platforms),
    );
    this.file = new JsonFile(join(world.dataDir, 'aws', 'costs.json'), () => ({
      anchorDay: this.anchorDay,
    }));
    const stored = this.file.load();
    this.anchorDay = stored?.anchorDay ?? this.today();
    if (!stored) {
      this.file.touch();
    }
    world.onReset(() => {
      this.anchorDay = this.today();
      this.file.touch();
    });
    world.onClose(() => this.file.flush());
  }

  /** Number of the current day, UTC, counted from the epoch. */
  today(): number {
    return Math.floor(this.world.clock.now().getTime() / DAY_MS);
  }

  /** Everything that costs something, or did. */
  get lines(): CostLine[] {
    const { revision } = this.meters;
    if (this.metered?.revision !== revision) {
      this.metered = { revision, lines: meteredLines(this.meters.list()) };
    }
    return [...this.planned, ...this.metered.lines];
  }

  /** Lines whose cost an account may see: its own, or all for the management account. */
  linesFor(accountId: string): CostLine[] {
    return accountId === MANAGEMENT_ACCOUNT
      ? this.lines
      : this.lines.filter(line => line.accountId === accountId);
  }

  /** Cost of a line on a day, in units: what has arrived of it; nothing in the future. */
  unitsOn(line: CostLine, day: number): number {
    return this.unitsBetween(line, day, day + 1);
  }

  /** Cost of a line from a day up to another, the end excluded: the sum of its days, in units. */
  unitsBetween(line: CostLine, startDay: number, endDay: number): number {
    const arrivedMs = this.arrivedMs();
    const lastDay = Math.min(endDay, Math.ceil(arrivedMs / DAY_MS));
    let units = 0;
    for (let day = startDay; day < lastDay; day += 1) {
      const hours = hoursArrived(day, arrivedMs);
      units += line.meter
        ? meteredUnits(line, day, hours)
        : Math.floor((this.plannedDay(line, day) * hours) / HOURS_PER_DAY);
    }
    return units;
  }

  /** Cost of a line in an hour, counted from the epoch; the hours of a day add up to the day. */
  unitsInHour(line: CostLine, hour: number): number {
    const day = Math.floor(hour / HOURS_PER_DAY);
    const ofDay = hour - day * HOURS_PER_DAY;
    if (ofDay >= hoursArrived(day, this.arrivedMs())) {
      return 0;
    }
    if (line.meter) {
      return (
        meteredUnits(line, day, ofDay + 1) - meteredUnits(line, day, ofDay)
      );
    }
    const whole = this.plannedDay(line, day);
    return (
      Math.floor((whole * (ofDay + 1)) / HOURS_PER_DAY) -
      Math.floor((whole * ofDay) / HOURS_PER_DAY)
    );
  }

  /** What a line would have cost on a day without anything unusual, in units. */
  usualUnitsOn(line: CostLine, day: number): number {
    const units = this.unitsOn(line, day);
    return line.meter ? units : Math.round(units / this.exceptional(line, day));
  }

  /** Spans of days, the last included, on which something unusual happened, with when it can be known. */
  unusualSpans(): Array<{
    id: string;
    firstDay: number;
    lastDay: number;
    lines: CostLine[];
    knownFromMs: number;
  }> {
    const today = this.today();
    const [firstAgo, lastAgo] = ANOMALY_DAYS_AGO;
    const seeded = {
      id: `seed-${this.anchorDay}`,
      firstDay: this.anchorDay - firstAgo,
      lastDay: this.anchorDay - lastAgo,
      lines: this.planned.filter(({ planned }) => planned.anomalous),
      knownFromMs: (this.anchorDay - firstAgo + 1) * DAY_MS,
    };
    const jumps = this.conditions
      .intervalsOf('cost-jump')
      .map(({ fromMs, untilMs }) => ({
        id: `jump-${fromMs}`,
        firstDay: Math.floor(fromMs / DAY_MS) - JUMP_VISIBLE_AFTER_DAYS,
        lastDay: Math.min(
          today,
          untilMs === undefined ? today : Math.floor(untilMs / DAY_MS),
        ),
        lines: this.planned.filter(canJump),
        knownFromMs: fromMs + DAY_MS,
      }));
    return [seeded, ...jumps];
  }

  /** What a whole day is expected to cost, in units; also for days to come. */
  forecastUnitsOn(line: CostLine, day: number): number {
    if (line.meter) {
      const { hourlyUse } = line.meter;
      return Math.round(
        hourlyUse * HOURS_PER_DAY * line.price * UNITS_PER_DOLLAR,
      );
    }
    return Math.round(this.expected(line.planned, day) * this.jump(line, day));
  }

  /** Up to when costs have arrived, epoch milliseconds. */
  private arrivedMs(): number {
    return this.world.clock.now().getTime() - LATE_HOURS * HOUR_MS;
  }

  private plannedDay(line: PlannedLine, day: number): number {
    const wobble = 1 + 0.06 * (noise(line.planned.seed, day) - 0.5);
    return Math.round(
      this.expected(line.planned, day) * wobble * this.exceptional(line, day),
    );
  }

  private expected(use: PlannedUse, day: number): number {
    const growth = Math.max(
      0.5,
      1 + (GROWTH_PER_HALF_YEAR * (day - this.anchorDay)) / DAYS_PER_HALF_YEAR,
    );
    return use.dailyUnits * growth * weekFactor(use, day);
  }

  private exceptional(line: PlannedLine, day: number): number {
    const anomaly =
      line.planned.anomalous && ANOMALY_DAYS_AGO.includes(this.anchorDay - day)
        ? ANOMALY_FACTOR
        : 1;
    return anomaly * this.jump(line, day);
  }

  private jump(line: PlannedLine, day: number): number {
    if (!canJump(line)) {
      return 1;
    }
    const dayOf = (ms: number) => Math.floor(ms / DAY_MS);
    return this.conditions
      .intervalsOf('cost-jump')
      .some(
        ({ fromMs, untilMs }) =>
          day >= dayOf(fromMs) - JUMP_VISIBLE_AFTER_DAYS &&
          (untilMs === undefined || day <= dayOf(untilMs)),
      )
      ? JUMP_FACTOR
      : 1;
  }
}

/** Compute of production outside of its clusters. */
function canJump({ planned, environment }: PlannedLine): boolean {
  return planned.followsWeek && environment === 'prod';
}

/** Whole hours of a day that have arrived. */
function hoursArrived(day: number, arrivedMs: number): number {
  return Math.max(
    0,
    Math.min(HOURS_PER_DAY, Math.floor((arrivedMs - day * DAY_MS) / HOUR_MS)),
  );
}

/** What a meter says of the first hours of a day, in units. */
function meteredUnits(
  { meter, price }: MeteredLine,
  day: number,
  hours: number,
): number {
  const fromMs = day * DAY_MS;
  return Math.round(
    meter.usedBetween(fromMs, fromMs + hours * HOUR_MS) *
      price *
      UNITS_PER_DOLLAR,
  );
}

function weekFactor({ followsWeek }: PlannedUse, day: number): number {
  if (!followsWeek) {
    return 1;
  }
  // Day 0 of the epoch was a Thursday.
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6 ? WEEKEND_FACTOR : WEEKDAY_FACTOR;
}

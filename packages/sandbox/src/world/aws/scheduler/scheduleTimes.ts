import { Cron } from 'croner';
import { DateTime, IANAZone } from 'luxon';
import { AwsError } from '../AwsError';

const UNIT_MS: Record<string, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** When a schedule runs: the first time after a moment, or never again. */
export type NextRun = (after: Date) => Date | undefined;

function invalid(expression: string): AwsError {
  return new AwsError(
    'ValidationException',
    `Invalid Schedule Expression ${expression}.`,
  );
}

/**
 * Reads `cron(…)`, `rate(…)` and `at(…)` as EventBridge Scheduler does.
 *
 * Hours of a cron or at expression are those of the zone, also where it changes
 * its clock. A rate counts from the schedule's beginning.
 *
 * @param zone - IANA name
 * @param from - beginning of the schedule
 * @throws AwsError - ValidationException
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function readExpression(
  expression: string,
  zone: string,
  from: Date,
): NextRun {
  if (!IANAZone.isValidZone(zone)) {
    throw new AwsError(
      'ValidationException',
      `Invalid ScheduleExpressionTimezone ${zone}.`,
    );
  }
  const [, kind, body] = /^(cron|rate|at)\((.+)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'at':
      return readAt(expression, body, zone);
    case 'rate':
      return readRate(expression, body, from);
    case 'cron':
      return readCron(expression, body, zone);
    default:
      throw invalid(expression);
  }
}

function readAt(expression: string, body: string, zone: string): NextRun {
  const at = DateTime.fromFormat(body, "yyyy-MM-dd'T'HH:mm:ss", { zone });
  if (!at.isValid) {
    throw invalid(expression);
  }
  return after => (at.toJSDate() > after ? at.toJSDate() : undefined);
}

function readRate(expression: string, body: string, from: Date): NextRun {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(body) ?? [];
  const everyMs = Number(count) * UNIT_MS[unit];
  if (!(everyMs > 0)) {
    throw invalid(expression);
  }
  return after => {
    const past = Math.max(0, after.getTime() - from.getTime());
    const passed = Math.floor(past / everyMs) + (after < from ? 0 : 1);
    return new Date(from.getTime() + passed * everyMs);
  };
}

/** AWS counts weekdays from 1, Sunday; the cron reader from 0. */
function weekdays(field: string): string {
  return field.replace(/(^|[,-])(\d)/g, (_match, before, digit) => {
    return `${before}${Number(digit) - 1}`;
  });
}

function readCron(expression: string, body: string, zone: string): NextRun {
  const fields = body.trim().split(/\s+/);
  const [minute, hour, day, month, weekday, year] = fields;
  // Exactly one of the days is left open.
  if (fields.length !== 6 || (day === '?') === (weekday === '?')) {
    throw invalid(expression);
  }
  const pattern = [
    '0',
    minute,
    hour,
    day === '?' ? '*' : day,
    month,
    weekday === '?' ? '*' : weekdays(weekday).replace(/^(\w+)L$/, '$1#L'),
    year,
  ].join(' ');
  let cron: Cron;
  try {
    cron = new Cron(pattern, {
      timezone: zone,
      paused: true,
      sloppyRanges: true,
    });
  } catch {
    throw invalid(expression);
  }
  return after => cron.nextRun(after) ?? undefined;
}

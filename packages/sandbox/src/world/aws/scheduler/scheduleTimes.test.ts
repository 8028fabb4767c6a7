import { readExpression } from './scheduleTimes';

const START = new Date('2026-11-21T00:00:00Z');
const next = (expression: string, zone = 'UTC', after = START) =>
  readExpression(expression, zone, START)(after)?.toISOString();

describe('readExpression', () => {
  it.each([
    ['cron(30 20 ? * MON-FRI *)', '2026-11-23T20:30:00.000Z'],
    // 1 is Sunday.
    ['cron(0 9 ? * 2 *)', '2026-11-23T09:00:00.000Z'],
    ['cron(0 9 L * ? *)', '2026-11-30T09:00:00.000Z'],
    ['cron(0 9 15W * ? *)', '2026-12-15T09:00:00.000Z'],
    ['cron(0 9 ? * 6#2 *)', '2026-12-11T09:00:00.000Z'],
    ['cron(0 9 ? * 6L *)', '2026-11-27T09:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-21T00:15:00.000Z'],
    ['cron(0 0 1 1 ? 2028)', '2028-01-01T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2020)', undefined],
    ['rate(5 minutes)', '2026-11-21T00:05:00.000Z'],
    ['rate(1 day)', '2026-11-22T00:00:00.000Z'],
    ['at(2026-12-24T18:00:00)', '2026-12-24T18:00:00.000Z'],
    ['at(2026-01-01T00:00:00)', undefined],
  ])('reads %s', (expression, expected) => {
    expect(next(expression)).toBe(expected);
  });

  it('keeps the hour of the zone when its clock changes', () => {
    // New York leaves summer time on 1 November 2026.
    const zone = 'America/New_York';
    const cron = 'cron(0 20 * * ? *)';
    expect(next(cron, zone, new Date('2026-10-31T12:00:00Z'))).toBe(
      '2026-11-01T00:00:00.000Z',
    );
    expect(next(cron, zone, new Date('2026-11-01T12:00:00Z'))).toBe(
      '2026-11-02T01:00:00.000Z',
    );
    expect(next('at(2026-12-01T08:00:00)', 'Australia/Sydney')).toBe(
      '2026-11-30T21:00:00.000Z',
    );
  });

  it.each([
    'cron(0 9 * * * *)',
    'cron(0 9 ? * ? *)',
    'cron(0 25 * * ? *)',
    'cron(0 9 * * ?)',
    'rate(0 minutes)',
    'rate(5 weeks)',
    'at(tomorrow)',
    'every day',
  ])('refuses %s', expression => {
    expect(() => next(expression)).toThrow(
      `Invalid Schedule Expression ${expression}.`,
    );
  });

  it('refuses a zone that does not exist', () => {
    expect(() => next('rate(1 day)', 'Mars/Olympus')).toThrow(/Timezone/);
  });
});

import {
  okReading,
  RequestSeries,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  formatFigure,
  hasValues,
  latest,
  lineLooks,
  spanOf,
  ticksOf,
  toPoints,
} from './requests';

const START = '2026-11-21T09:00:00.000Z';
const START_MS = Date.parse(START);
const MINUTE = 60_000;

function series(requestRate: Array<number | null>): RequestSeries {
  const nothing = requestRate.map(() => null);
  return {
    startAt: START,
    stepSeconds: 60,
    requestRate,
    errorRatio: nothing,
    latencyP50: nothing,
    latencyP95: nothing,
  };
}

const requests = [
  { environmentRef: 'dev', series: okReading(series([1, null, 3]), START) },
  { environmentRef: 'uat', series: okReading(series([4, 5, null]), START) },
  { environmentRef: 'prod', series: unavailableReading<RequestSeries>('no') },
];

describe('toPoints', () => {
  it('puts environments side by side and keeps gaps as gaps', () => {
    const span = { from: START_MS, to: START_MS + 10 * MINUTE };
    expect(toPoints(requests, 'requestRate', span)).toEqual([
      { time: START_MS, dev: 1, uat: 4 },
      { time: START_MS + MINUTE, dev: null, uat: 5 },
      { time: START_MS + 2 * MINUTE, dev: 3, uat: null },
    ]);
  });

  it('keeps to the span', () => {
    const span = { from: START_MS + MINUTE, to: START_MS + MINUTE };
    expect(toPoints(requests, 'requestRate', span)).toHaveLength(1);
  });
});

describe('latest', () => {
  it('is the newest value, unless that is not of the present', () => {
    expect(latest(series([1, 2, null]), 'requestRate')).toBe(2);
    expect(latest(series([1, 0]), 'requestRate')).toBe(0);
    expect(
      latest(series([1, null, null, null]), 'requestRate'),
    ).toBeUndefined();
    expect(latest(series([]), 'requestRate')).toBeUndefined();
  });
});

describe('hasValues', () => {
  it('counts zero as a value, and a gap as none', () => {
    expect(hasValues([{ time: 1, dev: 0 }])).toBe(true);
    expect(hasValues([{ time: 1, dev: null }, { time: 2 }])).toBe(false);
  });
});

describe('spanOf', () => {
  const now = START_MS + 60 * MINUTE;

  it('ends with what was measured', () => {
    expect(spanOf(requests, { hours: 1, now })).toEqual({
      from: START_MS - 58 * MINUTE,
      to: START_MS + 2 * MINUTE,
    });
  });

  it('ends now where nothing was measured', () => {
    expect(spanOf([], { hours: 3, now }).to).toBe(now);
  });

  it('lies around a chosen moment, and never in the future', () => {
    expect(spanOf(requests, { hours: 3, now, around: now - MINUTE })).toEqual({
      from: now - 31 * MINUTE,
      to: now,
    });
  });
});

describe('ticksOf', () => {
  it('are round times within the span', () => {
    const hour = { from: START_MS + 1, to: START_MS + 60 * MINUTE };
    expect(ticksOf(hour).map(t => (t - START_MS) / MINUTE)).toEqual([
      10, 20, 30, 40, 50, 60,
    ]);
    const three = { from: START_MS, to: START_MS + 180 * MINUTE };
    expect(ticksOf(three)).toHaveLength(7);
  });
});

describe('formatFigure', () => {
  it.each([
    ['requestRate', 0, '0/s'],
    ['requestRate', 0.0312, '0.031/s'],
    ['requestRate', 41.26, '41.3/s'],
    ['requestRate', 1234.5, '1235/s'],
    ['errorRatio', 0.0021, '0.21 %'],
    ['errorRatio', 0.36, '36 %'],
    ['errorRatio', 0.0000001, '<0.001 %'],
    ['latencyP95', 0.0123, '12.3 ms'],
    ['latencyP95', 2.5, '2.5 s'],
  ] as const)('writes %s of %d as %s', (figure, value, text) => {
    expect(formatFigure(figure, value)).toBe(text);
  });
});

describe('lineLooks', () => {
  type Environment = Parameters<typeof lineLooks>[0][number];
  const colour = (environments: Environment[]) =>
    [...lineLooks(environments).values()].map(l => l.colour);
  const of = (tier: Environment['tier'], shortName: string = tier) => ({
    ref: shortName,
    shortName,
    tier,
  });

  it('gives an environment the same colour on every page, and no two lines the same look', () => {
    const [dev, uat, prod] = colour([of('dev'), of('uat'), of('prod')]);
    expect(colour([of('prod')])).toEqual([prod]);
    expect(colour([of('uat'), of('prod')])).toEqual([uat, prod]);
    expect(new Set([dev, uat, prod]).size).toBe(3);
    const many = lineLooks([of('dev', 'a'), of('dev', 'b'), of('prod')]);
    expect(
      new Set([...many.values()].map(l => `${l.colour} ${l.dash}`)).size,
    ).toBe(3);
  });

  it('takes no colour from an environment that has one by its name', () => {
    const way = [
      of('sandbox'),
      of('sandbox', 'dogfood'),
      of('dev'),
      of('staging'),
      of('uat'),
      of('prod'),
    ];
    expect(new Set(colour(way)).size).toBe(way.length);
    expect(colour([of('sandbox')])).toEqual(colour(way).slice(0, 1));
    const [, preprod, prod] = colour([
      of('uat'),
      of('prod', 'preprod'),
      of('prod'),
    ]);
    expect(prod).toBe(colour([of('prod')])[0]);
    expect(preprod).not.toBe(prod);
  });
});

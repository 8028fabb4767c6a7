import {
  judgeSyncWindows,
  parseGoDuration,
  syncWindowSchema,
  windowsFor,
} from './syncWindows';

const window = (given: object) =>
  syncWindowSchema.parse({
    kind: 'deny',
    schedule: '0 22 * * *',
    duration: '11h',
    ...given,
  });

const judge = (windows: object[], now: string) =>
  judgeSyncWindows(windows.map(window), new Date(now));

describe('judgeSyncWindows', () => {
  it('says nothing where there are no windows', () => {
    expect(judge([], '2026-01-05T10:00:00Z')).toBeUndefined();
  });

  it.each([
    ['2026-01-05T21:59:59Z', true, '2026-01-05T22:00:00.000Z'],
    ['2026-01-05T22:00:00Z', false, '2026-01-06T09:00:00.000Z'],
    ['2026-01-06T08:59:59Z', false, '2026-01-06T09:00:00.000Z'],
    ['2026-01-06T09:00:00Z', true, '2026-01-06T22:00:00.000Z'],
  ])('a deny window at %s: open %s until %s', (now, isOpen, until) => {
    expect(judge([{}], now)).toEqual({
      kind: 'deny',
      isOpen,
      manualSync: isOpen,
      [isOpen ? 'openUntil' : 'closedUntil']: until,
    });
  });

  it.each([
    // a Friday, and the next Monday
    ['2026-01-09T12:00:00Z', true, '2026-01-09T17:00:00.000Z'],
    ['2026-01-09T17:00:00Z', false, '2026-01-12T09:00:00.000Z'],
  ])(
    'an allow window on weekdays at %s: open %s until %s',
    (now, open, until) => {
      const office = { kind: 'allow', schedule: '0 9 * * 1-5', duration: '8h' };
      expect(judge([office], now)).toMatchObject({
        kind: 'allow',
        isOpen: open,
        [open ? 'openUntil' : 'closedUntil']: until,
      });
    },
  );

  it('a deny window beats an allow window', () => {
    const allow = { kind: 'allow', schedule: '0 0 * * *', duration: '24h' };
    const deny = {
      schedule: '0 12 * * *',
      duration: '1h',
      description: 'Lunch',
    };
    expect(judge([allow, deny], '2026-01-05T12:30:00Z')).toEqual({
      kind: 'deny',
      isOpen: false,
      manualSync: false,
      closedUntil: '2026-01-05T13:00:00.000Z',
      description: 'Lunch',
    });
    expect(judge([allow, deny], '2026-01-05T13:00:00Z')).toMatchObject({
      kind: 'allow',
      isOpen: true,
      openUntil: '2026-01-06T12:00:00.000Z',
    });
  });

  it('windows that follow each other without a gap are one', () => {
    const night = { schedule: '0 22 * * *', duration: '2h' };
    const morning = { schedule: '0 0 * * *', duration: '6h' };
    expect(judge([night, morning], '2026-01-05T23:00:00Z')).toMatchObject({
      isOpen: false,
      closedUntil: '2026-01-06T06:00:00.000Z',
    });
  });

  it('names no end where none is in sight', () => {
    const always = { schedule: '* * * * *', duration: '1h' };
    expect(judge([always], '2026-01-05T23:00:00Z')).toEqual({
      kind: 'deny',
      isOpen: false,
      manualSync: false,
    });
  });

  it('lets people through only where every window in force does', () => {
    const now = '2026-01-05T23:00:00Z';
    const lenient = { manualSync: true };
    expect(judge([lenient], now)?.manualSync).toBe(true);
    expect(judge([lenient, {}], now)?.manualSync).toBe(false);
    const closed = { kind: 'allow', schedule: '0 9 * * *', duration: '1h' };
    expect(judge([closed], now)?.manualSync).toBe(false);
    expect(judge([{ ...closed, manualSync: true }], now)?.manualSync).toBe(
      true,
    );
  });

  it.each([
    // Sydney is at UTC+11 until the first Sunday of April, then at UTC+10
    ['2026-04-03T11:30:00Z', false, '2026-04-03T22:00:00.000Z'],
    ['2026-04-03T22:00:00Z', true, '2026-04-04T11:00:00.000Z'],
    ['2026-04-06T11:30:00Z', true, '2026-04-06T12:00:00.000Z'],
    ['2026-04-06T12:30:00Z', false, '2026-04-06T23:00:00.000Z'],
  ])(
    'F59 follows the zone of the window over a change of clocks: %s',
    (now, isOpen, until) => {
      const zoned = { timeZone: 'Australia/Sydney' };
      expect(judge([zoned], now)).toMatchObject({
        isOpen,
        timeZone: 'Australia/Sydney',
        [isOpen ? 'openUntil' : 'closedUntil']: until,
      });
    },
  );
});

describe('windowsFor', () => {
  const web = {
    name: 'web-prod',
    destination: { cluster: 'https://10.0.0.1/k8s', namespace: 'shop' },
  };
  it.each<[object, boolean]>([
    [{ applications: ['web-prod'] }, true],
    [{ applications: ['*-prod'] }, true],
    [{ applications: ['web-?rod'] }, true],
    [{ applications: ['{api,web}-prod'] }, true],
    [{ applications: ['web'] }, false],
    [{ namespaces: ['shop'] }, true],
    [{ clusters: ['https://*'] }, true],
    [{ clusters: ['in-cluster'], namespaces: ['shop'] }, true],
    [
      { clusters: ['in-cluster'], namespaces: ['shop'], andOperator: true },
      false,
    ],
    [{ clusters: ['*'], namespaces: ['sh*'], andOperator: true }, true],
    [{ andOperator: true }, false],
    [{}, false],
    [{ applications: ['web.prod'] }, false],
  ])('%j concerns it: %s', (given, expected) => {
    expect(windowsFor([window(given)], web)).toHaveLength(expected ? 1 : 0);
  });
});

describe('syncWindowSchema', () => {
  it.each([
    { kind: 'maybe' },
    { schedule: '61 * * * *' },
    { schedule: '@daily' },
    { duration: 'one hour' },
    { duration: '0s' },
    { timeZone: 'Mars/Olympus' },
  ])('refuses %j', given => {
    const full = { kind: 'deny', schedule: '0 0 * * *', duration: '1h' };
    expect(syncWindowSchema.safeParse({ ...full, ...given }).success).toBe(
      false,
    );
  });

  it.each([
    ['1h30m', 5_400_000],
    ['90s', 90_000],
    ['1.5h', 5_400_000],
  ])('reads the duration %s', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms);
  });
});

import { isActive, judgeSyncWindows } from './syncWindows';
import { Application, SyncWindow } from './types';

const window = (change: Partial<SyncWindow>): SyncWindow => ({
  kind: 'deny',
  schedule: '0 22 * * *',
  duration: '8h',
  applications: ['*-prod'],
  ...change,
});
const application = {
  metadata: { name: 'web-prod' },
  spec: { destination: { name: 'prod', namespace: 'web' } },
} as Application;
const night = new Date('2026-03-04T02:30:00Z');
const noon = new Date('2026-03-04T12:00:00Z');

describe('sync windows', () => {
  it.each<[string, Partial<SyncWindow>, Date, boolean]>([
    ['past midnight', {}, night, true],
    ['at noon', {}, noon, false],
    ['end excluded', {}, new Date('2026-03-04T06:00:00Z'), false],
    ['steps', { schedule: '*/30 * * * *', duration: '10m' }, night, true],
    ['weekdays', { schedule: '0 0 * * 6,0', duration: '24h' }, night, false],
    [
      'a range of weekdays',
      { schedule: '0 0 * * 1-5', duration: '24h' },
      night,
      true,
    ],
    [
      'another zone',
      { timeZone: 'Australia/Sydney', duration: '2h' },
      noon,
      true,
    ],
  ])('is open or not: %s', (_what, change, now, expected) => {
    expect(isActive(window(change), now)).toBe(expected);
  });

  it('refuses a schedule that is none', () => {
    expect(() => isActive(window({ schedule: 'daily' }), noon)).toThrow(
      "cannot parse schedule 'daily'",
    );
  });

  it('F57 forbids syncs in a deny window, and lets people through with manualSync', () => {
    expect(judgeSyncWindows([window({})], application, night)).toMatchObject({
      canSyncManually: false,
      canSyncAutomatically: false,
    });
    expect(
      judgeSyncWindows([window({ manualSync: true })], application, night),
    ).toMatchObject({ canSyncManually: true, canSyncAutomatically: false });
  });

  it('forbids syncs outside an allow window', () => {
    const allow = window({ kind: 'allow' });
    expect(judgeSyncWindows([allow], application, night).canSyncManually).toBe(
      true,
    );
    expect(judgeSyncWindows([allow], application, noon).canSyncManually).toBe(
      false,
    );
  });

  it('passes over windows of others', () => {
    expect(
      judgeSyncWindows(
        [window({ applications: ['*-dev'] })],
        application,
        night,
      ),
    ).toEqual({
      assigned: [],
      active: [],
      canSyncManually: true,
      canSyncAutomatically: true,
    });
  });
});

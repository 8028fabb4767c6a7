import { DateTime } from 'luxon';
import { globMatch } from './glob';
import { goDuration } from './goDuration';
import { Application, SyncWindow } from './types';

/** Whether an application may be synced now, and the windows that say so. */
export interface SyncWindowState {
  assigned: SyncWindow[];
  active: SyncWindow[];
  canSyncManually: boolean;
  canSyncAutomatically: boolean;
}

/**
 * Judges a project's windows as Argo CD does: an active deny window forbids;
 * where allow windows are assigned, one of them must be active. `manualSync`
 * lets people through.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/
 */
export function judgeSyncWindows(
  windows: SyncWindow[],
  application: Application,
  now: Date,
): SyncWindowState {
  const { name } = application.metadata;
  const { destination } = application.spec;
  const assigned = windows.filter(
    window =>
      matches(window.applications, name) ||
      matches(window.namespaces, destination.namespace ?? '') ||
      matches(window.clusters, destination.name ?? '') ||
      matches(window.clusters, destination.server ?? ''),
  );
  const active = assigned.filter(window => isActive(window, now));
  const denies = active.filter(w => w.kind === 'deny');
  const allows = assigned.filter(w => w.kind === 'allow');
  const activeAllows = active.filter(w => w.kind === 'allow');

  let canSyncManually = true;
  if (denies.length > 0) {
    canSyncManually = denies.every(w => w.manualSync);
  } else if (allows.length > 0 && activeAllows.length === 0) {
    canSyncManually = allows.every(w => w.manualSync);
  }
  return {
    assigned,
    active,
    canSyncManually,
    canSyncAutomatically:
      denies.length === 0 && (allows.length === 0 || activeAllows.length > 0),
  };
}

/** Whether a window is open: its schedule fired within its duration before `now`. */
export function isActive(window: SyncWindow, now: Date): boolean {
  const zone = window.timeZone || 'utc';
  const minutes = Math.ceil(goDuration(window.duration) / 60_000);
  const fields = cronFields(window.schedule);
  const end = DateTime.fromJSDate(now, { zone }).startOf('minute');
  for (let back = 0; back < minutes; back += 1) {
    if (fires(fields, end.minus({ minutes: back }))) {
      return true;
    }
  }
  return false;
}

type CronFields = [string, string, string, string, string];

const RANGES: Array<[number, number]> = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];

function cronFields(schedule: string): CronFields {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new Error(
      `cannot parse schedule '${schedule}': expected exactly 5 fields, found ${fields.length}`,
    );
  }
  return fields as CronFields;
}

function fires(fields: CronFields, time: DateTime): boolean {
  const values = [
    time.minute,
    time.hour,
    time.day,
    time.month,
    time.weekday % 7,
  ];
  const hit = values.map((value, i) => fieldMatches(fields[i], value, i));
  const days =
    fields[2] !== '*' && fields[4] !== '*'
      ? hit[2] || hit[4]
      : hit[2] && hit[4];
  return hit[0] && hit[1] && hit[3] && days;
}

function fieldMatches(field: string, value: number, index: number): boolean {
  return field.split(',').some(part => {
    const [range, step = '1'] = part.split('/');
    const [low, high] =
      range === '*'
        ? RANGES[index]
        : [
            Number(range.split('-')[0]),
            Number(
              range.split('-')[1] ??
                (part.includes('/') ? RANGES[index][1] : range.split('-')[0]),
            ),
          ];
    return value >= low && value <= high && (value - low) % Number(step) === 0;
  });
}

function matches(patterns: string[] | undefined, value: string): boolean {
  return Boolean(patterns?.some(pattern => globMatch(pattern, value)));
}

import { SyncWindowState } from '@fairway/plugin-platform-envs-common';
import { Cron } from 'croner';
import { z } from 'zod';

const patterns = z
  .array(z.string())
  .nullish()
  .transform(value => value ?? []);

const text = z
  .string()
  .nullish()
  .transform(value => value || undefined);

/** A sync window as a project has it; times that cannot be read are refused. */
export const syncWindowSchema = z
  .object({
    kind: z.enum(['allow', 'deny']),
    /** Five fields of cron. */
    schedule: z.string(),
    /** As Go writes it: `1h30m`. */
    duration: z.string(),
    applications: patterns,
    namespaces: patterns,
    clusters: patterns,
    manualSync: z.boolean().nullish(),
    timeZone: text,
    /** Whether all of the three lists must match, instead of any. */
    andOperator: z.boolean().nullish(),
    description: text,
  })
  .transform((window, context) => {
    try {
      const cron = new Cron(window.schedule, {
        timezone: window.timeZone ?? 'UTC',
        mode: '5-part',
        paused: true,
      });
      // the zone is not looked at before a time is asked for
      if (window.schedule.startsWith('@') || !cron.nextRun()) {
        throw new Error(`"${window.schedule}" never comes`);
      }
      const durationMs = parseGoDuration(window.duration);
      return { ...window, cron, durationMs };
    } catch (error) {
      context.addIssue({ code: 'custom', message: String(error) });
      return z.NEVER;
    }
  });

/** A sync window whose schedule and duration were understood. */
export type SyncWindow = z.infer<typeof syncWindowSchema>;

/** What a window looks at to see whether it concerns an application. */
export interface WindowSubject {
  name: string;
  destination?: { cluster?: string; namespace?: string };
}

/** How far ahead an end is looked for: windows that change nothing follow each other endlessly. */
const MAX_CHANGES_AHEAD = 100;

/** The windows of a project that concern an application. */
export function windowsFor(
  windows: SyncWindow[],
  { name, destination }: WindowSubject,
): SyncWindow[] {
  return windows.filter(window => {
    const lists = [
      { list: window.applications, value: name },
      { list: window.namespaces, value: destination?.namespace },
      { list: window.clusters, value: destination?.cluster },
    ].filter(({ list }) => list.length > 0);
    const isHit = ({ list, value }: (typeof lists)[number]) =>
      value !== undefined && list.some(pattern => globMatch(pattern, value));
    return window.andOperator
      ? lists.length > 0 && lists.every(isHit)
      : lists.some(isHit);
  });
}

/**
 * How windows stand at a moment, by Argo CD's rules: an active deny window
 * closes; where there are allow windows, one of them must be active;
 * `manualSync` lets people through. Undefined for no windows.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/
 */
export function judgeSyncWindows(
  windows: SyncWindow[],
  now: Date,
): SyncWindowState | undefined {
  if (windows.length === 0) return undefined;
  const { isOpen, manualSync, deciding } = standing(windows, now);
  const until = nextChange(windows, now, isOpen);
  const ends = isOpen ? 'openUntil' : 'closedUntil';
  return {
    kind: deciding.kind,
    isOpen,
    manualSync,
    ...(until && { [ends]: until.toISOString() }),
    ...(deciding.timeZone && { timeZone: deciding.timeZone }),
    ...(deciding.description && { description: deciding.description }),
  };
}

/** @throws Error - it is not a duration of Go, or not above zero. */
export function parseGoDuration(duration: string): number {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000 };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  const total = parts.reduce((sum, [, n, unit]) => sum + +n * units[unit], 0);
  if (parts.map(([part]) => part).join('') !== duration || total <= 0) {
    throw new Error(`"${duration}" is no duration such as 8h or 1h30m`);
  }
  return total;
}

function standing(windows: SyncWindow[], now: Date) {
  const active = windows.filter(window => isActive(window, now));
  const denies = active.filter(w => w.kind === 'deny');
  const allows = windows.filter(w => w.kind === 'allow');
  const open = active.filter(w => w.kind === 'allow');
  if (denies.length > 0) {
    return {
      isOpen: false,
      manualSync: denies.every(w => w.manualSync),
      deciding: denies.find(w => !w.manualSync) ?? denies[0],
    };
  }
  if (allows.length > 0 && open.length === 0) {
    return {
      isOpen: false,
      manualSync: allows.every(w => w.manualSync),
      deciding: allows.find(w => !w.manualSync) ?? allows[0],
    };
  }
  return { isOpen: true, manualSync: true, deciding: open[0] ?? windows[0] };
}

function isActive(window: SyncWindow, now: Date): boolean {
  const start = lastStart(window, now);
  return !!start && now.getTime() < start.getTime() + window.durationMs;
}

/** The next moment at which open becomes closed or the reverse. */
function nextChange(
  windows: SyncWindow[],
  now: Date,
  isOpen: boolean,
): Date | undefined {
  let at = nextEdge(windows, now);
  for (let i = 0; at && i < MAX_CHANGES_AHEAD; i++) {
    if (standing(windows, at).isOpen !== isOpen) return at;
    at = nextEdge(windows, at);
  }
  return undefined;
}

function nextEdge(windows: SyncWindow[], after: Date): Date | undefined {
  return earliest(windows.flatMap(window => edges(window, after)));
}

/** The next start and, while it is active, the end of a window. */
function edges(window: SyncWindow, after: Date): Date[] {
  const next = window.cron.nextRun(after);
  const start = lastStart(window, after);
  const end = start && new Date(start.getTime() + window.durationMs);
  return [next, end].filter((d): d is Date => !!d && d > after);
}

/** The schedule counts in seconds, and leaves out the moment that it is asked about. */
function lastStart({ cron }: SyncWindow, at: Date): Date | undefined {
  return cron.previousRuns(1, new Date(at.getTime() + 1_000))[0];
}

function earliest(dates: Date[]): Date | undefined {
  return dates.sort((a, b) => a.getTime() - b.getTime())[0];
}

/** Globs of Argo CD: `*` also passes slashes. */
function globMatch(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(
      /\{([^{}]*)\}/g,
      (_, choices: string) => `(?:${choices.split(',').join('|')})`,
    );
  return new RegExp(`^${source}$`).test(value);
}

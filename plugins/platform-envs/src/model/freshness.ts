import {
  OverviewCell,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import { StreamState } from '../hooks/OverviewStream';
import { formatClock } from './time';

/** How far what is on the screen can be trusted. */
export interface Freshness {
  state: 'live' | 'stale' | 'waiting';
  /** Milliseconds since the epoch: `live`: last sign of life; `stale`: since when. */
  at?: number;
  /** Why it is stale. */
  reason?: string;
  /** Nothing on the screen is known to be true any more, not only what one source told. */
  isCutOff?: boolean;
}

/** What {@link freshnessOf} judges. */
export interface FreshnessInput {
  sources: OverviewSource[];
  stream: StreamState;
  /** When the data last arrived, milliseconds since the epoch. */
  dataUpdatedAt: number;
  /** Whether the last attempt to get the data failed. */
  failed: boolean;
}

/** Three heartbeats of the stream, or three polls without it: after that it is no news. */
const OLD_MS = 50_000;

/**
 * Judges freshness: the worst of the portal, the stream and the sources.
 *
 * @param now - milliseconds since the epoch; catches a machine that slept
 */
export function freshnessOf(
  input: FreshnessInput,
  now: number = Date.now(),
): Freshness {
  const { sources, stream, dataUpdatedAt, failed } = input;
  if (failed || stream.isOffline) {
    return {
      state: 'stale',
      at: dataUpdatedAt,
      reason: stream.isOffline ? stream.reason : 'the portal cannot be reached',
      isCutOff: true,
    };
  }
  const at =
    stream.status === 'live'
      ? Math.max(dataUpdatedAt, stream.lastActivityAt ?? 0)
      : dataUpdatedAt;
  if (now - at > OLD_MS) {
    return {
      state: 'stale',
      at,
      reason: stream.reason ?? 'nothing was heard since; asking again',
      isCutOff: true,
    };
  }
  const stale = judgeSources(sources);
  if (stale) return stale;
  if (stream.status === 'live') return { state: 'live', at };
  if (stream.status === 'broken') {
    return {
      state: 'waiting',
      at,
      reason: `changes are not pushed (${stream.reason}); asked every 15 s`,
    };
  }
  return { state: 'waiting', at };
}

/** What sources say of themselves, as far as one gives no fresh answer. */
function judgeSources(sources: OverviewSource[]): Freshness | undefined {
  const bad = sources.filter(s => s.state === 'stale' || s.state === 'error');
  if (bad.length === 0) return undefined;
  const times = bad.flatMap(s =>
    s.observedAt ? [Date.parse(s.observedAt)] : [],
  );
  return {
    state: 'stale',
    at: times.length ? Math.min(...times) : undefined,
    reason: reasonsOf(bad).join('; '),
  };
}

/** So many sources that fail alike are told by name. */
const MOST_NAMED = 3;

/** One for all that fail alike, e.g. `Git org/a, org/b and 2 more: The Git host answered 503`. */
function reasonsOf(sources: OverviewSource[]): string[] {
  const alike = new Map<
    string,
    { kind: string; said: string; names: string[] }
  >();
  for (const { title, message = 'no fresh answer' } of sources) {
    const at = title.lastIndexOf(' ') + 1;
    const [kind, name] = [title.slice(0, at), title.slice(at)];
    const said = message.startsWith(title)
      ? message.slice(title.length)
      : `: ${message.replace(` for ${name}`, '')}`;
    const key = `${kind}\n${said}`;
    const known = alike.get(key);
    if (known) known.names.push(name);
    else alike.set(key, { kind, said, names: [name] });
  }
  return [...alike.values()].map(
    ({ kind, said, names }) => `${kind}${inWords(names)}${said}`,
  );
}

function inWords(names: string[]): string {
  const named = names.slice(0, MOST_NAMED);
  const more = names.length - named.length;
  if (more) return `${named.join(', ')} and ${more} more`;
  const last = named.pop();
  return named.length ? `${named.join(', ')} and ${last}` : `${last}`;
}

/** Freshness in a few words, e.g. `stale since 10:42 (Argo CD: timed out)`; nothing while all is well. */
export function describeStaleness({
  state,
  at,
  reason,
}: Freshness): string | undefined {
  if (state !== 'stale') return undefined;
  const since = at ? ` since ${formatClock(new Date(at).toISOString())}` : '';
  return `stale${since}${reason ? ` (${reason})` : ''}`;
}

/** The same of sources alone, for what is read beside the stream. */
export function describeStaleSources(
  sources: OverviewSource[],
): string | undefined {
  return describeStaleness(judgeSources(sources) ?? { state: 'live' });
}

/** Whether what a cell tells is only what was true when its source last answered. */
export function isOldCell({ source }: Pick<OverviewCell, 'source'>): boolean {
  return source.state === 'stale' || source.state === 'error';
}

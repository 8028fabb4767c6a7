import { OverviewSource } from '@fairway/plugin-platform-envs-common';
import { StreamState } from '../hooks/OverviewStream';

/** How far what is on the screen can be trusted. */
export interface Freshness {
  state: 'live' | 'stale' | 'waiting';
  /** Milliseconds since the epoch: `live`: last sign of life; `stale`: since when. */
  at?: number;
  /** Why it is stale. */
  reason?: string;
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

/** Judges freshness: the worst of the portal, the stream and the sources. */
export function freshnessOf(input: FreshnessInput): Freshness {
  const { sources, stream, dataUpdatedAt, failed } = input;
  if (failed) {
    return {
      state: 'stale',
      at: dataUpdatedAt,
      reason: 'the portal cannot be reached',
    };
  }
  const bad = sources.filter(s => s.state === 'stale' || s.state === 'error');
  if (bad.length) {
    const times = bad.flatMap(s =>
      s.observedAt ? [Date.parse(s.observedAt)] : [],
    );
    return {
      state: 'stale',
      at: times.length ? Math.min(...times) : undefined,
      reason: bad
        .map(s => `${s.title}: ${s.message ?? 'no fresh answer'}`)
        .join('; '),
    };
  }
  if (stream.status === 'live') {
    return {
      state: 'live',
      at: Math.max(dataUpdatedAt, stream.lastActivityAt ?? 0),
    };
  }
  if (stream.status === 'broken') {
    return {
      state: 'waiting',
      at: dataUpdatedAt,
      reason: `changes are not pushed (${stream.reason}); asked every 15 s`,
    };
  }
  return { state: 'waiting', at: dataUpdatedAt };
}

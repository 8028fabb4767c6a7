import { Conditions } from '../Conditions';
import { dailyWave, noise, seedOf } from '../noise';
import { classMemoryBytes } from './instanceClasses';
import { DatabaseInstance } from './records';

const SPIKE_FACTOR = 30;
const MINUTE_MS = 60_000;

/** What is measured in a minute, counted from the epoch. */
export type Measurement = (minute: number) => number;

/**
 * Milliseconds: 75 to 205, with a bump of up to 550 for some minutes now and
 * then; a spike takes it above two seconds at any hour. While the source cannot
 * be reached, it grows with the time.
 */
export function globalLag(
  id: string,
  sourceRegion: string,
  conditions: Conditions,
): Measurement {
  const seed = seedOf(`lag:${id}`);
  return minute => {
    const usual =
      140 + 35 * dailyWave(seed, minute) + 60 * (noise(seed, minute) - 0.5);
    const episode = Math.floor(minute / 5);
    const bump =
      noise(seed + 1, episode) > 0.985
        ? 150 + 400 * noise(seed + 2, episode)
        : 0;
    const atMs = minute * MINUTE_MS;
    const factor = conditions.holdsAt('lag-spike', atMs) ? SPIKE_FACTOR : 1;
    const downSince = conditions.regionDownSince(sourceRegion, atMs);
    return (
      (usual + bump) * factor + (downSince === undefined ? 0 : atMs - downSince)
    );
  };
}

/** How far an Aurora reader trails its writer: 10 to 30 ms. */
export function replicaLag(id: string): Measurement {
  const seed = seedOf(`replica:${id}`);
  return minute => 10 + 20 * noise(seed, minute);
}

/** Whole seconds; RDS reports 0 when the replica is up to date. */
export function plainReplicaLag(id: string): Measurement {
  const seed = seedOf(`plain-replica:${id}`);
  return minute => Math.floor(noise(seed, minute) * 1.3);
}

/** Percent. */
export function cpu(id: string): Measurement {
  const seed = seedOf(`cpu:${id}`);
  return minute => 18 + 9 * dailyWave(seed, minute) + 6 * noise(seed, minute);
}

/** Open connections, more of them by day. */
export function connections(id: string): Measurement {
  const seed = seedOf(`connections:${id}`);
  return minute =>
    Math.round(24 + 12 * dailyWave(seed, minute) + 5 * noise(seed, minute));
}

/** Bytes, by the instance's class. */
export function freeableMemory({
  id,
  instanceClass,
}: DatabaseInstance): Measurement {
  const seed = seedOf(`memory:${id}`);
  const total = classMemoryBytes(instanceClass);
  return minute => Math.round(total * (0.42 - 0.05 * dailyWave(seed, minute)));
}

/** Deadlocks a second: none, but for a minute every few days. */
export function deadlocks(id: string): Measurement {
  const seed = seedOf(`deadlocks:${id}`);
  return minute => (noise(seed, minute) > 0.9998 ? 1 / 60 : 0);
}

/** Seconds around what is usual. */
export function latency(name: string, usual: number): Measurement {
  const seed = seedOf(name);
  return minute =>
    usual * (1 + 0.2 * dailyWave(seed, minute) + 0.3 * noise(seed, minute));
}

/** ACUs between their bounds, in steps of half an ACU. */
export function serverlessCapacity(
  id: string,
  minimum: number,
  maximum: number,
): Measurement {
  const seed = seedOf(`capacity:${id}`);
  return minute => {
    const load = 0.35 + 0.25 * dailyWave(seed, minute);
    return Math.round((minimum + (maximum - minimum) * load) * 2) / 2;
  };
}

const GIB = 1024 ** 3;

/** Bytes of a cluster volume or of a plain instance; grows by a little every day. All members of a global database have the same. */
export function volumeBytes({
  id,
  globalClusterId,
}: {
  id: string;
  globalClusterId?: string;
}): Measurement {
  const base = 20 + 80 * noise(seedOf(`volume:${globalClusterId ?? id}`), 0);
  return minute =>
    Math.round((base + Math.max(0, minute / 1440 - 20_000) * 0.02) * GIB);
}

/** Bytes of what is allocated that are not used. */
export function freeStorage(instance: DatabaseInstance): Measurement {
  const used = volumeBytes({ id: instance.id });
  return minute =>
    Math.max(0, Math.round(instance.allocatedGb * GIB - used(minute) * 0.6));
}

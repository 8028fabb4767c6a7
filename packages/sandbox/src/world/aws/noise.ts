import { createHash } from 'node:crypto';

/** A number in [0, 1) that depends on nothing but its arguments. */
export function noise(seed: number, step: number): number {
  // Mulberry32 on a mix of both; cheap enough for a million calls a second.
  let value = Math.imul(seed ^ Math.imul(step, 0x9e3779b1), 0x85ebca6b);
  value = (value + 0x6d2b79f5) % 4294967296;
  let mixed = Math.imul(value ^ (value >>> 15), 1 | value);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

/** A 32-bit seed from a name. */
export function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readInt32BE(0);
}

const MINUTES_PER_DAY = 1440;

/** Between -1 and 1, highest in the middle of the day (UTC), shifted for each seed. */
export function dailyWave(seed: number, minute: number): number {
  const phase = noise(seed, -1) * 120;
  return Math.sin(
    (2 * Math.PI * ((minute + phase) % MINUTES_PER_DAY)) / MINUTES_PER_DAY -
      Math.PI / 2,
  );
}

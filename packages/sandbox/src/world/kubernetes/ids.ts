import { createHash } from 'node:crypto';

/** A UUID that is the same for the same text. */
export function stableUid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** The alphabet of generated names in Kubernetes: no vowels, nothing ambiguous. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters of the alphabet that Kubernetes uses in generated names. */
export function safeHash(text: string, length: number): string {
  return [...createHash('sha256').update(text).digest().subarray(0, length)]
    .map(byte => SAFE[byte % SAFE.length])
    .join('');
}

/** A number from 0 to 2^32 - 1 that is the same for the same text. */
export function hashNumber(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

import { Release } from './release';

/** A release as people call it: by version, else by digest, else by image. */
export function describe(release: Release): string {
  return (
    release.version ??
    (release.digest ? release.digest.slice(0, 19) : release.image)
  );
}

/** With its first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `1 resource differs`, `2 resources differ`. */
export function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Ends like a sentence. */
export function withStop(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

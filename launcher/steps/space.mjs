import fs from 'node:fs';
import { ROOT, STATE_DIR } from '../paths.mjs';
import { Problem } from '../problem.mjs';

/** What an install needs, in GiB, caches included. */
export const INSTALL_GIB = 4;
/** What databases, logs and repositories need to begin with, in GiB. */
export const DATA_GIB = 0.2;

/**
 * @param {number} gib
 * @param {string} what wants it, as the subject of a sentence
 * @throws Problem when the disk of the checkout has less free
 */
export function requireSpace(gib, what) {
  const free = freeGib();
  if (free >= gib) return;
  throw new Problem(
    `${what} about ${gib} GiB, and ${ROOT} has ${free.toFixed(2)} GiB free.`,
    'make room, or move the checkout to a larger disk, and run this again.',
  );
}

/** Free space where Fairway lives, in GiB; of the fuller disk, if it has two. */
export function freeGib() {
  const sizes = [ROOT, STATE_DIR]
    .filter(folder => fs.existsSync(folder))
    .map(folder => fs.statfsSync(folder))
    .map(({ bavail, bsize }) => (bavail * bsize) / 2 ** 30);
  return Math.min(...sizes);
}

/**
 * Limits that depend on the size: the first whose `upTo` holds it. Milliseconds,
 * calls an hour, bytes of the whole board for each of its rows (4 kB for 50,
 * 30 kB for 500, 110 kB for 2,000), MB.
 */
const BY_SIZE = [
  { upTo: 50, p50: 5, p95: 12, idle: 40, row: 80 },
  { upTo: 500, p50: 6, p95: 15, idle: 40, row: 60, heap: 15 },
  { upTo: Infinity, p50: 8, p95: 20, idle: 60, row: 55, heap: 50 },
];

/** Limits for every size. */
export const LIMITS = {
  pageBytes: 6000,
  eventBytes: 200,
  rssMb: 700,
  eventLoopMs: 30,
  readyMs: 3200,
  /** Of the time that the fastest peer takes to be ready. */
  readyOfPeer: 1.1,
  /** What is said to be flat grows with this power of the size at most. */
  flat: 0.2,
  mergeP95Ms: 1000,
  healthP50Ms: 400,
  healthP95Ms: 1000,
  inpMs: 100,
  longTaskMs: 50,
};

/** @param {number} size services */
export function gatesFor(size) {
  return BY_SIZE.find(({ upTo }) => size <= upTo);
}

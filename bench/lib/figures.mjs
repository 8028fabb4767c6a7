/**
 * One measured figure, beside the peer's and the gate.
 *
 * @typedef {object} Figure
 * @property {string} id stable, for programs: `overview.p95.20rps`
 * @property {string} title for people
 * @property {number} [size] services, where it was measured at several
 * @property {string} unit `ms`, `calls`, `B`, `MB`, `` for a plain number
 * @property {number} ours
 * @property {Record<string, number>} [peers] the same of others, by name
 * @property {string} [peer] the best of them, which the ratio is against
 * @property {number} [ratio] peer / ours; above 1: ours is better
 * @property {Gate} [gate]
 * @property {'pass' | 'MISS' | '-'} verdict `-`: has no gate
 * @property {string} [note]
 */

/**
 * What a figure must keep: at most, or as a share of the peer's.
 *
 * @typedef {{ max?: number, maxOfPeer?: number }} Gate
 */

/**
 * Puts a figure beside its peers and judges it. A figure that could not be
 * measured misses its gate: a benchmark never passes for want of a number.
 *
 * @param {Omit<Figure, 'verdict' | 'ratio' | 'peer'>} figure
 * @returns {Figure}
 */
export function judge(figure) {
  const { ours, gate } = figure;
  const [best] = Object.entries(figure.peers ?? {})
    .filter(([, value]) => Number.isFinite(value))
    .sort(([, a], [, b]) => a - b);
  const [peer, value] = best ?? [];
  const ratio = best && ours > 0 ? value / ours : undefined;
  return {
    ...figure,
    ...(peer && { peer }),
    ...(ratio !== undefined && { ratio }),
    verdict: gate ? verdictOf(ours, gate, value) : '-',
  };
}

function verdictOf(ours, { max, maxOfPeer }, peer) {
  if (!Number.isFinite(ours)) return 'MISS';
  if (max !== undefined && ours > max) return 'MISS';
  if (maxOfPeer !== undefined && !(ours <= maxOfPeer * peer)) return 'MISS';
  return 'pass';
}

/** @param {Figure[]} figures those whose gate is missed */
export function missed(figures) {
  return figures.filter(({ verdict }) => verdict === 'MISS');
}

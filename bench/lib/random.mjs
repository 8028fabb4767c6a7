/**
 * Numbers from 0 (included) to 1, the same ones for the same seed, so that each
 * run and each side asks in the same order.
 *
 * @param {number} seed
 * @returns {() => number}
 * @see https://en.wikipedia.org/wiki/Linear_congruential_generator
 */
export function seededRandom(seed) {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

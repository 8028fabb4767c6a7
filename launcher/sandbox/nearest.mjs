/**
 * The known name that was most likely meant.
 *
 * @param {string} given
 * @param {string[]} known
 * @returns {string | undefined}
 */
export function nearest(given, known) {
  const [best] = known
    .map(name => ({
      name,
      steps:
        given.length > 2 && name.startsWith(given) ? 1 : distance(given, name),
    }))
    .sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, Math.floor(given.length / 3))
    ? best.name
    : undefined;
}

/** "; did you mean x?" or nothing. */
export function didYouMean(given, known) {
  const near = nearest(given, known);
  return near ? ` Did you mean "${near}"?` : '';
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        row[j] + 1,
        next[j - 1] + 1,
        row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length];
}

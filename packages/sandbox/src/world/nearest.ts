/** The known name that was most likely meant; undefined when none is near. */
export function nearest(
  given: string,
  known: readonly string[],
): string | undefined {
  const wanted = given.toLowerCase();
  const ranked = known
    .map(name => {
      const candidate = name.toLowerCase();
      const begins =
        wanted.length > 2 &&
        (candidate.startsWith(wanted) || wanted.startsWith(candidate));
      return { name, steps: begins ? 1 : distance(wanted, candidate) };
    })
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best && best.steps <= Math.max(2, Math.floor(given.length / 3))
    ? best.name
    : undefined;
}

/** `no scenario "lag-spik", did you mean "lag-spike"? There are: ...` */
export function unknownName(
  what: string,
  given: string,
  known: readonly string[],
): string {
  const near = nearest(given, known);
  return `no ${what} "${given}"${
    near ? `, did you mean "${near}"?` : '.'
  } There are: ${known.join(', ')}`;
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
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

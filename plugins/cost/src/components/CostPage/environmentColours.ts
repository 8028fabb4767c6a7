/** Number of its colour, by short name; the charts of requests have the same. */
const COLOURS: Record<string, number> = {
  dev: 1,
  uat: 2,
  staging: 3,
  prod: 4,
  sandbox: 5,
  dogfood: 6,
  local: 7,
};

/**
 * A CSS colour for each short name, from the variables of the chart. The usual
 * names have the same colour everywhere; others have what these leave, in the
 * order given, and share only when nothing is left.
 */
export function environmentColours(shortNames: string[]): Map<string, string> {
  const all = Object.values(COLOURS);
  const free = all.filter(c => !shortNames.some(name => COLOURS[name] === c));
  const left = free.length > 0 ? free : all;
  let others = 0;
  return new Map(
    shortNames.map(name => {
      const colour = COLOURS[name] ?? left[others++ % left.length];
      return [name, `var(--line-${colour})`];
    }),
  );
}

/** How the usual names follow each other; systems number their environments each for itself. */
const WAY = ['local', 'sandbox', 'dogfood', 'dev', 'uat', 'staging'];

/** Each name once, from where work begins to production. */
export function inOrder(shortNames: string[]): string[] {
  const place = (name: string) => {
    if (name === 'prod') return WAY.length + 1;
    const usual = WAY.indexOf(name);
    return usual < 0 ? WAY.length : usual;
  };
  return [...new Set(shortNames)].sort(
    (a, b) => place(a) - place(b) || a.localeCompare(b),
  );
}

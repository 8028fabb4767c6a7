const MINUTE = 60_000;

const UNITS: Array<[number, string]> = [
  [24 * 60 * MINUTE, 'd'],
  [60 * MINUTE, 'h'],
  [MINUTE, 'min'],
  [1_000, 's'],
];

/** How long ago it was, in one unit, e.g. `12 min ago`; `long ago` where nobody knows. */
export function describeAge(at: string | undefined, now: Date): string {
  const age = at === undefined ? NaN : now.getTime() - Date.parse(at);
  if (Number.isNaN(age)) return 'long ago';
  const [size, unit] = UNITS.find(([length]) => age >= length) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(age / size))} ${unit} ago`;
}

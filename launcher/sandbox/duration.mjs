import { Problem } from '../problem.mjs';

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const ISO =
  /^P(?!$)(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/**
 * Seconds of a duration: ISO 8601 (`PT1H30M`, `P2D`) or `90s`, `15m`,
 * `1h30m`, `2d`, `250ms`.
 *
 * @param {string} text
 * @param {string} what what it is for, in the complaint
 * @throws Problem
 */
export function readDuration(text, what) {
  const iso = ISO.exec(text);
  if (iso) {
    const units = [604_800, 86_400, 3600, 60, 1];
    return iso
      .slice(1)
      .reduce((sum, part, index) => sum + Number(part ?? 0) * units[index], 0);
  }
  if (/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) {
    return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)].reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit],
      0,
    );
  }
  throw new Problem(
    `"${text}" is no duration (${what}).`,
    'write it as 90s, 15m, 3h, 2d, 1h30m, or in ISO 8601 as PT15M or P2D.',
  );
}

/** `3 h 5 min`; the two largest parts. */
export function tellDuration(seconds) {
  const parts = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  let rest = Math.max(0, Math.round(seconds));
  const told = [];
  for (const [size, unit] of parts) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) told.push(`${amount} ${unit}`);
  }
  return told.slice(0, 2).join(' ') || '0 s';
}

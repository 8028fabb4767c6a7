/** @typedef {import('./figures.mjs').Figure} Figure */

const HEAD = ['measure', 'size', 'ours', 'peer', 'peer/ours', 'gate', ''];
const RIGHT = [false, true, true, true, true, true, false];

/**
 * Figures as text in columns, in the order given; notes below.
 *
 * @param {Figure[]} figures
 */
export function renderTable(figures) {
  const { rows, notes } = rowsOf(figures);
  return [
    ...columns([HEAD, ...rows]),
    ...(notes.length ? [''] : []),
    ...notes.map((note, index) => `[${index + 1}] ${note}`),
  ].join('\n');
}

/**
 * The same as a table for a page of documentation.
 *
 * @param {Figure[]} figures
 */
export function renderMarkdown(figures) {
  const { rows, notes } = rowsOf(figures);
  const line = cells => `| ${cells.join(' | ')} |`;
  return [
    line(HEAD.map(cell => cell || 'verdict')),
    line(RIGHT.map(right => (right ? '---:' : '---'))),
    ...rows.map(line),
    ...notes.map((note, index) => `\n[${index + 1}] ${note}`),
  ].join('\n');
}

function rowsOf(figures) {
  const notes = [];
  const mark = note => {
    if (!notes.includes(note)) notes.push(note);
    return ` [${notes.indexOf(note) + 1}]`;
  };
  const rows = figures.map(figure => [
    figure.title + (figure.note ? mark(figure.note) : ''),
    figure.size === undefined ? '' : String(figure.size),
    tell(figure.ours, figure.unit),
    figure.peer
      ? `${tell(figure.peers[figure.peer], figure.unit)} ${figure.peer}`
      : '',
    figure.ratio === undefined ? '' : `${short(figure.ratio)}x`,
    tellGate(figure),
    figure.verdict === '-' ? '' : figure.verdict,
  ]);
  return { rows, notes };
}

function columns(rows) {
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  return rows.map(row =>
    row
      .map((cell, column) =>
        RIGHT[column]
          ? cell.padStart(widths[column])
          : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}

function tellGate({ gate, unit }) {
  if (!gate) return '';
  const { max, maxOfPeer } = gate;
  return [
    ...(max === undefined ? [] : [`<= ${tell(max, unit)}`]),
    ...(maxOfPeer === undefined ? [] : [`<= ${maxOfPeer} of peer`]),
  ].join(', ');
}

/**
 * A figure with its unit, three digits of it: `5.31 ms`, `4.2 kB`, `0 calls`.
 *
 * @param {number} value
 * @param {string} unit
 */
export function tell(value, unit) {
  if (!Number.isFinite(value)) return 'not measured';
  if (unit === 'B' && value >= 1000) return `${short(value / 1000)} kB`;
  if (unit === 'ms' && value >= 10_000) return `${short(value / 1000)} s`;
  return `${short(value)}${unit ? ` ${unit}` : ''}`;
}

function short(value) {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 3))));
}

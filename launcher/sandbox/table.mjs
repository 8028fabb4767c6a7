/**
 * Rows as text in columns; numbers to the right. The last column is not padded.
 *
 * @param {string[]} head
 * @param {Array<Array<string | number>>} rows
 */
export function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(row => String(row[column]).length)),
  );
  const isNumber = head.map(
    (_, column) =>
      rows.length > 0 && rows.every(row => typeof row[column] === 'number'),
  );
  const line = cells =>
    cells
      .map((cell, column) =>
        isNumber[column]
          ? String(cell).padStart(widths[column])
          : String(cell).padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

/** `1.2 MB`; decimal. */
export function tellBytes(bytes) {
  for (const [size, unit] of [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ]) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

/** `2026-11-21 15:04:05 UTC` */
export function tellTime(iso) {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

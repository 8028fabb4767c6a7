import { Row } from './fileTree';

/**
 * Where a key leads from a row of a tree: another row, `toggle` for the folder
 * itself, undefined for a key that leads nowhere.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/treeview/
 */
export function goTo(
  rows: Row[],
  from: Row,
  key: string,
): Row | 'toggle' | undefined {
  const at = rows.indexOf(from);
  switch (key) {
    case 'ArrowDown':
      return rows[at + 1];
    case 'ArrowUp':
      return rows[at - 1];
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1);
    case 'ArrowRight':
      return from.isOpen ? rows[at + 1] : closed(from);
    case 'ArrowLeft':
      return from.isOpen
        ? 'toggle'
        : rows.slice(0, at).findLast(({ level }) => level < from.level);
    default:
      return key.length === 1
        ? [...rows.slice(at + 1), ...rows.slice(0, at)].find(({ name }) =>
            name.toLowerCase().startsWith(key.toLowerCase()),
          )
        : undefined;
  }
}

function closed(row: Row): 'toggle' | undefined {
  return row.isOpen === false ? 'toggle' : undefined;
}

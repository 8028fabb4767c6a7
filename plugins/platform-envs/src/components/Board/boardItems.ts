import { BoardGroup, BoardRow } from './boardModel';

/** One line of the board: the head of a platform, or a service in it. */
export type BoardItem =
  | { kind: 'head'; key: string; group: BoardGroup; isFolded: boolean }
  | { kind: 'row'; key: string; group: BoardGroup; boardRow: BoardRow };

/** The lines of the board from top to bottom; of a folded platform only the head. */
export function toItems(
  groups: BoardGroup[],
  folded: ReadonlySet<string>,
): BoardItem[] {
  return groups.flatMap((group): BoardItem[] => {
    const isFolded = folded.has(group.systemRef);
    const head: BoardItem = {
      kind: 'head',
      key: `head ${group.systemRef}`,
      group,
      isFolded,
    };
    if (isFolded) return [head];
    return [
      head,
      ...group.rows.map(
        (boardRow): BoardItem => ({
          kind: 'row',
          key: boardRow.row.component.ref,
          group,
          boardRow,
        }),
      ),
    ];
  });
}

/** A place on the board: a line, and a column counted from the names. */
export interface BoardPlace {
  key: string;
  column: number;
}

/** How many columns a line has, with the one of the names. */
export function columnCount(item: BoardItem): number {
  return item.group.environments.length + 1;
}

/**
 * Where a key leads from a place: arrows by one, Home and End along the line
 * (with Ctrl to the corners of the board), Page keys by a screen. Undefined
 * when the key leads nowhere, or stands still at an edge.
 *
 * @param index - the line one stands on
 * @param pageSize - how many lines the screen holds
 */
export function step(
  items: BoardItem[],
  index: number,
  column: number,
  pressed: { key: string; ctrlKey: boolean },
  pageSize: number,
): BoardPlace | undefined {
  const last = items.length - 1;
  const end = (line: number) => columnCount(items[line]) - 1;
  const place = (line: number, at: number): BoardPlace | undefined => {
    const to = Math.max(0, Math.min(last, line));
    const target = { key: items[to].key, column: Math.min(at, end(to)) };
    return to === index && target.column === column ? undefined : target;
  };
  switch (pressed.key) {
    case 'ArrowUp':
      return place(index - 1, column);
    case 'ArrowDown':
      return place(index + 1, column);
    case 'ArrowLeft':
      return place(index, Math.max(0, column - 1));
    case 'ArrowRight':
      return place(index, column + 1);
    case 'Home':
      return place(pressed.ctrlKey ? 0 : index, 0);
    case 'End':
      return pressed.ctrlKey
        ? place(last, end(last))
        : place(index, end(index));
    case 'PageUp':
      return place(index - pageSize, column);
    case 'PageDown':
      return place(index + pageSize, column);
    default:
      return undefined;
  }
}

import {
  cellNeedsAttention,
  comparePromotionOrder,
  DELIVERY_STATES_WORST_FIRST,
  Overview,
  OverviewCell,
  OverviewEnvironment,
  OverviewRow,
  rowNeedsAttention,
} from '@fairway/plugin-platform-envs-common';
import { refName } from '../../model/refs';
import { BoardFilters, BoardSort, rowFilter } from './boardFilters';

/** A row with its cells in the order of the group's columns; a gap is undefined. */
export interface BoardRow {
  row: OverviewRow;
  cells: Array<OverviewCell | undefined>;
}

/** One platform on the board. */
export interface BoardGroup {
  /** Entity ref of the system; empty for components without one. */
  systemRef: string;
  name: string;
  /** In promotion order. */
  environments: OverviewEnvironment[];
  rows: BoardRow[];
  /** Rows that need attention, whatever the filter on attention hides. */
  attention: number;
}

/** What stands on the board. */
export interface Board {
  /** Ordered by the first row of each. */
  groups: BoardGroup[];
  /** Rows that need attention among those the other filters let through. */
  attention: number;
  /** Rows on the board, also those in folded groups. */
  shown: number;
}

const RANK = new Map(DELIVERY_STATES_WORST_FIRST.map((state, i) => [state, i]));
/** A row whose cells are well may have findings still: somebody has to look. */
const FOUND = RANK.get('suspended')!;
const BEST = DELIVERY_STATES_WORST_FIRST.length;

function cellBadness(cell: OverviewCell): number {
  // What nothing observes is no news, bad or good.
  if (cell.state === 'unknown' && !cellNeedsAttention(cell)) return BEST - 1;
  return RANK.get(cell.state) ?? 0;
}

function badness({ row }: BoardRow): number {
  let worst = BEST;
  for (const cell of row.cells) worst = Math.min(worst, cellBadness(cell));
  return row.findings.length ? Math.min(worst, FOUND) - 0.5 : worst;
}

/** When any cell came into its present state; empty, so last, when nobody knows. */
function changedAt({ row }: BoardRow): string {
  let latest = '';
  for (const { since } of row.cells) {
    if (since && since > latest) latest = since;
  }
  return latest;
}

/** What people read as the name of a row. */
export function rowName({ row }: BoardRow): string {
  return row.component.title ?? row.component.name;
}

const collator = new Intl.Collator('en-US', { numeric: true });

/** Sorts by a key that is worked out once per row; equal rows stand by name. */
function sortRows(rows: BoardRow[], sort: BoardSort): BoardRow[] {
  const byName = (a: BoardRow, b: BoardRow) =>
    collator.compare(rowName(a), rowName(b));
  if (sort === 'worst') {
    const keys = new Map(rows.map(row => [row, badness(row)]));
    return rows.sort((a, b) => keys.get(a)! - keys.get(b)! || byName(a, b));
  }
  if (sort === 'changed') {
    const keys = new Map(rows.map(row => [row, changedAt(row)]));
    return rows.sort(
      (a, b) => compareText(keys.get(b)!, keys.get(a)!) || byName(a, b),
    );
  }
  return rows.sort(byName);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Groups follow their first rows; by platform they stand by their own names. */
function sortGroups(groups: BoardGroup[], sort: BoardSort): BoardGroup[] {
  const byName = (a: BoardGroup, b: BoardGroup) =>
    collator.compare(a.name, b.name);
  if (sort === 'platform') return groups.sort(byName);
  const first = (group: BoardGroup) => group.rows[0];
  return groups.sort((a, b) => {
    if (sort === 'worst') {
      return badness(first(a)) - badness(first(b)) || byName(a, b);
    }
    return sort === 'changed'
      ? compareText(changedAt(first(b)), changedAt(first(a))) || byName(a, b)
      : collator.compare(rowName(first(a)), rowName(first(b)));
  });
}

type Columns = Map<string, OverviewEnvironment[]>;

const columns = new WeakMap<Overview, Columns>();
let lastColumns: Columns = new Map();

/** The environments of each platform, and others that its components name. */
function columnsOf(overview: Overview): Columns {
  const known = columns.get(overview);
  if (known) return known;
  const inUse = new Map<string, Set<string>>();
  for (const { component, cells } of overview.rows) {
    const systemRef = component.systemRef ?? '';
    let refs = inUse.get(systemRef);
    if (!refs) inUse.set(systemRef, (refs = new Set()));
    for (const cell of cells) refs.add(cell.environmentRef);
  }
  const environments = [...overview.environments].sort((a, b) =>
    comparePromotionOrder(
      { ...a, system: a.systemRef },
      { ...b, system: b.systemRef },
    ),
  );
  const result = new Map(
    [...inUse].map(([systemRef, refs]) => {
      const now = environments.filter(
        e =>
          refs.has(e.ref) ||
          (e.systemRef === systemRef && e.runtime !== 'local'),
      );
      const last = lastColumns.get(systemRef);
      const isSame =
        last?.length === now.length && last.every((e, i) => e === now[i]);
      // the same list for the same columns, or every row would be drawn again
      return [systemRef, isSame ? last : now];
    }),
  );
  columns.set(overview, result);
  lastColumns = result;
  return result;
}

const lined = new WeakMap<
  OverviewRow,
  { environments: OverviewEnvironment[]; boardRow: BoardRow }
>();

/** The same object for the same row, so that what did not change is not drawn again. */
function lineUp(
  row: OverviewRow,
  environments: OverviewEnvironment[],
): BoardRow {
  const known = lined.get(row);
  if (known?.environments === environments) return known.boardRow;
  const cells = new Map(row.cells.map(cell => [cell.environmentRef, cell]));
  const boardRow = { row, cells: environments.map(e => cells.get(e.ref)) };
  lined.set(row, { environments, boardRow });
  return boardRow;
}

/** Sorts, filters and groups the overview into what stands on the board. */
export function toBoard(
  overview: Overview,
  filters: BoardFilters,
  mineRefs: ReadonlySet<string>,
): Board {
  const isSelected = rowFilter(filters, mineRefs);
  const groups = new Map<string, BoardGroup>();
  let attention = 0;
  let shown = 0;
  for (const row of overview.rows) {
    if (!isSelected(row)) continue;
    const attends = rowNeedsAttention(row);
    if (attends) attention += 1;
    if (filters.attention && !attends) continue;
    const systemRef = row.component.systemRef ?? '';
    let group = groups.get(systemRef);
    if (!group) {
      group = {
        systemRef,
        name: systemRef ? refName(systemRef) : 'Without a platform',
        environments: columnsOf(overview).get(systemRef) ?? [],
        rows: [],
        attention: 0,
      };
      groups.set(systemRef, group);
    }
    if (attends) group.attention += 1;
    group.rows.push(lineUp(row, group.environments));
    shown += 1;
  }
  for (const group of groups.values()) sortRows(group.rows, filters.sort);
  return {
    groups: sortGroups([...groups.values()], filters.sort),
    attention,
    shown,
  };
}

/** Names a cell in the address. */
export function cellKey(cell: {
  componentRef: string;
  environmentRef: string;
}): string {
  return `${cell.componentRef}@${cell.environmentRef}`;
}

/** The cell that the address names, if it is on the board. */
export function findCell(
  overview: Overview,
  key: string,
):
  | { row: OverviewRow; cell: OverviewCell; environment?: OverviewEnvironment }
  | undefined {
  for (const row of overview.rows) {
    const cell = row.cells.find(c => cellKey(c) === key);
    if (cell) {
      return {
        row,
        cell,
        environment: overview.environments.find(
          e => e.ref === cell.environmentRef,
        ),
      };
    }
  }
  return undefined;
}

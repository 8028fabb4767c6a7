import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import {
  comparePromotionOrder,
  DeliveryCell,
  EnvironmentSummary,
  Overview,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { releaseName } from '../../model/release';
import { normalRef, refName } from '../../model/refs';
import {
  CELL_STATES_WORST_FIRST,
  needsAttention,
} from '../../model/vocabulary';

/** What the board shows, as the address has it. */
export interface BoardFilters {
  /** Entity ref of the system. */
  platform?: string;
  /** Entity ref. */
  owner?: string;
  mine: boolean;
  attention: boolean;
  search: string;
  sort: 'worst' | 'name';
}

/** A row with its cells in the order of the group's columns; a gap is undefined. */
export interface BoardRow {
  row: OverviewRow;
  cells: Array<DeliveryCell | undefined>;
}

/** One platform on the board. */
export interface BoardGroup {
  /** Entity ref of the system; empty for components without one. */
  systemRef: string;
  name: string;
  /** In promotion order. */
  environments: EnvironmentSummary[];
  rows: BoardRow[];
  /** Rows that need attention, whatever the filters hide. */
  attention: number;
}

/** Reads the filters from the address. */
export function readFilters(params: URLSearchParams): BoardFilters {
  return {
    platform: readRef(params.get('platform'), 'system'),
    owner: readRef(params.get('owner'), 'group'),
    mine: params.get('mine') === 'true',
    attention: params.get('attention') === 'true',
    search: params.get('q') ?? '',
    sort: params.get('sort') === 'name' ? 'name' : 'worst',
  };
}

/** An entity ref; who types an address may leave out what goes without saying. */
function readRef(text: string | null, kind: string): string | undefined {
  if (!text) return undefined;
  try {
    return stringifyEntityRef(parseEntityRef(text, { defaultKind: kind }));
  } catch {
    return text;
  }
}

/** Whether somebody should look at the row. */
export function rowNeedsAttention(row: OverviewRow): boolean {
  return row.findings.length > 0 || row.cells.some(needsAttention);
}

const RANK = new Map(CELL_STATES_WORST_FIRST.map((state, i) => [state, i]));

function badness(row: OverviewRow): number {
  const ranks = row.cells.map(cell => RANK.get(cell.state) ?? 0);
  const worst = Math.min(CELL_STATES_WORST_FIRST.length, ...ranks);
  return row.findings.length ? worst - 0.5 : worst;
}

function searchText(row: OverviewRow): string {
  return [
    row.component.name,
    row.component.title,
    row.component.language,
    refName(row.component.ownerRef),
    ...row.cells.map(cell =>
      cell.desired.status === 'ok' ? releaseName(cell.desired.value) : '',
    ),
    ...row.cells.map(cell => cell.state),
  ]
    .join(' ')
    .toLocaleLowerCase('en-US');
}

/** Whether a row passes every filter but the one on attention. */
function isSelected(
  row: OverviewRow,
  filters: BoardFilters,
  mineRefs: ReadonlySet<string>,
): boolean {
  const { component } = row;
  if (filters.platform && component.systemRef !== filters.platform)
    return false;
  if (filters.owner && component.ownerRef !== filters.owner) return false;
  if (filters.mine && !mineRefs.has(normalRef(component.ownerRef)))
    return false;
  const words = filters.search
    .toLocaleLowerCase('en-US')
    .split(/\s+/)
    .filter(Boolean);
  if (words.length === 0) return true;
  const text = searchText(row);
  return words.every(word => text.includes(word));
}

/** Sorts, filters and groups the overview into what stands on the board. */
export function toBoard(
  overview: Overview,
  filters: BoardFilters,
  mineRefs: ReadonlySet<string>,
): { groups: BoardGroup[]; attention: number; shown: number } {
  const groups = new Map<string, BoardGroup>();
  const environments = [...overview.environments].sort((a, b) =>
    comparePromotionOrder(
      { ...a, system: a.systemRef },
      { ...b, system: b.systemRef },
    ),
  );
  const selected = overview.rows.filter(row =>
    isSelected(row, filters, mineRefs),
  );
  let attention = 0;
  for (const row of selected) {
    const attends = rowNeedsAttention(row);
    if (attends) attention += 1;
    if (filters.attention && !attends) continue;
    const systemRef = row.component.systemRef ?? '';
    let group = groups.get(systemRef);
    if (!group) {
      const inUse = new Set(
        overview.rows
          .filter(other => (other.component.systemRef ?? '') === systemRef)
          .flatMap(other => other.cells.map(cell => cell.environmentRef)),
      );
      group = {
        systemRef,
        name: systemRef ? refName(systemRef) : 'Without a platform',
        environments: environments.filter(
          e =>
            inUse.has(e.ref) ||
            (e.systemRef === systemRef && e.runtime !== 'local'),
        ),
        rows: [],
        attention: 0,
      };
      groups.set(systemRef, group);
    }
    if (attends) group.attention += 1;
    const byEnvironment = new Map(
      row.cells.map(cell => [cell.environmentRef, cell]),
    );
    group.rows.push({
      row,
      cells: group.environments.map(e => byEnvironment.get(e.ref)),
    });
  }
  const byName = (a: BoardRow, b: BoardRow) =>
    a.row.component.name.localeCompare(b.row.component.name);
  for (const group of groups.values()) {
    group.rows.sort(
      filters.sort === 'name'
        ? byName
        : (a, b) => badness(a.row) - badness(b.row) || byName(a, b),
    );
  }
  const sorted = [...groups.values()].sort((a, b) =>
    a.name.localeCompare(b.name),
  );
  return {
    groups: sorted,
    attention,
    shown: sorted.reduce((sum, group) => sum + group.rows.length, 0),
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
  | { row: OverviewRow; cell: DeliveryCell; environment?: EnvironmentSummary }
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

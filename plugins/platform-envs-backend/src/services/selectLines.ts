import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  compareDeliveryStates,
  OverviewFacet,
  OverviewQuery,
} from '@fairway/plugin-platform-envs-common';
import { BoardLine } from './boardLine';

/** What is asked of the board; `mine` are the refs of whoever asks and of their groups. */
export type LineQuery = Omit<OverviewQuery, 'mine'> & {
  mine?: ReadonlySet<string>;
};

/** Part of the lines of a board, in the order asked for. */
export interface Selection {
  lines: BoardLine[];
  /** Lines that the filters let through, on all pages. */
  total: number;
  /** How many of them, or of those that `attention` hides, need attention. */
  attention: number;
  nextCursor?: string;
}

const DEFAULT_LIMIT = 50;

const collator = new Intl.Collator('en-US', { numeric: true });

const attendingOf = oncePerBoard(lines => lines.filter(l => l.attention));

/**
 * The lines that are asked for. `lines` stand by platform and name.
 *
 * @throws InputError - the row that the page before ended with is gone.
 */
export function selectLines(lines: BoardLine[], query: LineQuery): Selection {
  const tests = testsOf(query);
  const inOrder = sorted(lines, query.sort);
  const found = tests.length
    ? inOrder.filter(line => tests.every(test => test(line)))
    : inOrder;
  const attending = attendingOf(found);
  const matching = query.attention ? attending : found;
  const begin = query.cursor ? positionAfter(matching, query.cursor) : 0;
  const { limit = DEFAULT_LIMIT } = query;
  const end = limit === 'all' ? matching.length : begin + limit;
  const page = matching.slice(begin, end);
  return {
    lines: page,
    total: matching.length,
    attention: attending.length,
    ...(end < matching.length && {
      nextCursor: page.at(-1)!.row.component.ref,
    }),
  };
}

/** What there is to filter by, by ref. */
export interface Facets {
  platforms: OverviewFacet[];
  owners: OverviewFacet[];
}

/** What there is to filter by among lines. */
export const facetsOf = oncePerBoard((lines): Facets => {
  const platforms = new Map<string, number>();
  const owners = new Map<string, number>();
  for (const { row } of lines) {
    const { systemRef, ownerRef } = row.component;
    if (systemRef)
      platforms.set(systemRef, (platforms.get(systemRef) ?? 0) + 1);
    owners.set(ownerRef, (owners.get(ownerRef) ?? 0) + 1);
  }
  return { platforms: toFacets(platforms), owners: toFacets(owners) };
});

function toFacets(counts: Map<string, number>): OverviewFacet[] {
  return [...counts]
    .map(([ref, count]) => ({ ref, count }))
    .sort((a, b) => compareText(a.ref, b.ref));
}

function positionAfter(lines: BoardLine[], cursor: string): number {
  const index = lines.findIndex(line => line.row.component.ref === cursor);
  if (index < 0) {
    throw new InputError(
      `cursor: ${cursor} is not among the rows any more; begin with the first page again`,
    );
  }
  return index + 1;
}

const byName = inOrderOf((a, b) => collator.compare(nameOf(a), nameOf(b)));

const byWorst = inOrderOf((a, b) => compareDeliveryStates(a.worst, b.worst));

const byChange = inOrderOf((a, b) => compareText(b.changedAt, a.changedAt));

/**
 * The lines in an order; what is equal in it stays as it came. A change moves few
 * of thousands of lines: those are taken out of the order of before, and put
 * where they belong now.
 */
function inOrderOf(
  compare: (a: BoardLine, b: BoardLine) => number,
): (lines: BoardLine[]) => BoardLine[] {
  let before: BoardLine[] = [];
  /** Places of `before`. */
  let order: number[] = [];
  return oncePerBoard(lines => {
    const inOrder = (a: number, b: number) =>
      compare(lines[a], lines[b]) || a - b;
    const renewed = renewedSince(before, lines);
    const isRenewed = new Set(renewed);
    order = renewed
      ? merge(
          order.filter(place => !isRenewed.has(place)),
          renewed.sort(inOrder),
          inOrder,
        )
      : lines.map((_, place) => place).sort(inOrder);
    before = lines;
    return order.map(place => lines[place]);
  });
}

/** Places of lines that are others now; undefined when components came, went or stand elsewhere. */
function renewedSince(
  before: BoardLine[],
  lines: BoardLine[],
): number[] | undefined {
  if (before.length !== lines.length) return undefined;
  const renewed: number[] = [];
  for (let place = 0; place < lines.length; place++) {
    if (lines[place] === before[place]) continue;
    if (refOf(lines[place]) !== refOf(before[place])) return undefined;
    renewed.push(place);
  }
  return renewed;
}

/** One sorted list of two, with few comparisons where few come. */
function merge<T>(kept: T[], come: T[], compare: (a: T, b: T) => number): T[] {
  const merged: T[] = [];
  let from = 0;
  for (const one of come) {
    let low = from;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(kept[middle], one) < 0) low = middle + 1;
      else high = middle;
    }
    for (; from < low; from++) merged.push(kept[from]);
    merged.push(one);
  }
  for (; from < kept.length; from++) merged.push(kept[from]);
  return merged;
}

/** The lines in an order; within it, as they come: by platform and name. */
function sorted(lines: BoardLine[], sort: OverviewQuery['sort']): BoardLine[] {
  switch (sort) {
    case 'name':
      return byName(lines);
    case 'worst':
      return byWorst(lines);
    case 'changed':
      return byChange(lines);
    default:
      return lines;
  }
}

/** Works a thing out when it is asked for, once for all who ask of the same lines. */
function oncePerBoard<T>(
  workOut: (lines: BoardLine[]) => T,
): (lines: BoardLine[]) => T {
  const known = new WeakMap<BoardLine[], T>();
  return lines => {
    let result = known.get(lines);
    if (result === undefined) known.set(lines, (result = workOut(lines)));
    return result;
  };
}

function refOf({ row }: BoardLine): string {
  return row.component.ref;
}

function nameOf({ row: { component } }: BoardLine): string {
  return component.title ?? component.name;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What a line must hold to be among those asked for. */
function testsOf(query: LineQuery): Array<(line: BoardLine) => boolean> {
  const { system, owner, mine } = query;
  const tests: Array<(line: BoardLine) => boolean> = [];
  if (query.component) {
    const refs = new Set(query.component);
    tests.push(({ row }) => refs.has(row.component.ref));
  }
  if (system) {
    const isSystem = refTest(system);
    tests.push(({ row }) => isSystem(row.component.systemRef));
  }
  if (owner) {
    const isOwner = refTest(owner);
    tests.push(({ row }) => isOwner(row.component.ownerRef));
  }
  if (mine) {
    tests.push(({ row }) =>
      mine.has(row.component.ownerRef.toLocaleLowerCase('en-US')),
    );
  }
  if (query.state) {
    const states = new Set(query.state);
    tests.push(({ row }) => row.cells.some(cell => states.has(cell.state)));
  }
  const words =
    query.q?.toLocaleLowerCase('en-US').split(/\s+/).filter(Boolean) ?? [];
  for (const word of words) tests.push(({ text }) => text.includes(word));
  return tests;
}

/** Says of a full ref whether it is what a person wrote: the ref itself, or just its name. */
function refTest(wanted: string): (ref: string | undefined) => boolean {
  const wantedRef = wanted.toLocaleLowerCase('en-US');
  // many rows name few refs
  const known = new Map<string, boolean>();
  return ref => {
    if (!ref) return false;
    let isMeant = known.get(ref);
    if (isMeant === undefined) {
      isMeant = ref === wantedRef || parseEntityRef(ref).name === wanted;
      known.set(ref, isMeant);
    }
    return isMeant;
  };
}

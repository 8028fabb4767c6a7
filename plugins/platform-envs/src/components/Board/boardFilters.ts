import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import {
  DELIVERY_STATES_WORST_FIRST,
  DeliveryCell,
  OVERVIEW_SORTS,
  OverviewRow,
  overviewText,
} from '@fairway/plugin-platform-envs-common';
import { normalRef } from '../../model/refs';

/** In which order the rows stand. */
export type BoardSort = (typeof OVERVIEW_SORTS)[number];

/** What the board shows, as the address has it. */
export interface BoardFilters {
  /** Entity ref of the system. */
  platform?: string;
  /** Entity ref. */
  owner?: string;
  /** Rows with a cell in one of these states; empty for every row. */
  states: ReadonlyArray<DeliveryCell['state']>;
  mine: boolean;
  attention: boolean;
  search: string;
  sort: BoardSort;
}

/** The names of the parameters that hide rows; the order hides none. */
export const FILTER_PARAMETERS = [
  'platform',
  'owner',
  'state',
  'mine',
  'attention',
  'q',
] as const;

/** Reads the filters from the address; what it does not understand counts as not said. */
export function readFilters(params: URLSearchParams): BoardFilters {
  const states = new Set(params.get('state')?.split(',') ?? []);
  const sort = params.get('sort');
  return {
    platform: readRef(params.get('platform'), 'system'),
    owner: readRef(params.get('owner'), 'group'),
    states: DELIVERY_STATES_WORST_FIRST.filter(state => states.has(state)),
    mine: params.get('mine') === 'true',
    attention: params.get('attention') === 'true',
    search: params.get('q') ?? '',
    sort: OVERVIEW_SORTS.find(known => known === sort) ?? 'worst',
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

const texts = new WeakMap<OverviewRow, string>();

/** What the search looks into; made once per row, for typing must not wait. */
function searchText(row: OverviewRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = overviewText(row);
  texts.set(row, text);
  return text;
}

/**
 * Builds the test that a row passes when every filter but the one on
 * attention lets it through.
 *
 * @param mineRefs - lower-case refs of the viewer and their groups
 */
export function rowFilter(
  filters: BoardFilters,
  mineRefs: ReadonlySet<string>,
): (row: OverviewRow) => boolean {
  const { platform, owner, mine } = filters;
  const states = new Set(filters.states);
  const words = filters.search
    .toLocaleLowerCase('en-US')
    .split(/\s+/)
    .filter(Boolean);
  return row => {
    const { component, cells } = row;
    if (platform && component.systemRef !== platform) return false;
    if (owner && component.ownerRef !== owner) return false;
    if (mine && !mineRefs.has(normalRef(component.ownerRef))) return false;
    if (states.size && !cells.some(cell => states.has(cell.state))) {
      return false;
    }
    if (words.length === 0) return true;
    const text = searchText(row);
    return words.every(word => text.includes(word));
  };
}

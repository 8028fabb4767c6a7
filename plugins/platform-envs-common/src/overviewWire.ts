import { DeliveryCell, DeliveryRow, OverviewSource } from './api';
import {
  OverviewBehind,
  OverviewCell,
  OverviewEnvironment,
  OverviewFacet,
  OverviewRow,
} from './overview';
import { nameOf } from './refName';
import { HealthStatus, SourceState, SyncStatus } from './status';

/**
 * The same as it goes over the wire: versions that the cells tell are left out.
 *
 * @public
 */
export type CompactBehind = Omit<
  OverviewBehind,
  'fromVersion' | 'toVersion'
> & {
  /** Absent: the cell's own version. `null`: none. */
  fromVersion?: string | null;
  /** Absent: the version of the cell before it. `null`: none. */
  toVersion?: string | null;
};

/** What has a ref, as it goes over the wire. */
type Compact<T extends { name: string }> = Omit<T, 'name'> & {
  /** Absent: the last part of its ref. */
  name?: string;
};

/** A column as it goes over the wire. @public */
export type CompactEnvironment = Compact<OverviewEnvironment>;

/**
 * One component in one environment as it goes over the wire: what is usual is
 * left out. {@link expandOverview} puts it back.
 *
 * @public
 */
export interface CompactCell {
  environmentRef: string;
  /** Absent: `healthy`. */
  state?: DeliveryCell['state'];
  version?: string;
  digest?: string;
  /** What version and digest are of. Absent: of what runs. */
  of?: 'git';
  /** Absent: `Synced`. */
  sync?: SyncStatus;
  /** Absent: `Healthy`. */
  health?: HealthStatus;
  /** Set when no deployment stands for it. */
  unmatched?: true;
  /** Absent: the usual one of its state. */
  sentence?: string;
  since?: string;
  /** Absent: the same, or nothing to compare with. */
  behind?: CompactBehind;
  /** Absent: live. */
  source?: { state: SourceState; message?: string };
}

/** A component and its cells as they go over the wire. @public */
export interface CompactRow {
  component: Compact<DeliveryRow['component']>;
  /** One per environment the component is to run in, in promotion order. */
  cells: CompactCell[];
  /** Absent: none. */
  findings?: string[];
}

/**
 * Answer of `GET /overview`: one page of the board.
 *
 * @public
 */
export interface OverviewPage {
  /**
   * Says of which board this is: two boards that show the same have the same,
   * whichever replica answers. It has no order.
   */
  revision: string;
  generatedAt: string;
  sources: OverviewSource[];
  /** Those of the systems of the rows, and others that the rows name; in promotion order. */
  environments: CompactEnvironment[];
  rows: CompactRow[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
  /** Rows that the filters let through, on all pages. */
  total: number;
  /** How many of them would be left by `attention=true`. */
  attention: number;
  /**
   * What there is to filter by, on the whole board, by ref; on the first page
   * of several. Whoever has all rows can see it from them.
   */
  facets?: { platforms: OverviewFacet[]; owners: OverviewFacet[] };
}

/** The board, or a page of it. @public */
export type Overview = Omit<OverviewPage, 'rows' | 'environments'> & {
  environments: OverviewEnvironment[];
  rows: OverviewRow[];
};

/** Leaves out what {@link expandOverview} puts back. @public */
export function compactRow({
  component,
  cells,
  findings,
}: OverviewRow): CompactRow {
  return {
    component: compactName(component),
    cells: cells.map((cell, at) => compactCell(cell, cells[at - 1])),
    ...(findings.length > 0 && { findings }),
  };
}

/** Leaves out a name that a ref tells; refs are in lower case, names need not be. @public */
export function compactName<T extends { ref: string; name: string }>({
  name,
  ...rest
}: T): Omit<T, 'name'> & { name?: string } {
  return name === nameOf(rest.ref) ? rest : { ...rest, name };
}

function expandName<T extends { ref: string; name?: string }>(
  named: T,
): T & { name: string } {
  return { ...named, name: named.name ?? nameOf(named.ref) };
}

function compactCell(cell: OverviewCell, before?: OverviewCell): CompactCell {
  const { environmentRef, state, version, digest, of, sync, health } = cell;
  const { matched, sentence, since, behind, source } = cell;
  return {
    environmentRef,
    ...(state !== 'healthy' && { state }),
    ...(version && { version }),
    ...(digest && { digest }),
    ...(of === 'git' && { of }),
    ...(sync !== 'Synced' && { sync }),
    ...(health !== 'Healthy' && { health }),
    ...(!matched && { unmatched: true }),
    ...(sentence !== usualSentence(cell) && { sentence }),
    ...(since && { since }),
    ...(behind &&
      behind.state !== 'same' && {
        behind: compactBehind(behind, version, before?.version),
      }),
    ...(source.state !== 'live' && { source }),
  };
}

function compactBehind(
  { fromVersion, toVersion, ...behind }: OverviewBehind,
  own: string | undefined,
  before: string | undefined,
): CompactBehind {
  return {
    ...behind,
    ...(fromVersion !== own && { fromVersion: fromVersion ?? null }),
    ...(toVersion !== before && { toVersion: toVersion ?? null }),
  };
}

function expandBehind(
  { fromVersion, toVersion, ...behind }: CompactBehind,
  own: string | undefined,
  before: string | undefined,
): OverviewBehind {
  const from = fromVersion === undefined ? own : fromVersion;
  const to = toVersion === undefined ? before : toVersion;
  return {
    ...behind,
    ...(from && { fromVersion: from }),
    ...(to && { toVersion: to }),
  };
}

/** Puts back what goes without saying on the wire. @public */
export function expandOverview(page: OverviewPage): Overview {
  return {
    ...page,
    environments: page.environments.map(expandName),
    rows: page.rows.map(expandRow),
  };
}

function expandRow({ component, cells, findings }: CompactRow): OverviewRow {
  return {
    component: expandName(component),
    cells: cells.map((cell, at) =>
      expandCell(component.ref, cell, cells[at - 1]),
    ),
    findings: findings ?? [],
  };
}

function expandCell(
  componentRef: string,
  cell: CompactCell,
  before?: CompactCell,
): OverviewCell {
  const { unmatched, sentence, behind, ...rest } = cell;
  const whole = {
    state: 'healthy' as const,
    of: 'live' as const,
    sync: 'Synced' as const,
    health: 'Healthy' as const,
    source: { state: 'live' as const },
    ...rest,
    ...(behind && {
      behind: expandBehind(behind, cell.version, before?.version),
    }),
    componentRef,
    matched: !unmatched,
  };
  return { ...whole, sentence: sentence ?? usualSentence(whole) };
}

/** The sentence of most cells; one that is different goes over the wire. */
function usualSentence({
  state,
  version,
  since,
}: Pick<OverviewCell, 'state' | 'version' | 'since'>): string {
  if (state === 'not-deployed') return 'Not deployed yet.';
  return `Healthy and synced; ${version} for {age:${since}}.`;
}

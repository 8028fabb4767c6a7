import { DeliveryCell, DeliveryRow, OverviewSource } from './api';
import { Behind } from './behind';
import { tellAges } from './age';
import { EnvironmentSummary } from './api';
import { HealthStatus, SourceState, SyncStatus } from './status';

/** An environment as a column of the board needs it. @public */
export type OverviewEnvironment = Pick<
  EnvironmentSummary,
  | 'ref'
  | 'name'
  | 'title'
  | 'shortName'
  | 'tier'
  | 'promotionOrder'
  | 'lifecycle'
  | 'systemRef'
  | 'runtime'
  | 'regions'
> & {
  delivery: Pick<EnvironmentSummary['delivery'], 'policy' | 'minApprovals'>;
};

/** How a cell stands against the one before it in its row. @public */
export type OverviewBehind = Pick<
  Behind,
  'state' | 'fromVersion' | 'toVersion' | 'commits' | 'ahead' | 'reason'
>;

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

/** How many rows a filter would leave. @public */
export interface OverviewFacet {
  /** Entity ref. */
  ref: string;
  count: number;
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

/** One component in one environment, as much of it as a grid shows. @public */
export interface OverviewCell {
  componentRef: string;
  environmentRef: string;
  state: DeliveryCell['state'];
  /** Of what runs; where that is not known, of what Git says. */
  version?: string;
  /** The first eight hex digits, of the same. */
  digest?: string;
  /** Whether version and digest are of what runs, or only of what Git says. */
  of: 'live' | 'git';
  sync: SyncStatus;
  health: HealthStatus;
  /** Whether a deployment stands for it. */
  matched: boolean;
  /** With places for ages, which {@link tellAges} fills. */
  sentence: string;
  /** ISO 8601 UTC time since when the present state holds, where known. */
  since?: string;
  /** Against the cell before it; absent where there is nothing to compare with, or no difference. */
  behind?: OverviewBehind;
  source: { state: SourceState; message?: string };
}

/** A component and its cells. @public */
export interface OverviewRow {
  component: DeliveryRow['component'];
  /** One per environment the component is to run in, in promotion order. */
  cells: OverviewCell[];
  /** What does not add up: overlay without application, and the like. */
  findings: string[];
}

/** The board, or a page of it. @public */
export type Overview = Omit<OverviewPage, 'rows' | 'environments'> & {
  environments: OverviewEnvironment[];
  rows: OverviewRow[];
};

/** In which order rows can be had. @public */
export const OVERVIEW_SORTS = ['platform', 'worst', 'name', 'changed'] as const;

/** Query of `GET /overview`. @public */
export interface OverviewQuery {
  /** Entity ref or name of a system. */
  system?: string;
  /** Entity ref or name of an owner. */
  owner?: string;
  /** Only rows that the asking person or one of their groups owns. */
  mine?: boolean;
  /** Only rows that somebody should look at. */
  attention?: boolean;
  /** Rows with a cell in one of these states. */
  state?: Array<DeliveryCell['state']>;
  /** Only these components, by entity ref; at most 50. Those that are gone are left out. */
  component?: string[];
  /** Words that all occur in what a row shows, in any case. */
  q?: string;
  /** Default `platform`, and by name in each. */
  sort?: (typeof OVERVIEW_SORTS)[number];
  /** The `nextCursor` of the page before. */
  cursor?: string;
  /** Rows on a page, at most 500; default 50. `all`: no pages. */
  limit?: number | 'all';
}

/**
 * Data of one `revision` event of `GET /overview/stream`. Whoever reads it asks
 * for the rows with their own permissions.
 *
 * @public
 */
export interface OverviewStreamEvent {
  revision: string;
  /**
   * Entity refs of the components whose rows changed since the event before,
   * at most 50. Absent: anything may have changed.
   */
  changed?: string[];
}

/** States that somebody should look at. */
const ALARMING: ReadonlySet<DeliveryCell['state']> = new Set([
  'degraded',
  'missing',
  'out-of-sync',
  'unknown',
]);

/**
 * Whether somebody should look at a cell. A cell that nothing observes, by
 * configuration or by nature, is unknown but no cause for alarm.
 *
 * @public
 */
export function cellNeedsAttention(cell: {
  state: DeliveryCell['state'];
  source: { state: SourceState };
}): boolean {
  return ALARMING.has(cell.state) && cell.source.state !== 'absent';
}

/** Whether somebody should look at a row: at a cell of it, or at what does not add up. @public */
export function rowNeedsAttention(row: {
  cells: Array<Parameters<typeof cellNeedsAttention>[0]>;
  findings: string[];
}): boolean {
  return row.findings.length > 0 || row.cells.some(cellNeedsAttention);
}

/** The text that the search of the board looks into: lower case, words apart. @public */
export function overviewText({ component, cells }: OverviewRow): string {
  return [
    component.name,
    component.title,
    component.language,
    component.type,
    nameOf(component.ownerRef),
    component.systemRef && nameOf(component.systemRef),
    ...cells.flatMap(cell => [cell.version, cell.digest, cell.state]),
  ]
    .filter(Boolean)
    .join(' ')
    .toLocaleLowerCase('en-US');
}

/** A row as a grid shows it: without what only the details of a cell tell. @public */
export function toOverviewRow(row: DeliveryRow): OverviewRow {
  return { ...row, cells: row.cells.map(toOverviewCell) };
}

function toOverviewCell(cell: DeliveryCell): OverviewCell {
  const { componentRef, environmentRef, state, sync, health, since } = cell;
  const of = cell.live.status === 'ok' ? 'live' : 'git';
  const reading = of === 'live' ? cell.live : cell.desired;
  const release = reading.status === 'ok' ? reading.value : undefined;
  const { state: sourceState, message } = cell.source;
  return {
    componentRef,
    environmentRef,
    state,
    ...(release?.version && { version: release.version }),
    ...(release?.digest && { digest: release.digest.slice(7, 15) }),
    of,
    sync,
    health,
    matched: !!cell.application,
    sentence: cell.sentence,
    ...(since && { since }),
    ...(cell.behind && { behind: toOverviewBehind(cell.behind) }),
    source: { state: sourceState, ...(message && { message }) },
  };
}

function toOverviewBehind(behind: Behind): OverviewBehind {
  const { environmentRef, missing, reason, ...rest } = behind;
  // why commits could not be counted is told by the details
  return rest.state === 'unknown' && reason ? { ...rest, reason } : rest;
}

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
  return `Healthy and synced; ${version} since {age:${since}}.`;
}

/** The sentence of a cell at a moment. @public */
export function sentenceOf(
  { sentence }: Pick<OverviewCell, 'sentence'>,
  now: Date,
): string {
  return tellAges(sentence, now);
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

import { DeliveryCell, DeliveryRow, EnvironmentSummary } from './api';
import { Behind } from './behind';
import { tellAges } from './age';
import { nameOf } from './refName';
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

/** How many rows a filter would leave. @public */
export interface OverviewFacet {
  /** Entity ref. */
  ref: string;
  count: number;
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

/** The sentence of a cell at a moment. @public */
export function sentenceOf(
  { sentence }: Pick<OverviewCell, 'sentence'>,
  now: Date,
): string {
  return tellAges(sentence, now);
}

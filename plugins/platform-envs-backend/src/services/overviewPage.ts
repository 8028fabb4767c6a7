import {
  CompactEnvironment,
  compactName,
  EnvironmentSummary,
  OverviewPage,
  OverviewSource,
} from '@fairway/plugin-platform-envs-common';
import { BoardLine } from './boardLine';
import { LiveBoard } from './LiveBoard';
import { facetsOf, LineQuery, selectLines } from './selectLines';

/**
 * One page of the board as the JSON text of an {@link OverviewPage}. The rows
 * were made text when they changed, so a page costs no more than putting them
 * one after the other.
 *
 * @throws InputError - the cursor's row is gone.
 */
export function overviewJson(
  board: LiveBoard,
  query: LineQuery,
  { sources, now }: { sources: OverviewSource[]; now: Date },
): string {
  const { lines, ...selection } = selectLines(board.lines, query);
  const isFirst = !query.cursor && !query.component;
  const isWhole = lines.length === board.lines.length;
  const head: Omit<OverviewPage, 'rows'> = {
    revision: board.revision,
    generatedAt: now.toISOString(),
    sources,
    environments: columnsOf(lines, board.environments),
    ...selection,
    ...(isFirst && !isWhole && { facets: facetsOf(board.lines) }),
  };
  const rows = lines.map(line => line.json).join(',');
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${rows}]}`;
}

/** The environments of the systems of some rows, and others that the rows name. */
function columnsOf(
  lines: BoardLine[],
  environments: EnvironmentSummary[],
): CompactEnvironment[] {
  const systems = new Set(lines.map(({ row }) => row.component.systemRef));
  const named = new Set(
    lines.flatMap(({ row }) => row.cells.map(cell => cell.environmentRef)),
  );
  return environments
    .filter(e => named.has(e.ref) || systems.has(e.systemRef))
    .map(toColumn);
}

function toColumn(environment: EnvironmentSummary): CompactEnvironment {
  const { ref, name, title, shortName, tier, promotionOrder } = environment;
  const { lifecycle, systemRef, runtime, regions, delivery } = environment;
  const { policy, minApprovals } = delivery;
  return compactName({
    ref,
    name,
    title,
    shortName,
    tier,
    promotionOrder,
    lifecycle,
    systemRef,
    runtime,
    regions,
    delivery: { policy, minApprovals },
  });
}

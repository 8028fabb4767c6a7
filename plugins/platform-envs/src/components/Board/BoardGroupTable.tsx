import { CSSProperties, KeyboardEvent, memo } from 'react';
import {
  RiArrowDownSLine,
  RiArrowRightSLine,
  RiErrorWarningLine,
} from '@remixicon/react';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { RefLink } from '../RefLink';
import { BoardCell } from './BoardCell';
import { BoardGroup, BoardRow, cellKey } from './boardModel';
import styles from './Board.module.css';

function describeRegions(environment: EnvironmentSummary): string {
  const [first, ...rest] = environment.regions;
  if (!first) return environment.runtime;
  return [
    first.name,
    ...rest.map(r => r.name.replace(/^.*-(?=\d+$)/, '')),
  ].join(' → ');
}

function describePolicy(environment: EnvironmentSummary): string {
  const { policy, minApprovals } = environment.delivery;
  if (policy !== 'gated') return policy;
  return minApprovals > 1 ? `gated by ${minApprovals}` : 'gated';
}

/** Props of one row. */
interface RowProps {
  boardRow: BoardRow;
  environments: EnvironmentSummary[];
  /** The open cell of this row, if it has it. */
  openKey?: string;
  onOpen: (key: string) => void;
}

const Row = memo((props: RowProps) => {
  const { boardRow, environments, openKey, onOpen } = props;
  const { row, cells } = boardRow;
  const { component } = row;
  return (
    <div role="row" className={styles.row}>
      <div role="rowheader" className={styles.name}>
        <span className={styles.nameLine}>
          <RefLink
            plain
            entityRef={component.ref}
            tab="delivery"
            className={styles.nameLink}
          >
            {component.title ?? component.name}
          </RefLink>
          {row.findings.length > 0 && (
            <span
              className={styles.finding}
              role="img"
              aria-label={`Findings: ${row.findings.join('; ')}`}
              title={row.findings.join('\n')}
            >
              <RiErrorWarningLine size={14} aria-hidden />
            </span>
          )}
        </span>
        <span className={styles.nameSub}>
          {[component.language, component.type].filter(Boolean).join(' · ')}
        </span>
      </div>
      {environments.map((environment, i) => {
        const cell = cells[i];
        return (
          <div role="gridcell" key={environment.ref} className={styles.slot}>
            {cell ? (
              <BoardCell
                cell={cell}
                environmentName={environment.shortName}
                componentName={component.title ?? component.name}
                isOpen={openKey === cellKey(cell)}
                onOpen={onOpen}
              />
            ) : (
              <span className={styles.noCell} title="Does not run here">
                –
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
});
Row.displayName = 'Row';

const STEPS: Record<string, [row: number, column: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Arrow keys walk over the cells as they stand on the screen. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const step = STEPS[event.key];
  const from = (event.target as HTMLElement).closest('[data-cell]');
  if (!step || !from) return;
  const rows = [...event.currentTarget.querySelectorAll('[role="row"]')].map(
    row => [...row.querySelectorAll<HTMLElement>('[data-cell]')],
  );
  const cells = rows.filter(row => row.length);
  const y = cells.findIndex(row => row.includes(from as HTMLElement));
  const x = cells[y]?.indexOf(from as HTMLElement) ?? -1;
  const row = cells[y + step[0]];
  const next = row?.[Math.min(x + step[1], row.length - 1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

/** Props of {@link BoardGroupTable}. */
export interface BoardGroupTableProps {
  group: BoardGroup;
  isCollapsed: boolean;
  onToggle: (systemRef: string) => void;
  openKey?: string;
  onOpen: (key: string) => void;
}

/** One platform: its environments as columns, its services as rows. */
export const BoardGroupTable = memo((props: BoardGroupTableProps) => {
  const { group, isCollapsed, onToggle, openKey, onOpen } = props;
  const Arrow = isCollapsed ? RiArrowRightSLine : RiArrowDownSLine;
  const count = group.rows.length;
  return (
    <div
      role="grid"
      tabIndex={-1}
      aria-label={group.name}
      aria-rowcount={count + 1}
      className={styles.group}
      style={{ '--board-columns': group.environments.length } as CSSProperties}
      onKeyDown={walk}
    >
      <div role="row" className={styles.head}>
        <div role="columnheader" className={styles.groupName}>
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={!isCollapsed}
            onClick={() => onToggle(group.systemRef)}
          >
            <Arrow size={16} aria-hidden />
            <span className={styles.groupTitle}>{group.name}</span>
          </button>
          <span className={styles.count}>
            {count} {count === 1 ? 'service' : 'services'}
            {group.attention > 0 && ` · ${group.attention} to look at`}
          </span>
        </div>
        {group.environments.map(environment => (
          <div
            role="columnheader"
            key={environment.ref}
            className={styles.environment}
          >
            <RefLink
              plain
              entityRef={environment.ref}
              className={styles.environmentName}
            >
              {environment.shortName}
            </RefLink>
            <span className={styles.environmentSub}>
              {describePolicy(environment)} · {describeRegions(environment)}
            </span>
          </div>
        ))}
      </div>
      {!isCollapsed &&
        group.rows.map(boardRow => (
          <Row
            key={boardRow.row.component.ref}
            boardRow={boardRow}
            environments={group.environments}
            openKey={
              openKey?.startsWith(`${boardRow.row.component.ref}@`)
                ? openKey
                : undefined
            }
            onOpen={onOpen}
          />
        ))}
    </div>
  );
});
BoardGroupTable.displayName = 'BoardGroupTable';

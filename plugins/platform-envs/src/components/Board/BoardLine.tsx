import { CSSProperties, memo } from 'react';
import { RiErrorWarningLine } from '@remixicon/react';
import { OverviewEnvironment } from '@fairway/plugin-platform-envs-common';
import { BoardCell } from './BoardCell';
import { BoardLink } from './BoardLink';
import { BoardRow, cellKey, rowName } from './boardModel';
import styles from './Board.module.css';

/** Props of {@link BoardLine}. */
export interface BoardLineProps {
  boardRow: BoardRow;
  environments: OverviewEnvironment[];
  rowIndex: number;
  /** The column of this line that Tab leads to, when it stands on this line. */
  activeColumn?: number;
  /** The open cell of this line, if it has it. */
  openKey?: string;
  /** Where the line stands, pixels from the top. */
  top: number;
  onOpen: (key: string) => void;
}

/** One service: its name, and a cell for each environment of its platform. */
export const BoardLine = memo((props: BoardLineProps) => {
  const { boardRow, environments, rowIndex, activeColumn } = props;
  const { openKey, top, onOpen } = props;
  const { row, cells } = boardRow;
  const { component } = row;
  const name = rowName(boardRow);
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      data-line={component.ref}
      className={`${styles.line} ${styles.row}`}
      style={
        {
          '--board-columns': environments.length,
          transform: `translateY(${top}px)`,
        } as CSSProperties
      }
    >
      <div role="rowheader" aria-colindex={1} className={styles.name}>
        <span className={styles.nameLine}>
          <BoardLink
            entityRef={component.ref}
            tab="delivery"
            column={0}
            isActive={activeColumn === 0}
          >
            {name}
          </BoardLink>
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
        const isActive = activeColumn === i + 1;
        if (!cell) {
          return (
            <div
              role="gridcell"
              aria-colindex={i + 2}
              key={environment.ref}
              className={styles.noCell}
              data-column={i + 1}
              // the arrow keys pass here too; there is nothing to press
              tabIndex={isActive ? 0 : -1}
              aria-label={`${name} does not run in ${environment.shortName}`}
              title="Does not run here"
            >
              –
            </div>
          );
        }
        return (
          <div
            role="gridcell"
            aria-colindex={i + 2}
            key={environment.ref}
            className={styles.slot}
          >
            <BoardCell
              cell={cell}
              environmentName={environment.shortName}
              componentName={name}
              column={i + 1}
              isActive={isActive}
              isOpen={openKey === cellKey(cell)}
              onOpen={onOpen}
            />
          </div>
        );
      })}
    </div>
  );
});
BoardLine.displayName = 'BoardLine';

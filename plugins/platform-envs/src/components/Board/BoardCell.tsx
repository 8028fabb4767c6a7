import { memo } from 'react';
import { OverviewCell, sentenceOf } from '@fairway/plugin-platform-envs-common';
import { useNow } from '../../hooks/useNow';
import { describeBehind } from '../../model/behind';
import { cellVersion } from '../../model/release';
import { cellWord, StateWord, syncWord } from '../../model/vocabulary';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { cellKey } from './boardModel';
import styles from './Board.module.css';

/** Props of {@link BoardCell}. */
export interface BoardCellProps {
  cell: OverviewCell;
  environmentName: string;
  componentName: string;
  /** The column of the board that it stands in. */
  column: number;
  /** Whether Tab leads here. */
  isActive: boolean;
  isOpen: boolean;
  onOpen: (key: string) => void;
}

function secondWord(cell: OverviewCell): string {
  if (cell.source.state === 'absent') return 'not observed';
  if (!cell.matched && cell.sync === 'Unknown') return 'no application';
  return syncWord(cell.sync).word;
}

/** What a screen reader says instead of two lines of fragments. */
function describe(props: BoardCellProps, word: StateWord): string {
  const { cell, componentName, environmentName } = props;
  const place = `${componentName} in ${environmentName}`;
  if (cell.state === 'not-deployed') return `${place}: ${word.word}`;
  const behind = describeBehind(cell.behind);
  return [
    `${place}: ${cellVersion(cell) ?? 'no version'}`,
    word.word,
    secondWord(cell),
    behind?.mark && behind.long,
    isOld(cell) && cell.source.state,
  ]
    .filter(Boolean)
    .join(', ');
}

function isOld(cell: OverviewCell): boolean {
  return cell.source.state === 'stale' || cell.source.state === 'error';
}

/** One component in one environment: two lines, opens the drawer. */
export const BoardCell = memo((props: BoardCellProps) => {
  const { cell, column, isActive, isOpen, onOpen } = props;
  const word = cellWord(cell.state);
  const behind = describeBehind(cell.behind);
  const now = useNow();
  const isPlain = cell.state === 'not-deployed';
  return (
    <button
      type="button"
      className={styles.cell}
      data-column={column}
      data-cell={cellKey(cell)}
      data-state={cell.state}
      data-old={isOld(cell) || undefined}
      tabIndex={isActive ? 0 : -1}
      aria-expanded={isOpen}
      aria-haspopup="dialog"
      aria-label={describe(props, word)}
      title={sentenceOf(cell, new Date(now))}
      onClick={() => onOpen(cellKey(cell))}
    >
      <span className={styles.cellTop}>
        {!isPlain && (
          <span className={styles.version}>{cellVersion(cell) ?? '—'}</span>
        )}
        <StateBadge state={word} />
        {!isPlain && behind?.mark && (
          <span className={styles.behind} title={behind.long}>
            {behind.mark}
          </span>
        )}
      </span>
      <span className={styles.cellBottom}>
        {isPlain ? (
          'nothing released here'
        ) : (
          <>
            {secondWord(cell)}
            {cell.since && (
              <>
                {' · '}
                <When at={cell.since} format="age" />
              </>
            )}
            {isOld(cell) && (
              <span className={styles.stale} title={cell.source.message}>
                {' '}
                · {cell.source.state}
              </span>
            )}
          </>
        )}
      </span>
    </button>
  );
});
BoardCell.displayName = 'BoardCell';

import { memo } from 'react';
import { DeliveryCell } from '@fairway/plugin-platform-envs-common';
import { describeBehind } from '../../model/behind';
import { readingName } from '../../model/release';
import { cellWord, syncWord } from '../../model/vocabulary';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { cellKey } from './boardModel';
import styles from './Board.module.css';

/** Props of {@link BoardCell}. */
export interface BoardCellProps {
  cell: DeliveryCell;
  environmentName: string;
  componentName: string;
  isOpen: boolean;
  onOpen: (key: string) => void;
}

/** Prefers what runs; falls back to what should. */
function versionOf(cell: DeliveryCell): string {
  return readingName(cell.live) ?? readingName(cell.desired) ?? '—';
}

function secondWord(cell: DeliveryCell): string {
  if (cell.source.state === 'absent') return 'not observed';
  if (!cell.application && cell.sync === 'Unknown') return 'no application';
  return syncWord(cell.sync).word;
}

/** One component in one environment: two lines, opens the drawer. */
export const BoardCell = memo((props: BoardCellProps) => {
  const { cell, environmentName, componentName, isOpen, onOpen } = props;
  const word = cellWord(cell.state);
  const sync = syncWord(cell.sync);
  const behind = describeBehind(cell.behind);
  const version = versionOf(cell);
  const stale = cell.source.state === 'stale' || cell.source.state === 'error';
  const isPlain = cell.state === 'not-deployed';
  return (
    <button
      type="button"
      className={styles.cell}
      data-cell={cellKey(cell)}
      data-state={cell.state}
      aria-expanded={isOpen}
      aria-label={`${componentName} in ${environmentName}: ${
        isPlain ? word.word : `${version}, ${word.word}, ${sync.word}`
      }${cell.behind?.state === 'behind' ? `, ${behind?.long}` : ''}`}
      title={cell.sentence}
      onClick={() => onOpen(cellKey(cell))}
    >
      <span className={styles.cellTop}>
        {!isPlain && <span className={styles.version}>{version}</span>}
        <StateBadge state={word} />
      </span>
      <span className={styles.cellBottom}>
        {isPlain ? (
          'nothing released here'
        ) : (
          <>
            <span className={styles.cellSync}>
              {secondWord(cell)}
              {cell.since && (
                <>
                  {' · '}
                  <When at={cell.since} format="age" />
                </>
              )}
              {stale && (
                <span className={styles.stale} title={cell.source.message}>
                  {' '}
                  · {cell.source.state}
                </span>
              )}
            </span>
            {cell.behind?.state === 'behind' && (
              <span className={styles.behind} title={behind?.long}>
                {cell.behind.toVersion
                  ? `behind ${cell.behind.toVersion}`
                  : 'behind'}
              </span>
            )}
          </>
        )}
      </span>
    </button>
  );
});
BoardCell.displayName = 'BoardCell';

import { CSSProperties } from 'react';
import { Skeleton } from '@backstage/ui';
import styles from './Board.module.css';

const ROWS = 6;
const COLUMNS = 3;

/** The board's shape while the first answer is on its way. */
export function BoardSkeleton() {
  return (
    <div className={styles.board} role="status" aria-label="Loading the board">
      {[0, 1].map(group => (
        <div
          key={group}
          className={styles.group}
          style={{ '--board-columns': COLUMNS } as CSSProperties}
        >
          {Array.from({ length: ROWS }, (_, row) => (
            <div key={row} className={row === 0 ? styles.head : styles.row}>
              {Array.from({ length: COLUMNS + 1 }, (__, column) => (
                <div key={column} className={styles.skeletonCell}>
                  <Skeleton width={column ? 120 : 140} height={12} />
                  <Skeleton width={column ? 90 : 70} height={10} />
                </div>
              ))}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

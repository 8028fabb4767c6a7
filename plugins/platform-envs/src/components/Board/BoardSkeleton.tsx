import { CSSProperties } from 'react';
import { Skeleton } from '@backstage/ui';
import styles from './Board.module.css';

const ROWS = 14;
const COLUMNS = 3;

/** The board's shape while the first answer is on its way. */
export function BoardSkeleton() {
  return (
    <div role="status" aria-label="Loading the board">
      <div className={styles.toolbar}>
        <div className={styles.search}>
          <Skeleton height={32} />
        </div>
        {[styles.select, styles.select, styles.state, styles.sort].map(
          (className, i) => (
            <div key={i} className={className}>
              <Skeleton height={32} />
            </div>
          ),
        )}
      </div>
      <div className={styles.board}>
        {Array.from({ length: ROWS }, (_, row) => (
          <div
            key={row}
            className={`${styles.line} ${styles.still} ${
              row ? styles.row : styles.head
            }`}
            style={{ '--board-columns': COLUMNS } as CSSProperties}
          >
            {Array.from({ length: COLUMNS + 1 }, (__, column) => (
              <div key={column} className={styles.skeletonCell}>
                <Skeleton width={column ? 120 : 140} height={12} />
                <Skeleton width={column ? 90 : 70} height={10} />
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

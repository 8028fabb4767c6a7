import { ReactNode } from 'react';
import styles from './DataTable.module.css';

/** Props of {@link DataTable}. */
export interface DataTableProps {
  /** Name of a table with so many rows that it scrolls in a window of its own. */
  windowLabel?: string;
  /** With a line around it, where no card has one. */
  outlined?: boolean;
  /** Of the table itself, for what differs from the others. */
  className?: string;
  /** `thead` and `tbody`. */
  children: ReactNode;
}

/** A table with quiet heads and a line above each row, which scrolls sideways where it is too wide. */
export function DataTable(props: DataTableProps) {
  const { windowLabel, outlined, className, children } = props;
  const table = (
    <table className={[styles.table, className].filter(Boolean).join(' ')}>
      {children}
    </table>
  );
  return windowLabel ? (
    <div
      className={styles.window}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
      tabIndex={0}
      role="region"
      aria-label={windowLabel}
    >
      {table}
    </div>
  ) : (
    <div className={styles.scroll} data-outlined={outlined || undefined}>
      {table}
    </div>
  );
}

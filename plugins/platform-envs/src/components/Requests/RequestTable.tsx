import { ReactNode } from 'react';
import { DataTable } from '../DataTable';
import styles from './Requests.module.css';

/** A table whose rows are given, and which scrolls sideways where it is too wide. */
export function RequestTable(props: {
  columns: string[];
  /** The rows. */
  children: ReactNode;
}) {
  return (
    <DataTable outlined className={styles.requests}>
      <thead>
        <tr>
          {props.columns.map(column => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{props.children}</tbody>
    </DataTable>
  );
}

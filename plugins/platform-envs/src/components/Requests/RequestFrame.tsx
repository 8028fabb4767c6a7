import { ReactNode } from 'react';
import { Link, Skeleton } from '@backstage/ui';
import { ErrorNotice } from '../ErrorNotice';
import styles from './Requests.module.css';

/** The page of one request: the way back to the list, and the request once it has been read. */
export function RequestFrame(props: {
  /** Of the list; without one there is no way back. */
  listPath: string | undefined;
  /** Such as `promotion`; its plural leads back. */
  what: 'promotion' | 'removal';
  id: string;
  error: Error | null;
  onRetry: () => void;
  /** The request; absent until it has been read. */
  children: ReactNode;
}) {
  const { listPath, what, id, error, onRetry, children } = props;
  const What = what.replace(/^./, first => first.toLocaleUpperCase('en-US'));
  return (
    <>
      {listPath && (
        <p className={styles.back}>
          <Link href={listPath} standalone>
            ← All {what}s
          </Link>
        </p>
      )}
      {error && (
        <ErrorNotice
          title={
            children
              ? 'This page is no longer up to date'
              : `${What} ${id} could not be loaded`
          }
          error={error}
          onRetry={onRetry}
        />
      )}
      {children}
      {!children && !error && (
        <div
          role="status"
          aria-label={`Loading the ${what}`}
          className={styles.page}
        >
          <Skeleton width="60%" height={28} />
          <div className={styles.columns}>
            <Skeleton width="100%" height={260} />
            <Skeleton width="100%" height={260} />
          </div>
        </div>
      )}
    </>
  );
}

/** What a request holds, top to bottom: its head, two columns, what follows them. */
export function RequestLayout(props: {
  head: ReactNode;
  main: ReactNode;
  aside: ReactNode;
  below: ReactNode;
}) {
  return (
    <div className={styles.page}>
      {props.head}
      <div className={styles.columns}>
        <div className={styles.column}>{props.main}</div>
        <div className={styles.column}>{props.aside}</div>
      </div>
      {props.below}
    </div>
  );
}

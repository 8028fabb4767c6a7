import { ReactNode } from 'react';
import { Observed } from '@fairway/plugin-platform-envs-common';
import { OldValues } from '../StateBadge';
import { When } from '../When';
import styles from './Environment.module.css';

/** Props of {@link ObservedValue}. */
export interface ObservedValueProps<T> {
  observed: Observed<T>;
  children: (value: T) => ReactNode;
}

/**
 * What a feed read, with its age and, where it is not current, why. What was
 * never read shows the reason alone.
 */
export function ObservedValue<T>(props: ObservedValueProps<T>) {
  const { observed, children } = props;
  const { state, value, observedAt, message, isBeingRead } = observed;
  const again = isBeingRead ? ' · being read again now' : '';
  if (state === 'absent') return <p className={styles.quiet}>{message}</p>;
  if (value === undefined) {
    return (
      <p className={state === 'stale' ? styles.quiet : styles.reason}>
        {isBeingRead && state === 'stale'
          ? 'It is being read now'
          : `${state === 'stale' ? '' : 'Unavailable: '}${message}`}
      </p>
    );
  }
  return (
    <>
      {state !== 'live' && (
        <p className={styles.reason} role="status">
          {state === 'stale' ? 'Stale' : 'Not current'}
          {observedAt && (
            <>
              {', read '}
              <When at={observedAt} />
            </>
          )}
          {`: ${message}${again}`}
        </p>
      )}
      <OldValues when={state !== 'live'}>{children(value)}</OldValues>
      {state === 'live' && observedAt && (
        <p className={styles.quiet}>
          Read <When at={observedAt} />
          {again}
        </p>
      )}
    </>
  );
}

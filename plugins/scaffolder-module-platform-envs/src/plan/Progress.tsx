import { Skeleton } from '@backstage/ui';
import { useEffect, useState } from 'react';
import styles from './plan.module.css';

/** Milliseconds after which a person wonders. */
const LONG_MS = 8_000;

/** That the plan is being made, in the shape that it will have. */
export function Progress({ done }: { done: string }) {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.progress}>
      <p role="status">
        Working out what would be {done}. Nothing is written meanwhile.
        {isLong &&
          ' It takes longer than usual: GitHub or AWS answers slowly. It ends by itself within a minute.'}
      </p>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="The plan is being made"
      />
      <Skeleton width="60%" height={20} />
      <Skeleton width="100%" height={88} />
      <Skeleton width="100%" height={240} />
    </div>
  );
}

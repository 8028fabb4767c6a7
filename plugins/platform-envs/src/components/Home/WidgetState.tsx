import { Button, Skeleton } from '@backstage/ui';
import { explainError } from '../../model/explainError';
import styles from './Home.module.css';

/** A widget that has nothing to show yet: loading, or why not. */
export function WidgetState(props: {
  what: string;
  error?: unknown;
  onRetry: () => void;
}) {
  const { what, error, onRetry } = props;
  if (!error) {
    return (
      <div
        role="status"
        aria-label={`Loading: ${what}`}
        className={styles.skeleton}
      >
        {[0, 1, 2].map(i => (
          <Skeleton key={i} width={i === 1 ? '75%' : '90%'} height={16} />
        ))}
      </div>
    );
  }
  const { cause, step, notAllowed } = explainError(error);
  return (
    <div className={styles.calm} role="alert">
      {what} cannot be shown: {cause} {step}{' '}
      {!notAllowed && (
        <Button variant="tertiary" size="small" onPress={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

import { Alert, Button, Skeleton } from '@backstage/ui';

/** Props of {@link FieldState}. */
export interface FieldStateProps {
  /** What is being read: "The platforms". */
  what: string;
  error?: Error | null;
  /** Absent: only reloading the page reads it again. */
  onRetry?: () => void;
}

/** Instead of a field while what it offers is read, or when that failed. */
export function FieldState({ what, error, onRetry }: FieldStateProps) {
  if (error) {
    return (
      <Alert
        status="danger"
        icon
        title={`${what} could not be read`}
        description={
          onRetry
            ? error.message
            : `${error.message}. Reload the page; what you filled in on this page is asked again.`
        }
        customActions={
          onRetry && (
            <Button size="small" variant="tertiary" onPress={onRetry}>
              Try again
            </Button>
          )
        }
      />
    );
  }
  return (
    <div aria-busy="true" aria-label={`Reading: ${what}`}>
      <Skeleton width="100%" height={44} />
    </div>
  );
}

import { Alert, Skeleton } from '@backstage/ui';

/** Props of {@link FieldState}. */
export interface FieldStateProps {
  /** What is being read: "The platforms". */
  what: string;
  error?: Error | null;
}

/** Instead of a field while what it offers is read, or when that failed. */
export function FieldState({ what, error }: FieldStateProps) {
  if (error) {
    return (
      <Alert
        status="danger"
        icon
        title={`${what} could not be read`}
        description={`${error.message}. Reload the page; what you filled in on this page is asked again.`}
      />
    );
  }
  return (
    <div aria-busy="true" aria-label={`${what} are being read`}>
      <Skeleton width="100%" height={44} />
    </div>
  );
}

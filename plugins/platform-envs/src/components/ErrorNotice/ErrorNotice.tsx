import { Alert, Button } from '@backstage/ui';
import { explainError } from '../../model/explainError';
import { CopyButton } from '../ReleaseLabel';
import styles from './ErrorNotice.module.css';

/** Props of {@link ErrorNotice}. */
export interface ErrorNoticeProps {
  /** What could not be done, e.g. "The board could not be loaded". */
  title: string;
  error: unknown;
  onRetry?: () => void;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Names the thing, the cause, the next step, and the request to quote. */
export function ErrorNotice({ title, error, onRetry }: ErrorNoticeProps) {
  const { cause, step, requestId, notAllowed } = explainError(error);
  return (
    <div role="alert">
      <Alert
        status={notAllowed ? 'info' : 'danger'}
        icon
        title={notAllowed ? 'You may not see this' : title}
        description={
          <span className={styles.text}>
            {asSentence(cause)} {step}
            {requestId && (
              <span className={styles.request}>
                Request <code>{requestId}</code>
                <CopyButton text={requestId} what="request id" />
              </span>
            )}
          </span>
        }
        customActions={
          onRetry && !notAllowed ? (
            <Button variant="secondary" size="small" onPress={onRetry}>
              Try again
            </Button>
          ) : undefined
        }
      />
    </div>
  );
}

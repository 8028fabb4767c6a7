import { ReactNode, useId } from 'react';
import { Button } from '@backstage/ui';
import styles from './Reason.module.css';

/** Props of {@link ReasonedButton}. */
export interface ReasonedButtonProps {
  children: ReactNode;
  /** Why it cannot be pressed, and who can; undefined when it can. */
  reason?: string;
  onPress: () => void;
  isPending?: boolean;
  variant?: 'primary' | 'secondary' | 'tertiary';
  destructive?: boolean;
  /** Keeps the reason to hover and screen readers, where room is short. */
  quiet?: boolean;
}

/** A button that says why it cannot be pressed, when it cannot. */
export function ReasonedButton(props: ReasonedButtonProps) {
  const { reason, quiet, children, isPending, ...rest } = props;
  const reasonId = useId();
  return (
    <span className={styles.reasoned} title={quiet ? reason : undefined}>
      <Button
        size="small"
        {...rest}
        isPending={isPending}
        isDisabled={Boolean(reason)}
        aria-describedby={reason ? reasonId : undefined}
      >
        {children}
      </Button>
      {reason && (
        <span id={reasonId} className={quiet ? styles.hidden : styles.reason}>
          {reason}
        </span>
      )}
    </span>
  );
}

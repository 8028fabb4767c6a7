import { Skeleton } from '@backstage/ui';
import {
  ComponentDelivery,
  DEPLOYERS,
  EnvironmentRuntime,
} from '@fairway/plugin-platform-envs-common';
import { useOperate } from '../../hooks/useDelivery';
import { describeAsked, Operation } from '../../model/operation';
import { ErrorNotice } from '../ErrorNotice';
import { ReasonedButton } from '../Reason';
import styles from './CellDetails.module.css';

/** Props of {@link CellActions}. */
export interface CellActionsProps {
  componentRef: string;
  environmentRef: string;
  runtime: EnvironmentRuntime;
  /** What the viewer may do; absent where there is nothing that could be refreshed. */
  operation?: NonNullable<ComponentDelivery['operations']>[number];
  /** Nobody knows yet what the viewer may do. */
  isLoading?: boolean;
}

/** Refresh and sync, with the reason when they cannot be pressed and what came of it when they were. */
export function CellActions(props: CellActionsProps) {
  const { componentRef, environmentRef, runtime, operation, isLoading } = props;
  const operate = useOperate(componentRef);
  if (!operation) {
    return isLoading ? (
      <span className={styles.buttons}>
        <Skeleton width={72} height={32} />
        <Skeleton width={56} height={32} />
      </span>
    ) : null;
  }
  const deployer = DEPLOYERS[runtime];
  const refusal = operation.allowed
    ? undefined
    : operation.reason ?? 'You may not operate this environment.';
  const press = (name: Operation) =>
    operate.mutate({ operation: name, environmentRef });
  const pending = operate.isPending ? operate.variables.operation : undefined;
  return (
    <div className={styles.actions}>
      <span className={styles.buttons}>
        <ReasonedButton
          variant="secondary"
          quiet
          reason={refusal}
          isPending={pending === 'refresh'}
          onPress={() => press('refresh')}
        >
          Refresh
        </ReasonedButton>
        <ReasonedButton
          variant="secondary"
          quiet
          reason={refusal ?? deployer.whyNoSync}
          isPending={pending === 'sync'}
          onPress={() => press('sync')}
        >
          Sync
        </ReasonedButton>
      </span>
      {(refusal ?? deployer.whyNoSync) && (
        <span className={styles.quiet}>{refusal ?? deployer.whyNoSync}</span>
      )}
      <span role="status" className={styles.quiet}>
        {operate.isSuccess &&
          describeAsked(operate.variables.operation, runtime)}
      </span>
      {operate.isError && (
        <ErrorNotice
          title={`${
            operate.variables.operation === 'sync' ? 'Sync' : 'Refresh'
          } was refused`}
          error={operate.error}
        />
      )}
    </div>
  );
}

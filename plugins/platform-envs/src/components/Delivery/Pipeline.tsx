import { Fragment } from 'react';
import { Alert } from '@backstage/ui';
import { ComponentDelivery } from '@fairway/plugin-platform-envs-common';
import { useOperate } from '../../hooks/useDelivery';
import { explainError } from '../../model/explainError';
import { describeAsked } from '../../model/operation';
import { Arrow } from './Arrow';
import { Stage } from './Stage';
import styles from './Delivery.module.css';

/** Props of {@link Pipeline}. */
export interface PipelineProps {
  delivery: ComponentDelivery;
  onOpen: (cellKey: string) => void;
  onPromote: (toEnvironmentRef: string) => void;
  /** Short names of the environment that would change, and of the one before it. */
  onCompare: (from: string, to: string) => void;
}

/** Environments left to right, with what stands in each and the step between them. */
export function Pipeline(props: PipelineProps) {
  const { delivery, onOpen, onPromote, onCompare } = props;
  const { row, environments, promotionTargets, operations } = delivery;
  const operate = useOperate(row.component.ref);
  const cellOf = (ref: string) =>
    row.cells.find(cell => cell.environmentRef === ref);
  const stages = environments.filter(e => cellOf(e.ref));
  return (
    <>
      {operate.isError && (
        <div role="alert">
          <Alert
            status="danger"
            icon
            title={`${
              operate.variables.operation === 'sync' ? 'Sync' : 'Refresh'
            } was refused`}
            description={explainError(operate.error).cause}
          />
        </div>
      )}
      <div className={styles.pipeline}>
        {stages.map((environment, i) => {
          const { ref } = environment;
          const before = stages[i - 1];
          return (
            <Fragment key={ref}>
              {before && (
                <Arrow
                  environment={environment}
                  cell={cellOf(ref)}
                  from={{ environment: before, cell: cellOf(before.ref) }}
                  configChanges={
                    delivery.configChanges?.find(
                      c =>
                        c.fromEnvironmentRef === before.ref &&
                        c.toEnvironmentRef === ref,
                    )?.count
                  }
                  target={promotionTargets.find(
                    t => t.toEnvironmentRef === ref,
                  )}
                  onPromote={() => onPromote(ref)}
                  onCompare={() =>
                    onCompare(environment.shortName, before.shortName)
                  }
                />
              )}
              <Stage
                environment={environment}
                cell={cellOf(ref)}
                source={delivery.source}
                operation={operations?.find(o => o.environmentRef === ref)}
                pending={
                  operate.isPending && operate.variables.environmentRef === ref
                    ? operate.variables.operation
                    : undefined
                }
                asked={
                  operate.isSuccess && operate.variables.environmentRef === ref
                    ? describeAsked(
                        operate.variables.operation,
                        environment.runtime,
                      )
                    : undefined
                }
                onOperate={operation =>
                  operate.mutate({ operation, environmentRef: ref })
                }
                onOpen={onOpen}
              />
            </Fragment>
          );
        })}
      </div>
    </>
  );
}

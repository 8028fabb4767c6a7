import { Fragment } from 'react';
import { Alert, Button } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import {
  ComponentDelivery,
  DeliveryCell,
  DEPLOYERS,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { useOperate } from '../../hooks/useDelivery';
import { describeBehind } from '../../model/behind';
import { explainError } from '../../model/explainError';
import { cellWord } from '../../model/vocabulary';
import { cellKey } from '../Board/boardModel';
import { ReasonedButton } from '../Reason';
import { RefLink } from '../RefLink';
import { ReleaseLabel } from '../ReleaseLabel';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Delivery.module.css';

/** Props of {@link Pipeline}. */
export interface PipelineProps {
  delivery: ComponentDelivery;
  onOpen: (cellKey: string) => void;
  onPromote: (toEnvironmentRef: string) => void;
}

function policyWord(environment: EnvironmentSummary): string {
  const { policy, minApprovals } = environment.delivery;
  if (policy === 'auto') return 'deploys on merge';
  if (policy === 'manual') return 'promoted by hand';
  return `needs ${minApprovals} approval${minApprovals === 1 ? '' : 's'}`;
}

function Running({ cell }: { cell: DeliveryCell }) {
  const { live, desired } = cell;
  const shown = live.status === 'ok' ? live : desired;
  if (shown.status !== 'ok') {
    return <span className={styles.none}>Unavailable: {shown.reason}</span>;
  }
  return <ReleaseLabel release={shown.value} />;
}

function Stage(props: {
  environment: EnvironmentSummary;
  cell?: DeliveryCell;
  operation?: { allowed: boolean; reason?: string };
  pending?: 'sync' | 'refresh';
  onOperate: (operation: 'sync' | 'refresh') => void;
  onOpen: (key: string) => void;
}) {
  const { environment, cell, operation, pending, onOperate, onOpen } = props;
  const refusal =
    operation && !operation.allowed
      ? operation.reason ?? 'You may not operate this environment'
      : undefined;
  return (
    <section
      className={styles.stage}
      aria-label={environment.shortName}
      data-environment={environment.shortName}
    >
      <header className={styles.stageHead}>
        <h3 className={styles.stageName}>
          <RefLink plain entityRef={environment.ref}>
            {environment.shortName}
          </RefLink>
        </h3>
        <span className={styles.policy}>{policyWord(environment)}</span>
      </header>
      {cell ? (
        <>
          <Running cell={cell} />
          <span className={styles.stageState}>
            <StateBadge state={cellWord(cell.state)} variant="pill" />
            {cell.since && (
              <span className={styles.none}>
                <When at={cell.since} format="age" />
              </span>
            )}
          </span>
          <p className={styles.sentence}>{cell.sentence}</p>
          <span className={styles.actions}>
            <Button
              size="small"
              variant="tertiary"
              onPress={() => onOpen(cellKey(cell))}
            >
              Details
            </Button>
            {operation && cell.application && (
              <>
                <ReasonedButton
                  variant="tertiary"
                  quiet
                  reason={refusal}
                  isPending={pending === 'refresh'}
                  onPress={() => onOperate('refresh')}
                >
                  Refresh
                </ReasonedButton>
                <ReasonedButton
                  variant="tertiary"
                  quiet
                  reason={refusal ?? DEPLOYERS[environment.runtime].whyNoSync}
                  isPending={pending === 'sync'}
                  onPress={() => onOperate('sync')}
                >
                  Sync
                </ReasonedButton>
              </>
            )}
          </span>
        </>
      ) : (
        <p className={styles.none}>Does not run here.</p>
      )}
    </section>
  );
}

function whyNot(
  target: ComponentDelivery['promotionTargets'][number],
  isSame: boolean,
): string | undefined {
  if (!target.allowed) return target.reason ?? 'Not possible now';
  return isSame ? 'It has this release already' : undefined;
}

/** Environments left to right, with what stands in each and the step between them. */
export function Pipeline({ delivery, onOpen, onPromote }: PipelineProps) {
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
          const cell = cellOf(environment.ref);
          const target = promotionTargets.find(
            t => t.toEnvironmentRef === environment.ref,
          );
          const step = describeBehind(cell?.behind);
          const isSame = cell?.behind?.state === 'same';
          return (
            <Fragment key={environment.ref}>
              {i > 0 && (
                <div className={styles.arrow}>
                  <span className={styles.step} title={step?.long}>
                    {step?.short ?? 'not compared'}
                  </span>
                  <RiArrowRightLine
                    size={20}
                    aria-hidden
                    className={styles.arrowShape}
                  />
                  {target && (
                    <ReasonedButton
                      variant={isSame ? 'secondary' : 'primary'}
                      reason={whyNot(target, isSame)}
                      onPress={() => onPromote(environment.ref)}
                    >
                      {`Promote to ${environment.shortName}`}
                    </ReasonedButton>
                  )}
                </div>
              )}
              <Stage
                environment={environment}
                cell={cell}
                operation={operations?.find(
                  o => o.environmentRef === environment.ref,
                )}
                pending={
                  operate.isPending &&
                  operate.variables.environmentRef === environment.ref
                    ? operate.variables.operation
                    : undefined
                }
                onOperate={operation =>
                  operate.mutate({
                    operation,
                    environmentRef: environment.ref,
                  })
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

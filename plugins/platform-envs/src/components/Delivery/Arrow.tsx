import { RiArrowRightLine } from '@remixicon/react';
import {
  ComponentDelivery,
  DeliveryCell,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { describeBehind } from '../../model/behind';
import { ReasonedButton } from '../Reason';
import styles from './Delivery.module.css';

/** Props of {@link Arrow}. */
export interface ArrowProps {
  /** The environment that it leads to. */
  environment: EnvironmentSummary;
  cell?: DeliveryCell;
  /** Where it comes from. */
  from: { environment: EnvironmentSummary; cell?: DeliveryCell };
  /** How many settings differ; absent where that is not known. */
  configChanges?: number;
  /** Absent: promotions do not lead there. */
  target?: ComponentDelivery['promotionTargets'][number];
  onPromote: () => void;
  onCompare: () => void;
}

function whyNot(
  target: ComponentDelivery['promotionTargets'][number],
  { from, isSame }: { from: ArrowProps['from']; isSame: boolean },
): string | undefined {
  if (!target.allowed) return target.reason ?? 'Not possible now';
  if (
    from.cell?.state === 'not-deployed' &&
    from.cell.desired.status !== 'ok'
  ) {
    return `Nothing is released in ${from.environment.shortName} yet`;
  }
  return isSame ? 'It has this release already' : undefined;
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** What moving on would bring: `3 commits, 1 config change`. */
function wayOf(
  behind: DeliveryCell['behind'],
  configChanges: number | undefined,
): string[] {
  const { commits, ahead } = behind ?? {};
  return [
    commits !== undefined && counted(commits, 'commit'),
    ahead && `${ahead} ahead`,
    configChanges && counted(configChanges, 'config change'),
  ].filter(part => typeof part === 'string');
}

/** The step between two environments: what it would bring, and the way to take it. */
export function Arrow(props: ArrowProps) {
  const { environment, cell, target, configChanges } = props;
  const { behind } = cell ?? {};
  const step = describeBehind(behind);
  const isSame = behind?.state === 'same';
  const way = wayOf(behind, configChanges);
  return (
    <div className={styles.arrow}>
      <span className={styles.step} title={step?.long}>
        {step?.short ?? 'not compared'}
      </span>
      <RiArrowRightLine size={20} aria-hidden className={styles.arrowShape} />
      {cell && (
        <button
          type="button"
          className={styles.way}
          aria-label={`Compare with ${environment.shortName}${
            way.length ? `: ${way.join(', ')}` : ''
          }`}
          onClick={props.onCompare}
        >
          {way.length ? way.join(', ') : 'Compare'}
        </button>
      )}
      {behind && !isSame && behind.reason && (
        <span className={styles.whyUncounted}>{behind.reason}</span>
      )}
      {target && (
        <ReasonedButton
          variant={isSame ? 'secondary' : 'primary'}
          reason={whyNot(target, { from: props.from, isSame })}
          onPress={props.onPromote}
        >
          {`Promote to ${environment.shortName}`}
        </ReasonedButton>
      )}
    </div>
  );
}

import { GateResult } from '@fairway/plugin-platform-envs-common';
import { gateWord } from '../../model/vocabulary';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './GateList.module.css';

const ORDER: Record<GateResult['state'], number> = {
  failing: 0,
  unknown: 1,
  pending: 2,
  passing: 3,
};

/** Gates with their evidence, those that stand in the way first. */
export function GateList({ gates }: { gates: GateResult[] }) {
  const sorted = [...gates].sort((a, b) => ORDER[a.state] - ORDER[b.state]);
  return (
    <ul className={styles.list} aria-label="Gates">
      {sorted.map(gate => (
        <li key={gate.id} className={styles.gate}>
          <span className={styles.state}>
            <StateBadge state={gateWord(gate.state)} />
          </span>
          <span className={styles.text}>
            <span className={styles.title}>
              {gate.title}
              {!gate.required && (
                <span className={styles.optional}> · not required</span>
              )}
            </span>
            <span className={styles.evidence}>
              {gate.message}
              {gate.observedAt && (
                <>
                  {' '}
                  · <When at={gate.observedAt} />
                </>
              )}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

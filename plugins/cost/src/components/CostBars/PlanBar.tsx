import {
  CostReading,
  Money,
  formatMoney,
  shareOf,
} from '@fairway/plugin-cost-common';
import styles from './PlanBar.module.css';

/** The month so far against the plan for the whole month, in words and as a bar. */
export const PlanBar = ({
  reading,
  plan,
}: {
  reading: CostReading;
  plan?: Money;
}) => {
  if (!plan) return <span className={styles.words}>no plan</span>;
  const words = `of ${formatMoney(plan)}`;
  if (reading.status !== 'ok') {
    return <span className={styles.words}>{words}</span>;
  }
  const share = shareOf(reading.value, plan);
  if (share === undefined) return <span className={styles.words}>{words}</span>;
  const percent = Math.round(share * 100);
  const over = share > 1;
  return (
    <span className={styles.plan}>
      <span className={styles.track} aria-hidden>
        <span
          className={over ? styles.over : styles.fill}
          style={{ width: `${Math.min(percent, 100)}%` }}
        />
      </span>
      <span className={styles.words}>
        {percent} % {words}
        {over ? ', over plan' : ''}
      </span>
    </span>
  );
};

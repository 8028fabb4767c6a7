import { CostReading, formatMoney } from '@fairway/plugin-cost-common';
import { RiInformationLine } from '@remixicon/react';
import styles from './CostFigure.module.css';

/** An amount, or that there is none (yet) and why. */
export const CostFigure = ({
  reading,
  size = 'normal',
}: {
  reading: CostReading;
  size?: 'normal' | 'large';
}) => {
  if (reading.status === 'unavailable') {
    return (
      <span className={styles.missing} title={reading.reason}>
        {reading.isPending ? 'None yet' : 'No data'}
        <RiInformationLine size={14} aria-hidden />
        <span className={styles.hidden}>: {reading.reason}</span>
      </span>
    );
  }
  const { amount, currency } = reading.value;
  return (
    <span
      className={size === 'large' ? styles.large : styles.amount}
      title={`${Number(amount).toFixed(2)} ${currency}${
        reading.estimated ? ', the last days are estimates' : ''
      }`}
    >
      {formatMoney(reading.value)}
    </span>
  );
};

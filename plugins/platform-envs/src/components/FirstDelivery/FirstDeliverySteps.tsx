import {
  FirstDelivery,
  FirstDeliveryStep,
} from '@fairway/plugin-platform-envs-common';
import { firstDeliveryStepWord } from '../../model/firstDelivery';
import { formatAbsolute } from '../../model/time';
import { isSafeUrl } from '../../model/safeUrl';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './FirstDelivery.module.css';

function Step({
  step,
  isCurrent,
}: {
  step: FirstDeliveryStep;
  isCurrent: boolean;
}) {
  const { word, tone } = firstDeliveryStepWord(step.state);
  return (
    <li
      className={styles.step}
      data-state={step.state}
      aria-current={isCurrent ? 'step' : undefined}
    >
      <span>
        <StateBadge state={{ word: step.title, tone }} />
        <span className={styles.hidden}>: {word}</span>
      </span>
      <span className={styles.said}>
        {step.sentence}
        {step.link && isSafeUrl(step.link.url) && (
          <>
            {' '}
            <a href={step.link.url} target="_blank" rel="noreferrer">
              {step.link.title}
            </a>
          </>
        )}
      </span>
      <span className={styles.when}>
        {step.at && <When at={step.at} />}
        {step.at && (
          <span className={styles.hidden}>, {formatAbsolute(step.at)}</span>
        )}
      </span>
    </li>
  );
}

/** The stations of a first delivery, each with its state, what is to say of it, and since when. */
export function FirstDeliverySteps({ delivery }: { delivery: FirstDelivery }) {
  const current = delivery.steps.find(
    ({ state }) => state === 'failed' || state === 'running',
  );
  return (
    <ol className={styles.steps} aria-label="Way to the first deployment">
      {delivery.steps.map(step => (
        <Step key={step.id} step={step} isCurrent={step === current} />
      ))}
    </ol>
  );
}

import {
  Promotion,
  PromotionEvent,
} from '@fairway/plugin-platform-envs-common';
import { promotionSteps } from '../../model/promotion';
import { promotionWord } from '../../model/vocabulary';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Promotions.module.css';

/** How far a promotion has come. */
export function PromotionStepper(props: {
  promotion: Promotion;
  events: PromotionEvent[];
}) {
  const word = promotionWord(props.promotion.state).word.toLocaleLowerCase(
    'en-US',
  );
  return (
    <ol className={styles.steps} aria-label="Progress">
      {promotionSteps(props.promotion, props.events).map(step => (
        <li
          key={step.title}
          className={styles.step}
          data-state={step.state}
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <span className={styles.stepTitle}>
            <StateBadge state={{ word: step.title, tone: step.tone }} />
          </span>
          <span className={styles.stepNote}>
            {(step.state === 'current' || step.state === 'stopped') && word}
            {step.state === 'ahead' && 'to come'}
            {step.state === 'done' && !step.at && 'done'}{' '}
            {step.at && <When at={step.at} />}
          </span>
        </li>
      ))}
    </ol>
  );
}

import {
  Promotion,
  PromotionEvent,
} from '@fairway/plugin-platform-envs-common';
import { promotionSteps } from '../../model/promotion';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Promotions.module.css';

const SAYS = {
  done: 'done',
  current: 'now',
  stopped: 'stopped here',
  ahead: 'to come',
};

/** How far a promotion has come. */
export function PromotionStepper(props: {
  promotion: Promotion;
  events: PromotionEvent[];
}) {
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
            {step.at ? <When at={step.at} /> : SAYS[step.state]}
          </span>
        </li>
      ))}
    </ol>
  );
}

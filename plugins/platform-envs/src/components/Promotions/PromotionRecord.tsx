import { PromotionDetail } from '@fairway/plugin-platform-envs-common';
import { promotionWord } from '../../model/vocabulary';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import styles from './Promotions.module.css';

function Actor({ actor }: { actor: string }) {
  if (actor.startsWith('system:') && !actor.includes('/'))
    return <>the portal</>;
  return /^[\w-]+:[\w.-]+\/[\w.-]+$/.test(actor) ? (
    <RefLink entityRef={actor} />
  ) : (
    <>{actor}</>
  );
}

/** Every change of the promotion, newest first. */
export function PromotionRecord({ detail }: { detail: PromotionDetail }) {
  const events = [...detail.events].sort((a, b) => b.sequence - a.sequence);
  return (
    <section aria-labelledby="record">
      <h3 id="record" className={styles.heading}>
        Record
      </h3>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">State</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {events.map(event => (
              <tr key={event.sequence}>
                <td className={styles.nowrap}>
                  <When at={event.at} />
                </td>
                <td>
                  <StateBadge state={promotionWord(event.toState)} />
                </td>
                <td>
                  <Actor actor={event.actor} />
                </td>
                <td className={styles.message}>{event.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

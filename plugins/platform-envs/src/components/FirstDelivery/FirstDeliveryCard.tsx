import { Link } from '@backstage/ui';
import {
  FirstDelivery,
  isOpenFirstDelivery,
} from '@fairway/plugin-platform-envs-common';
import { useFirstDelivery } from '../../hooks/useFirstDeliveries';
import { explainError } from '../../model/explainError';
import { durationOf, firstDeliveryWord } from '../../model/firstDelivery';
import { Card } from '../Card';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { FirstDeliverySteps } from './FirstDeliverySteps';
import styles from './FirstDelivery.module.css';

/** What is shown is old; longer than a few missed looks. */
const STALE_AFTER_MS = 60_000;

function Notes(props: { delivery: FirstDelivery; error: unknown }) {
  const { delivery, error } = props;
  const isStale =
    delivery.state === 'following' &&
    Date.now() - Date.parse(delivery.observedAt) > STALE_AFTER_MS;
  if (!error && !isStale) return null;
  return (
    <p role="status" className={styles.stale}>
      Last looked at <When at={delivery.observedAt} />
      {error ? `; not up to date: ${explainError(error).cause}` : '.'}
    </p>
  );
}

/** A component's first delivery while it is under way: a checklist. Nothing where there is none. */
export function FirstDeliveryCard({ componentRef }: { componentRef: string }) {
  const { delivery, error } = useFirstDelivery(componentRef);
  if (!delivery) {
    return error ? (
      <p role="status" className={styles.stale}>
        Whether its first delivery is under way cannot be shown:{' '}
        {explainError(error).cause}
      </p>
    ) : null;
  }
  if (!isOpenFirstDelivery(delivery)) return null;
  return (
    <Card
      title={`First delivery to ${delivery.environmentName}`}
      outlined
      beside={
        <>
          <span role="status">
            <StateBadge
              state={firstDeliveryWord(delivery.state)}
              variant="pill"
            />
          </span>
          <span className={styles.quiet}>
            asked for by <RefLink entityRef={delivery.requestedBy} />{' '}
            <When at={delivery.createdAt} />
            {delivery.taskId && (
              <>
                {' · '}
                <Link
                  standalone
                  href={`/create/tasks/${encodeURIComponent(delivery.taskId)}`}
                >
                  its run
                </Link>
              </>
            )}
          </span>
        </>
      }
    >
      <Notes delivery={delivery} error={error} />
      <FirstDeliverySteps delivery={delivery} />
    </Card>
  );
}

/** The same once it has ended: one line of the history, to be opened. */
export function PastFirstDelivery({ componentRef }: { componentRef: string }) {
  const { delivery } = useFirstDelivery(componentRef);
  if (!delivery || isOpenFirstDelivery(delivery)) return null;
  const { release, environmentName, endedAt } = delivery;
  return (
    <details className={styles.past}>
      <summary>
        <StateBadge state={firstDeliveryWord(delivery.state)}>
          {delivery.state === 'delivered'
            ? `First delivery to ${environmentName}${
                release?.version ? `: ${release.version}` : ''
              } in ${durationOf(delivery)}`
            : `The first delivery to ${environmentName} did not come about`}
        </StateBadge>{' '}
        {endedAt && <When at={endedAt} className={styles.quiet} />}
      </summary>
      <FirstDeliverySteps delivery={delivery} />
    </details>
  );
}

/** The same on one line, for places with little room; leads to the checklist. */
export function FirstDeliveryLine({ componentRef }: { componentRef: string }) {
  const { delivery } = useFirstDelivery(componentRef);
  if (!delivery || !isOpenFirstDelivery(delivery)) return null;
  return (
    <p className={styles.line}>
      <StateBadge state={firstDeliveryWord(delivery.state)}>
        {`On its way to ${delivery.environmentName}`}
      </StateBadge>
      <span>{delivery.sentence}</span>
      <RefLink entityRef={componentRef} tab="delivery">
        Follow it
      </RefLink>
    </p>
  );
}

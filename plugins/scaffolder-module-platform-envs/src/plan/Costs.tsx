import { ComponentPlan } from '@fairway/plugin-platform-envs-common';
import { formatDay, formatEstimate } from './formatEstimate';
import styles from './plan.module.css';

/** What it would cost in a month, by environment, and how that was worked out. */
export function Costs({ plan }: { plan: ComponentPlan }) {
  const { costs, total } = plan;
  if (!total) return null;
  const pricedOn = total.status === 'ok' ? total.pricedOn : undefined;
  const missing = total.status === 'ok' ? total.missing : [total.reason];
  return (
    <>
      <dl className={styles.costs}>
        {costs.map(({ environment, estimate }) => (
          <div key={environment ?? ''}>
            <dt>{environment ?? 'shared'}</dt>
            <dd>{formatEstimate(estimate)}</dd>
          </div>
        ))}
        <div data-total>
          <dt>together</dt>
          <dd>{formatEstimate(total)}</dd>
        </div>
      </dl>
      {pricedOn && (
        <p className={styles.note}>
          An estimate, at list prices of{' '}
          <time dateTime={pricedOn}>{formatDay(pricedOn)}</time>, before
          discounts and tax; what is shared with others, such as clusters and
          load balancers, is not counted.
        </p>
      )}
      {missing && (
        <ul className={styles.missing}>
          {missing.map(reason => (
            <li key={reason}>{reason}.</li>
          ))}
        </ul>
      )}
      <details className={styles.document}>
        <summary>How it was worked out</summary>
        <ul>
          {plan.things.flatMap(thing =>
            thing.estimate?.status === 'ok'
              ? [
                  <li key={`${thing.kind} ${thing.where} ${thing.name}`}>
                    {thing.environment ? `${thing.environment}: ` : ''}
                    {thing.name}, {formatEstimate(thing.estimate)} (
                    {thing.estimate.basis})
                  </li>,
                ]
              : [],
          )}
        </ul>
      </details>
    </>
  );
}

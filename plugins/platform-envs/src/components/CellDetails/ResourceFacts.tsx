import { DeliveryCell } from '@fairway/plugin-platform-envs-common';
import { healthWord, syncWord } from '../../model/vocabulary';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { Section } from './Section';
import styles from './CellDetails.module.css';

/** What the application is made of, with the health and the last words of each. */
export function ResourceFacts({ cell }: { cell: DeliveryCell }) {
  const { resources = [] } = cell;
  if (resources.length === 0) return null;
  return (
    <Section title={`Resources (${resources.length})`}>
      <ul className={styles.resources}>
        {resources.map(resource => (
          <li
            key={`${resource.kind}/${resource.namespace}/${resource.name}`}
            className={styles.resource}
          >
            <span className={styles.resourceName}>
              {resource.kind} <code>{resource.name}</code>
            </span>
            <span className={styles.resourceState}>
              {resource.health && (
                <StateBadge state={healthWord(resource.health)} />
              )}
              {resource.sync && <StateBadge state={syncWord(resource.sync)} />}
            </span>
            {resource.message && (
              <span className={styles.quiet}>{resource.message}</span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What the deployer reports on the application, worst first as it came. */
export function ConditionFacts({ cell }: { cell: DeliveryCell }) {
  const { conditions = [] } = cell;
  if (conditions.length === 0) return null;
  return (
    <Section title="Conditions">
      <ul className={styles.resources}>
        {conditions.map(condition => (
          <li
            key={`${condition.type} ${condition.message}`}
            className={styles.resource}
          >
            <span className={styles.resourceName}>{condition.type}</span>
            {condition.at && <When at={condition.at} className={styles.age} />}
            <span className={styles.quiet}>{condition.message}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

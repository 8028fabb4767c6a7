import { useState } from 'react';
import { Button } from '@backstage/ui';
import { RiAlertLine } from '@remixicon/react';
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

/** More is in the deployer's own pages. */
const EVENTS_SHOWN = 8;

/** What happened to it lately, newest first. */
export function EventFacts({ cell }: { cell: DeliveryCell }) {
  const { events = [] } = cell;
  const [isWhole, setIsWhole] = useState(false);
  if (events.length === 0) return null;
  const shown = isWhole ? events : events.slice(0, EVENTS_SHOWN);
  return (
    <Section title={`Events (${events.length})`}>
      <ol className={styles.resources} aria-label="Events">
        {shown.map(({ at, reason, message, count, object, isWarning }) => (
          <li
            key={`${at} ${object?.name} ${reason} ${message}`}
            className={styles.resource}
          >
            <span className={styles.resourceName}>
              {isWarning && (
                <RiAlertLine
                  size={14}
                  role="img"
                  aria-label="Warning"
                  className={styles.warning}
                />
              )}
              {[reason, count && `${count} times`].filter(Boolean).join(' · ')}
              {object && (
                <>
                  {' '}
                  {object.kind} <code>{object.name}</code>
                </>
              )}
            </span>
            <When at={at} className={styles.age} />
            <span className={styles.quiet}>{message}</span>
          </li>
        ))}
      </ol>
      {shown.length < events.length && (
        <Button
          variant="tertiary"
          size="small"
          onPress={() => setIsWhole(true)}
        >
          {`Show ${events.length - shown.length} more`}
        </Button>
      )}
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

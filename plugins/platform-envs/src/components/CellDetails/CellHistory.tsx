import { ComponentDelivery } from '@fairway/plugin-platform-envs-common';
import { authorName, shortRevision } from '../../model/release';
import { LinksAround } from '../Links';
import { ReleaseLabel } from '../ReleaseLabel';
import { When } from '../When';
import { Section } from './Section';
import styles from './CellDetails.module.css';

/** More is on the Delivery tab. */
const LIMIT = 5;

/** What was deployed to this environment lately, newest first. */
export function CellHistory({
  history,
  ...place
}: {
  componentRef: string;
  environmentRef: string;
  history: ComponentDelivery['history'];
}) {
  return (
    <Section title="Recent history">
      {history.length === 0 ? (
        <p className={styles.quiet}>No deployment is on record yet.</p>
      ) : (
        <ol className={styles.resources} aria-label="Recent deployments">
          {history.slice(0, LIMIT).map(entry => (
            <li
              key={`${entry.at} ${entry.revision}`}
              className={styles.resource}
            >
              <span className={styles.resourceName}>
                {entry.release && (
                  <ReleaseLabel release={entry.release} digest={false} />
                )}
              </span>
              <When at={entry.at} className={styles.age} />
              <span className={styles.quiet}>
                {[
                  entry.revision && shortRevision(entry.revision),
                  entry.author && `by ${authorName(entry.author)}`,
                  entry.message?.split('\n')[0],
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <span className={styles.quiet}>
                <LinksAround {...place} at={entry.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

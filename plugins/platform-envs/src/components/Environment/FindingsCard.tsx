import { FindingList } from '../FindingList';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './Environment.module.css';

/** What does not add up in an environment. */
export function FindingsCard() {
  return (
    <EnvironmentCard title="Findings">
      {({ findings, environment }) =>
        findings.length ? (
          <FindingList findings={findings} />
        ) : (
          <p className={styles.quiet}>
            {environment.runtime === 'local'
              ? 'Nothing to compare: it runs on the machines of developers, and neither Git nor a cluster is asked about it.'
              : 'Catalog, Git and what runs agree about this environment.'}
          </p>
        )
      }
    </EnvironmentCard>
  );
}

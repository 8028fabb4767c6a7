import { FindingList } from '../FindingList';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './Environment.module.css';

/** What does not add up in an environment. */
export function FindingsCard() {
  return (
    <EnvironmentCard title="Findings">
      {({ findings }) =>
        findings.length ? (
          <FindingList findings={findings} />
        ) : (
          <p className={styles.quiet}>
            Catalog, Git and what runs agree about this environment.
          </p>
        )
      }
    </EnvironmentCard>
  );
}

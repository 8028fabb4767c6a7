import { EnvironmentDetail } from '@fairway/plugin-platform-envs-common';
import { describeStaleSources } from '../../model/freshness';
import { FindingList } from '../FindingList';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './Environment.module.css';

/** What does not add up in an environment. */
export function FindingsCard() {
  return (
    <EnvironmentCard title="Findings">
      {detail => <Findings {...detail} />}
    </EnvironmentCard>
  );
}

function Findings(props: EnvironmentDetail) {
  const { findings, environment, sources } = props;
  if (environment.runtime === 'local') {
    return (
      <p className={styles.quiet}>
        Nothing to compare: it runs on the machines of developers, and neither
        Git nor a cluster is asked about it.
      </p>
    );
  }
  const stale = describeStaleSources(sources);
  return (
    <>
      {stale && (
        <p className={styles.reason} role="status">
          {stale}
        </p>
      )}
      <FindingList findings={findings} />
      {findings.length === 0 && (
        <p className={styles.quiet}>
          {stale
            ? 'Nothing was found before; what changed since is not known.'
            : 'Catalog, Git and what runs agree about this environment.'}
        </p>
      )}
    </>
  );
}

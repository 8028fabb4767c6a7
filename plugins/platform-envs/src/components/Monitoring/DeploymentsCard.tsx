import { Button } from '@backstage/ui';
import {
  DeploymentMark,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { When } from '../When';
import { Section } from './Section';
import styles from './Monitoring.module.css';

/** What was deployed of late; choosing one shows the time around it. */
export function DeploymentsCard(props: {
  deployments: DeploymentMark[];
  environments: EnvironmentSummary[];
  chosen?: string;
  onChoose: (deployment: DeploymentMark | undefined) => void;
}) {
  const { deployments, environments, chosen, onChoose } = props;
  const nameOf = (ref: string) =>
    environments.find(e => e.ref === ref)?.shortName ?? ref;
  return (
    <Section title="Deployments" note="of the last 3 hours">
      {deployments.length === 0 ? (
        <p className={styles.quiet}>Nothing was deployed in this time.</p>
      ) : (
        <ul className={styles.rows}>
          {deployments.map(deployment => {
            const isChosen = deployment.at === chosen;
            const name = `${deployment.version ?? 'A deployment'} in ${nameOf(
              deployment.environmentRef,
            )}`;
            return (
              <li
                key={`${deployment.environmentRef} ${deployment.at}`}
                className={styles.row}
              >
                <span className={styles.main}>
                  {name}
                  <span className={styles.quiet}>
                    <When at={deployment.at} />
                  </span>
                </span>
                <Button
                  size="small"
                  variant="secondary"
                  aria-label={
                    isChosen ? 'Show all of the time' : `Look around ${name}`
                  }
                  onPress={() => onChoose(isChosen ? undefined : deployment)}
                >
                  {isChosen ? 'Show all' : 'Look around it'}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}

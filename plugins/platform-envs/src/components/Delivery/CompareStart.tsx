import { Button } from '@backstage/ui';
import { EnvironmentSummary } from '@fairway/plugin-platform-envs-common';
import { Compared, LIVE } from '../../model/comparison';
import styles from './Delivery.module.css';

/** The ways into a comparison, while none is open. */
export function CompareStart(props: {
  /** In which the component runs, in promotion order. */
  environments: EnvironmentSummary[];
  /** The address asks for one that cannot be. */
  isUnknown: boolean;
  onStart: (compared: Compared) => void;
}) {
  const { environments, isUnknown, onStart } = props;
  const last = environments.at(-1);
  const first = environments[0];
  if (!last) return null;
  return (
    <div className={styles.compareStart}>
      {environments.length > 1 && (
        <Button
          size="small"
          variant="secondary"
          onPress={() => onStart({ from: last.shortName, to: first.shortName })}
        >
          Compare environments
        </Button>
      )}
      <Button
        size="small"
        variant="tertiary"
        onPress={() => onStart({ from: LIVE, to: first.shortName })}
      >
        Compare Git with what runs
      </Button>
      {isUnknown && (
        <span className={styles.none} role="status">
          The address asks for a comparison of environments in which this
          component does not run.
        </span>
      )}
    </div>
  );
}

import { useOverview } from '../../hooks/useOverview';
import { cellWord } from '../../model/vocabulary';
import { RefLink } from '../RefLink';
import { Screen } from '../Screen';
import { StateBadge } from '../StateBadge';
import { platformStates, PlatformState } from './homeModel';
import { WidgetState } from './WidgetState';
import styles from './Home.module.css';

function EnvironmentState(props: PlatformState['environments'][number]) {
  const { environment, state, count } = props;
  const word = state
    ? cellWord(state)
    : { word: 'Nothing runs here', tone: 'idle' as const };
  const label = `${environment.shortName}: ${word.word}${
    state && state !== 'healthy' ? ` (${count})` : ''
  }`;
  return (
    <span className={styles.mini}>
      <StateBadge variant="dot" state={word} label={label} />
      <RefLink plain entityRef={environment.ref}>
        {environment.shortName}
      </RefLink>
    </span>
  );
}

function Environments() {
  const { data, error, refetch } = useOverview();
  if (!data) {
    return (
      <WidgetState what="The environments" error={error} onRetry={refetch} />
    );
  }
  const platforms = platformStates(data);
  if (platforms.length === 0) {
    return (
      <p className={styles.calm}>
        No environment is registered yet. Environments come from the catalog.
      </p>
    );
  }
  return (
    <ul className={styles.platforms} aria-label="Environments by platform">
      {platforms.map(platform => (
        <li key={platform.systemRef} className={styles.platform}>
          <RefLink
            plain
            entityRef={platform.systemRef}
            className={styles.platformName}
          >
            {platform.name}
          </RefLink>
          <span className={styles.cells}>
            {platform.environments.map(entry => (
              <EnvironmentState key={entry.environment.ref} {...entry} />
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Every platform with the worst state in each of its environments. */
export function EnvironmentsWidget() {
  return (
    <Screen>
      <Environments />
    </Screen>
  );
}

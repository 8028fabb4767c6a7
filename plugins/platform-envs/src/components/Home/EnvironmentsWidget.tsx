import { Link } from '@backstage/ui';
import { useBoardPath } from '../../hooks/useBoardPath';
import { useOverview } from '../../hooks/useOverview';
import { cellWord } from '../../model/vocabulary';
import { RefLink } from '../RefLink';
import { Screen } from '../Screen';
import { OldValues, StateBadge } from '../StateBadge';
import { platformStates, PlatformState } from './homeModel';
import { WidgetFreshness } from './WidgetFreshness';
import { WidgetState } from './WidgetState';
import styles from './Home.module.css';

function EnvironmentState(props: PlatformState['environments'][number]) {
  const { environment, state, count, isOld } = props;
  const word = state
    ? cellWord(state)
    : { word: 'Nothing runs here', tone: 'idle' as const };
  const label = `${environment.shortName}: ${word.word}${
    state && state !== 'healthy' ? ` (${count})` : ''
  }`;
  return (
    <span className={styles.mini}>
      <OldValues when={isOld}>
        <StateBadge variant="dot" state={word} label={label} />
      </OldValues>
      <RefLink plain entityRef={environment.ref}>
        {environment.shortName}
      </RefLink>
    </span>
  );
}

function Platform({ platform }: { platform: PlatformState }) {
  const boardPath = useBoardPath();
  const { systemRef, name, attention, environments } = platform;
  return (
    <li className={styles.platform}>
      <span className={styles.platformHead}>
        <Link
          standalone
          className={styles.platformName}
          href={boardPath({ platform: systemRef }) ?? '/'}
        >
          {name}
        </Link>
        {attention > 0 && (
          <Link
            standalone
            className={styles.attention}
            href={boardPath({ platform: systemRef, attention: 'true' }) ?? '/'}
          >
            {`${attention} to look at`}
          </Link>
        )}
      </span>
      <span className={styles.cells}>
        {environments.map(entry => (
          <EnvironmentState key={entry.environment.ref} {...entry} />
        ))}
      </span>
    </li>
  );
}

function Environments() {
  const overview = useOverview();
  const { data, error, refetch } = overview;
  if (!data) {
    return (
      <WidgetState what="The environments" error={error} onRetry={refetch} />
    );
  }
  const platforms = platformStates(data);
  if (platforms.length === 0) {
    return (
      <p className={styles.calm}>
        No environment is registered yet. Environments come from the{' '}
        <Link href="/catalog?filters[kind]=environment">catalog</Link>.
      </p>
    );
  }
  return (
    <WidgetFreshness data={data} state={overview}>
      <ul className={styles.platforms} aria-label="Environments by platform">
        {platforms.map(platform => (
          <Platform key={platform.systemRef} platform={platform} />
        ))}
      </ul>
    </WidgetFreshness>
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

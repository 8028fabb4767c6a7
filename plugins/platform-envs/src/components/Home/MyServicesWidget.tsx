import { Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { useMe } from '../../hooks/useMe';
import { useOverview } from '../../hooks/useOverview';
import { refName } from '../../model/refs';
import { readingName } from '../../model/release';
import { cellWord } from '../../model/vocabulary';
import { boardRouteRef } from '../../routes';
import { toBoard } from '../Board/boardModel';
import { RefLink } from '../RefLink';
import { Screen } from '../Screen';
import { StateBadge } from '../StateBadge';
import { WidgetState } from './WidgetState';
import { byBadness } from './homeModel';
import styles from './Home.module.css';

/** More than a glance belongs on the board. */
const LIMIT = 8;

function MyServices() {
  const me = useMe();
  const boardPath = useRouteRef(boardRouteRef);
  const { data, error, refetch } = useOverview();
  if (!data || !me) {
    return (
      <WidgetState
        what="Your services"
        error={data ? undefined : error}
        onRetry={refetch}
      />
    );
  }
  const { groups } = toBoard(
    data,
    { mine: true, attention: false, search: '', sort: 'worst' },
    me.ownershipRefs,
  );
  const rows = groups.flatMap(group => group.rows).sort(byBadness);
  if (rows.length === 0) {
    return (
      <p className={styles.calm}>
        You own no service yet: services belong to the teams you are a member
        of. See <Link href="/environments">what runs where</Link>, or what{' '}
        <Link href="/create">templates</Link> there are.
      </p>
    );
  }
  const shortNames = new Map(data.environments.map(e => [e.ref, e.shortName]));
  const nameOf = (ref: string) => shortNames.get(ref) ?? refName(ref);
  return (
    <>
      <ul className={styles.services} aria-label="My services">
        {rows.slice(0, LIMIT).map(({ row }) => {
          const behind = row.cells.filter(c => c.behind?.state === 'behind');
          return (
            <li key={row.component.ref} className={styles.service}>
              <RefLink
                plain
                entityRef={row.component.ref}
                tab="delivery"
                className={styles.serviceName}
              >
                {row.component.title ?? row.component.name}
              </RefLink>
              <span className={styles.cells}>
                {row.cells.map(cell => {
                  const name = nameOf(cell.environmentRef);
                  return (
                    <span
                      key={cell.environmentRef}
                      className={styles.mini}
                      title={cell.sentence}
                    >
                      <StateBadge
                        variant="dot"
                        state={cellWord(cell.state)}
                        label={`${name}: ${cellWord(cell.state).word}`}
                      />
                      {name}{' '}
                      <span className={styles.mono}>
                        {readingName(cell.live) ??
                          readingName(cell.desired) ??
                          '—'}
                      </span>
                    </span>
                  );
                })}
              </span>
              <span className={styles.quiet}>
                {behind.length
                  ? `${behind
                      .map(c => nameOf(c.environmentRef))
                      .join(', ')} behind`
                  : ''}
              </span>
            </li>
          );
        })}
      </ul>
      {rows.length > LIMIT && boardPath && (
        <p className={styles.more}>
          <Link href={`${boardPath()}?mine=true`} standalone>
            All {rows.length} of mine
          </Link>
        </p>
      )}
    </>
  );
}

/** The services that the viewer owns, worst first. */
export function MyServicesWidget() {
  return (
    <Screen>
      <MyServices />
    </Screen>
  );
}

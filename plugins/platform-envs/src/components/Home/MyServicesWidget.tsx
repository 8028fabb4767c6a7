import { Link } from '@backstage/ui';
import { OverviewCell, sentenceOf } from '@fairway/plugin-platform-envs-common';
import { useBoardPath } from '../../hooks/useBoardPath';
import { useMe } from '../../hooks/useMe';
import { useNow } from '../../hooks/useNow';
import { useOverview } from '../../hooks/useOverview';
import { describeBehind } from '../../model/behind';
import { isOldCell } from '../../model/freshness';
import { refName } from '../../model/refs';
import { cellVersion } from '../../model/release';
import { cellWord } from '../../model/vocabulary';
import { toBoard } from '../Board/boardModel';
import { RefLink } from '../RefLink';
import { Screen } from '../Screen';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import { WidgetFreshness } from './WidgetFreshness';
import { WidgetState } from './WidgetState';
import { byBadness, lastChange } from './homeModel';
import styles from './Home.module.css';

/** More than a glance belongs on the board. */
const LIMIT = 8;

function Cell({ cell, name }: { cell: OverviewCell; name: string }) {
  const now = useNow();
  const { word } = cellWord(cell.state);
  return (
    <span className={styles.mini} title={sentenceOf(cell, new Date(now))}>
      <OldValues when={isOldCell(cell)}>
        <StateBadge
          variant="dot"
          state={cellWord(cell.state)}
          label={`${name}: ${word}`}
        />
      </OldValues>
      {name} <span className={styles.mono}>{cellVersion(cell) ?? '—'}</span>
    </span>
  );
}

function MyServices() {
  const me = useMe();
  const boardPath = useBoardPath();
  const overview = useOverview();
  const { data, error, refetch } = overview;
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
    { mine: true, attention: false, states: [], search: '', sort: 'worst' },
    me.ownershipRefs,
  );
  const rows = groups.flatMap(group => group.rows).sort(byBadness);
  if (rows.length === 0) {
    return (
      <p className={styles.calm}>
        You own no service yet: services belong to the teams you are a member
        of. See <Link href={boardPath() ?? '/'}>what runs where</Link>, or what{' '}
        <Link href="/create">templates</Link> there are.
      </p>
    );
  }
  const shortNames = new Map(data.environments.map(e => [e.ref, e.shortName]));
  const nameOf = (ref: string) => shortNames.get(ref) ?? refName(ref);
  const more = boardPath({ mine: 'true' });
  return (
    <WidgetFreshness data={data} state={overview}>
      <ul className={styles.services} aria-label="My services">
        {rows.slice(0, LIMIT).map(({ row }) => {
          const changed = lastChange(row);
          const behind = row.cells.flatMap(cell => {
            const words = describeBehind(cell.behind);
            return words?.mark
              ? [{ words, name: nameOf(cell.environmentRef) }]
              : [];
          });
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
                {row.cells.map(cell => (
                  <Cell
                    key={cell.environmentRef}
                    cell={cell}
                    name={nameOf(cell.environmentRef)}
                  />
                ))}
              </span>
              <span className={styles.quiet}>
                {behind.map(({ words, name }, i) => (
                  <span key={name} title={words.long}>
                    {i > 0 && ', '}
                    {name} {words.mark}
                  </span>
                ))}
              </span>
              <span className={styles.quiet}>
                {changed && (
                  <>
                    changed <When at={changed} />
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {more && (
        <p className={styles.more}>
          <Link href={more}>
            {rows.length > LIMIT
              ? `All ${rows.length} of mine on the board`
              : 'Mine on the board'}
          </Link>
        </p>
      )}
    </WidgetFreshness>
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

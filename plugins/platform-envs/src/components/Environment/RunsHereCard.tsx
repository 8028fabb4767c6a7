import { useState } from 'react';
import {
  compareDeliveryStates,
  EnvironmentDetail,
} from '@fairway/plugin-platform-envs-common';
import { describeBehind } from '../../model/behind';
import { isOldCell } from '../../model/freshness';
import { readingName } from '../../model/release';
import { cellWord, syncWord } from '../../model/vocabulary';
import { DataTable } from '../DataTable';
import { RefLink } from '../RefLink';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './Environment.module.css';

type Row = EnvironmentDetail['rows'][number];

const byName = (a: Row, b: Row) =>
  a.component.name.localeCompare(b.component.name);

const releaseOf = ({ cell }: Row) =>
  readingName(cell.live) ?? readingName(cell.desired);

/** What is not known comes last, whichever way the rest is sorted. */
const BEHIND = ['behind', 'ahead', 'same'];
const behindRank = ({ cell }: Row) => {
  const rank = BEHIND.indexOf(cell.behind?.state ?? '');
  return rank < 0 ? BEHIND.length : rank;
};

const SYNCS = ['OutOfSync', 'Unknown', 'Synced'];

const COLUMNS: Array<{
  key: string;
  title: string;
  compare: (a: Row, b: Row) => number;
}> = [
  { key: 'service', title: 'Service', compare: byName },
  {
    key: 'release',
    title: 'Release',
    compare: (a, b) =>
      (releaseOf(a) ?? '').localeCompare(releaseOf(b) ?? '', undefined, {
        numeric: true,
      }),
  },
  {
    key: 'state',
    title: 'State',
    compare: (a, b) => compareDeliveryStates(a.cell.state, b.cell.state),
  },
  {
    key: 'sync',
    title: 'Sync',
    compare: (a, b) => SYNCS.indexOf(a.cell.sync) - SYNCS.indexOf(b.cell.sync),
  },
  {
    key: 'for',
    title: 'For',
    compare: (a, b) => (b.cell.since ?? '').localeCompare(a.cell.since ?? ''),
  },
  {
    key: 'behind',
    title: 'Behind',
    compare: (a, b) => behindRank(a) - behindRank(b),
  },
];

/** Worst first, until somebody asks for another order. */
const DEFAULT = { key: 'state', descending: false };

function sortRows(rows: Row[], { key, descending }: typeof DEFAULT): Row[] {
  const { compare } = COLUMNS.find(c => c.key === key) ?? COLUMNS[0];
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a, b) || byName(a, b));
}

function ariaSort(isSorted: boolean, descending: boolean) {
  if (!isSorted) return 'none' as const;
  return descending ? ('descending' as const) : ('ascending' as const);
}

function RunsHere({ rows }: { rows: Row[] }) {
  const [order, setOrder] = useState(DEFAULT);
  if (rows.length === 0) {
    return (
      <p className={styles.quiet}>
        Nothing runs here. A component names this environment in its annotation
        fairway.dev/environments.
      </p>
    );
  }
  return (
    <DataTable>
      <thead>
        <tr>
          {COLUMNS.map(({ key, title }) => {
            const isSorted = key === order.key;
            return (
              <th
                key={key}
                scope="col"
                aria-sort={ariaSort(isSorted, order.descending)}
              >
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() =>
                    setOrder({
                      key,
                      descending: isSorted && !order.descending,
                    })
                  }
                >
                  {title}
                  <span aria-hidden className={styles.sortMark}>
                    {isSorted && (order.descending ? '↓' : '↑')}
                  </span>
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {sortRows(rows, order).map(({ component, cell }) => (
          <tr key={component.ref} title={cell.sentence}>
            <th scope="row">
              <RefLink plain entityRef={component.ref} tab="delivery">
                {component.title ?? component.name}
              </RefLink>
            </th>
            <td className={styles.mono}>
              {releaseOf({ component, cell }) ?? '—'}
            </td>
            <td>
              <OldValues when={isOldCell(cell)}>
                <StateBadge state={cellWord(cell.state)} />
              </OldValues>
            </td>
            <td>
              <OldValues when={isOldCell(cell)}>
                <StateBadge state={syncWord(cell.sync)} />
              </OldValues>
            </td>
            <td>{cell.since ? <When at={cell.since} format="age" /> : '—'}</td>
            <td>
              {cell.behind?.state === 'behind' ? (
                <span className={styles.mono}>
                  {describeBehind(cell.behind)?.short}
                </span>
              ) : (
                <span className={styles.quiet}>
                  {cell.behind?.state ?? '—'}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

/** On developers' machines nobody looks, so there is nothing but names to tell. */
function StartsHere({ rows }: { rows: Row[] }) {
  return (
    <>
      <p className={styles.quiet}>
        It runs on each developer’s own machine, and nothing records what stands
        there. {rows.length > 0 && 'These services can be started there:'}
      </p>
      <ul className={styles.names} aria-label="Services">
        {[...rows].sort(byName).map(({ component }) => (
          <li key={component.ref}>
            <RefLink plain entityRef={component.ref}>
              {component.title ?? component.name}
            </RefLink>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Since when and why cells are stale; nothing while none is. */
function StaleCells({ rows }: { rows: Row[] }) {
  const old = rows.flatMap(({ cell }) => (isOldCell(cell) ? cell.source : []));
  if (old.length === 0) return null;
  const seen = old.flatMap(source => source.observedAt ?? []).sort();
  const reasons = new Set(old.flatMap(source => source.message ?? []));
  return (
    <p className={styles.reason} role="status">
      {old.length < rows.length
        ? `${old.length} of ${rows.length} stale`
        : 'Stale'}
      {seen.length > 0 && (
        <>
          , seen <When at={seen[0]} />
        </>
      )}
      {reasons.size > 0 && `: ${[...reasons].join('; ')}`}
    </p>
  );
}

/** The services of an environment, worst first. */
export function RunsHereCard() {
  return (
    <EnvironmentCard title="What runs here">
      {({ environment, rows }) =>
        environment.runtime === 'local' ? (
          <StartsHere rows={rows} />
        ) : (
          <>
            <StaleCells rows={rows} />
            <RunsHere rows={rows} />
          </>
        )
      }
    </EnvironmentCard>
  );
}

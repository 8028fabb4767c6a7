import { EnvironmentDetail } from '@fairway/plugin-platform-envs-common';
import { describeBehind } from '../../model/behind';
import { readingName } from '../../model/release';
import {
  CELL_STATES_WORST_FIRST,
  cellWord,
  syncWord,
} from '../../model/vocabulary';
import { RefLink } from '../RefLink';
import { StateBadge } from '../StateBadge';
import { When } from '../When';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './Environment.module.css';

function RunsHere({ rows }: { rows: EnvironmentDetail['rows'] }) {
  if (rows.length === 0) {
    return (
      <p className={styles.quiet}>
        Nothing runs here. A component names this environment in its annotation
        fairway.dev/environments.
      </p>
    );
  }
  const sorted = [...rows].sort(
    (a, b) =>
      CELL_STATES_WORST_FIRST.indexOf(a.cell.state) -
        CELL_STATES_WORST_FIRST.indexOf(b.cell.state) ||
      a.component.name.localeCompare(b.component.name),
  );
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Release</th>
            <th scope="col">State</th>
            <th scope="col">Sync</th>
            <th scope="col">For</th>
            <th scope="col">Behind</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ component, cell }) => (
            <tr key={component.ref} title={cell.sentence}>
              <th scope="row">
                <RefLink plain entityRef={component.ref} tab="delivery">
                  {component.title ?? component.name}
                </RefLink>
              </th>
              <td className={styles.mono}>
                {readingName(cell.live) ?? readingName(cell.desired) ?? '—'}
              </td>
              <td>
                <StateBadge state={cellWord(cell.state)} />
              </td>
              <td>
                <StateBadge state={syncWord(cell.sync)} />
              </td>
              <td>
                {cell.since ? <When at={cell.since} format="age" /> : '—'}
              </td>
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
      </table>
    </div>
  );
}

/** The services of an environment, worst first. */
export function RunsHereCard() {
  return (
    <EnvironmentCard title="What runs here">
      {({ rows }) => <RunsHere rows={rows} />}
    </EnvironmentCard>
  );
}

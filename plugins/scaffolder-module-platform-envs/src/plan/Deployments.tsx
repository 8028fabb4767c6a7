import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { asSentence } from './asSentence';
import { Change } from './Change';
import { formatEstimate } from './formatEstimate';
import styles from './plan.module.css';

/** What would run in each environment, in promotion order. */
export function Deployments({ things }: { things: PlannedThing[] }) {
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label="Deployments"
      // What scrolls must be reachable by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Environment</th>
            <th scope="col">What</th>
            <th scope="col">Copies</th>
            <th scope="col">CPU and memory of one</th>
            <th scope="col">A month</th>
          </tr>
        </thead>
        <tbody>
          {things.map(thing => (
            <tr key={`${thing.where} ${thing.environment} ${thing.name}`}>
              <th scope="row">{thing.environment ?? '–'}</th>
              <td>
                {thing.name} <Change change={thing.change} />
                <div className={styles.count}>{thing.where}</div>
                {!thing.capacity && thing.note && (
                  <div className={styles.count}>{asSentence(thing.note)}</div>
                )}
              </td>
              <td>{copiesOf(thing)}</td>
              <td>
                {thing.capacity
                  ? `${thing.capacity.cpu}, ${thing.capacity.memory}`
                  : noCapacity(thing)}
              </td>
              <td>
                {thing.estimate
                  ? formatEstimate(thing.estimate)
                  : noCapacity(thing)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What goes asks for nothing; what says so itself has none of its own. */
function noCapacity({ change, note }: PlannedThing): string {
  return change === 'remove' || note ? '–' : 'not known';
}

function copiesOf(thing: PlannedThing): string {
  if (!thing.capacity) return noCapacity(thing);
  const { replicas, maxReplicas } = thing.capacity;
  return maxReplicas && maxReplicas > replicas
    ? `${replicas} to ${maxReplicas}`
    : String(replicas);
}

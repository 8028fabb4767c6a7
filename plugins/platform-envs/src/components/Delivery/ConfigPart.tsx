import {
  ConfigComparison,
  ConfigDifference,
} from '@fairway/plugin-platform-envs-common';
import { CONFIG_GROUPS } from '../../model/comparison';
import type { SideNames } from './ComparePanel';
import styles from './Compare.module.css';

function Side({ value }: { value?: string }) {
  if (value === undefined) {
    return <span className={styles.quiet}>not set</span>;
  }
  return value ? (
    <code>{value}</code>
  ) : (
    <span className={styles.quiet}>empty</span>
  );
}

function Difference({ difference }: { difference: ConfigDifference }) {
  const { key, from, to, masked } = difference;
  return (
    <tr>
      <th scope="row">
        <code>{key}</code>
        {masked && <span className={styles.mark}>secret</span>}
      </th>
      <td>
        <Side value={from} />
      </td>
      <td>
        <Side value={to} />
      </td>
    </tr>
  );
}

/** What the overlays say apart from the image, key by key. */
export function ConfigPart(props: {
  config: ConfigComparison;
  names: SideNames;
}) {
  const { config, names } = props;
  const { differences } = config;
  if (differences.length === 0) {
    return (
      <p className={styles.quiet}>
        Nothing differs but the image and what differs by nature, such as the
        namespace.
      </p>
    );
  }
  const groups = [...new Set(differences.map(d => d.group))];
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">{names.from}</th>
            <th scope="col">{names.to}</th>
          </tr>
        </thead>
        {groups.map(group => (
          <tbody key={group}>
            <tr className={styles.group}>
              <th scope="colgroup" colSpan={3}>
                {CONFIG_GROUPS[group]}
              </th>
            </tr>
            {differences
              .filter(d => d.group === group)
              .map(difference => (
                <Difference key={difference.key} difference={difference} />
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

import { RiErrorWarningLine } from '@remixicon/react';
import styles from './FindingList.module.css';

/** What does not add up, one line each; nothing when all does. */
export function FindingList({ findings }: { findings: string[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Findings">
      {findings.map(finding => (
        <li key={finding} className={styles.finding}>
          <RiErrorWarningLine size={16} aria-hidden className={styles.icon} />
          <span>{finding}</span>
        </li>
      ))}
    </ul>
  );
}

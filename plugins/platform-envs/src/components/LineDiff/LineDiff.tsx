import { PromotionPlan } from '@fairway/plugin-platform-envs-common';
import styles from './LineDiff.module.css';

/** The lines that a plan changes, before and after, under the name of their file. */
export function LineDiff({ plan }: { plan: PromotionPlan }) {
  return (
    <div className={styles.diff}>
      {plan.files.map(file => (
        <figure key={file.path} className={styles.file}>
          <figcaption className={styles.caption}>
            <span className={styles.path}>{file.path}</span>
            <span className={styles.where}>
              {plan.repository} · {plan.branch} · line {file.line}
            </span>
          </figcaption>
          <div className={styles.lines}>
            <div className={styles.removed}>
              <span className={styles.sign} aria-label="before">
                −
              </span>
              <code>{file.before.trim()}</code>
            </div>
            <div className={styles.added}>
              <span className={styles.sign} aria-label="after">
                +
              </span>
              <code>{file.after.trim()}</code>
            </div>
          </div>
        </figure>
      ))}
    </div>
  );
}

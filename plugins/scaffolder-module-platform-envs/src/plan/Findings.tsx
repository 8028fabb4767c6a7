import { PlanFinding } from '@fairway/plugin-platform-envs-common';
import { Alert } from '@backstage/ui';
import styles from './plan.module.css';

/** What is in the way, and what else a person should know. */
export function Findings({ findings }: { findings: PlanFinding[] }) {
  const groups = [
    {
      severity: 'blocking',
      status: 'danger',
      title: 'This is in the way',
    },
    {
      severity: 'warning',
      status: 'warning',
      title: 'Good to know',
    },
  ] as const;
  return (
    <>
      {groups.map(({ severity, status, title }) => {
        const ofGroup = findings.filter(one => one.severity === severity);
        if (ofGroup.length === 0) return null;
        return (
          <Alert
            key={severity}
            status={status}
            icon
            title={title}
            description={
              <ul className={styles.findings}>
                {ofGroup.map(({ message, nextStep }) => (
                  <li key={message}>
                    {asSentence(message)} {asSentence(nextStep)}
                  </li>
                ))}
              </ul>
            }
          />
        );
      })}
    </>
  );
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

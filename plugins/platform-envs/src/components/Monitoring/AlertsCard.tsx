import {
  ComponentAlert,
  ComponentObservability,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { alertWord } from '../../model/alerts';
import { isSafeUrl } from '../../model/safeUrl';
import { OldValues, StateBadge } from '../StateBadge';
import { When } from '../When';
import { Section } from './Section';
import { StaleNote } from './StaleNote';
import styles from './Monitoring.module.css';

/** The alert rules that concern the component, worst first. */
export function AlertsCard(props: {
  observability: ComponentObservability;
  environments: EnvironmentSummary[];
  componentName: string;
}) {
  const { observability, environments, componentName } = props;
  const { alerts, alertsMatch } = observability;
  return (
    <Section
      title="Alerts"
      note={
        alertsMatch === 'declared'
          ? 'by the labels of its annotation'
          : 'by the label that names it'
      }
    >
      {alerts.status !== 'ok' && (
        <p className={styles.reason}>Unavailable: {alerts.reason}</p>
      )}
      {alerts.status === 'ok' && alerts.value.length === 0 && (
        <p className={styles.quiet}>
          {alertsMatch === 'declared' ? (
            <>
              Grafana has no alert rule with the labels of{' '}
              <code>grafana/alert-label-selector</code>.
            </>
          ) : (
            <>
              Grafana has no alert rule with the label{' '}
              <code>service={componentName}</code>. Label one, or name others in
              the annotation <code>grafana/alert-label-selector</code>.
            </>
          )}
        </p>
      )}
      {alerts.status === 'ok' && (
        <StaleNote reading={alerts} what="How the rules stood" />
      )}
      {alerts.status === 'ok' && alerts.value.length > 0 && (
        <OldValues when={Boolean(alerts.stale)}>
          <ul className={styles.rows}>
            {alerts.value.map(alert => (
              <Alert key={alert.id} alert={alert} environments={environments} />
            ))}
          </ul>
        </OldValues>
      )}
    </Section>
  );
}

function Alert(props: {
  alert: ComponentAlert;
  environments: EnvironmentSummary[];
}) {
  const { alert, environments } = props;
  const environment =
    environments.find(e => e.ref === alert.environmentRef)?.shortName ??
    alert.environmentLabel;
  return (
    <li className={styles.row}>
      <span className={styles.state}>
        <StateBadge state={alertWord(alert.state)} />
      </span>
      <span className={styles.main}>
        {alert.url && isSafeUrl(alert.url) ? (
          <a href={alert.url} target="_blank" rel="noopener noreferrer">
            {alert.title}
          </a>
        ) : (
          alert.title
        )}
        {alert.summary && alert.state !== 'normal' && (
          <span className={styles.quiet}>{alert.summary}</span>
        )}
      </span>
      <span className={styles.aside}>
        {[environment, alert.severity].filter(Boolean).join(' · ')}
        {alert.since && (
          <>
            {(environment || alert.severity) && ' · '}
            <When at={alert.since} format="age" />
          </>
        )}
      </span>
    </li>
  );
}

import { RiExternalLinkLine } from '@remixicon/react';
import {
  ComponentObservability,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { isSafeUrl } from '../../model/safeUrl';
import { Section } from './Section';
import styles from './Monitoring.module.css';

/** The dashboards that show the component, each opening on an environment. */
export function DashboardsCard(props: {
  observability: ComponentObservability;
  environments: EnvironmentSummary[];
  componentName: string;
}) {
  const { observability, environments, componentName } = props;
  const { dashboards, dashboardsMatch } = observability;
  const nameOf = (ref: string) =>
    environments.find(e => e.ref === ref)?.shortName ?? ref;
  return (
    <Section
      title="Dashboards"
      note={
        dashboardsMatch === 'declared'
          ? 'by its annotations'
          : 'by the tag that names it'
      }
    >
      {dashboards.status !== 'ok' && (
        <p className={styles.reason}>Unavailable: {dashboards.reason}</p>
      )}
      {dashboards.status === 'ok' && dashboards.value.length === 0 && (
        <p className={styles.quiet}>
          Grafana has no such dashboard. Tag one with{' '}
          <code>{componentName}</code>, or name others in the annotation{' '}
          <code>grafana/dashboard-selector</code>.
        </p>
      )}
      {dashboards.status === 'ok' && dashboards.value.length > 0 && (
        <ul className={styles.rows}>
          {dashboards.value.map(dashboard => (
            <li key={dashboard.id} className={styles.row}>
              <span className={styles.main}>
                {dashboard.title}
                <span className={styles.quiet}>
                  {[dashboard.overview && 'Overview', dashboard.folder]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <span className={styles.opens}>
                {dashboard.links
                  .filter(({ url }) => isSafeUrl(url))
                  .map(({ environmentRef, url }) => (
                    <a
                      key={environmentRef}
                      href={url}
                      target="_blank"
                      rel="noopener noreferrer"
                      aria-label={`${dashboard.title} in ${nameOf(
                        environmentRef,
                      )}`}
                    >
                      {nameOf(environmentRef)}
                      <RiExternalLinkLine size={14} aria-hidden />
                    </a>
                  ))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

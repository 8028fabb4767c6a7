import {
  ANNOTATION_GRAFANA_ALERTS,
  ANNOTATION_GRAFANA_DASHBOARDS,
  ANNOTATION_GRAFANA_HOST,
  ANNOTATION_GRAFANA_OVERVIEW,
  ANNOTATION_GRAFANA_SOURCE,
  ANNOTATION_METRICS_NAME,
  ANNOTATION_RUNBOOK,
  annotationFor,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';

/** What the annotations of a component say about how it is watched. */
export interface Monitoring {
  dashboardSelector?: string;
  overviewDashboard?: string;
  /** `label=value` each. */
  alertSelectors?: string[];
  /** Name of the Grafana that the above are meant for. */
  grafana?: string;
  /** What its metrics call it, by environment ref. */
  metricsNames?: Record<string, string>;
  /** URL, not yet checked, by environment ref. */
  runbooks?: Record<string, string>;
}

/** Reads it; a component without such annotations has nothing in it. */
export function monitoringOf(
  annotations: Record<string, string>,
  environments: EnvironmentSummary[],
): Monitoring {
  const alertSelectors = annotations[ANNOTATION_GRAFANA_ALERTS]?.split(',')
    .map(selector => selector.trim())
    .filter(Boolean);
  return withoutEmpty({
    dashboardSelector: annotations[ANNOTATION_GRAFANA_DASHBOARDS]?.trim(),
    overviewDashboard: annotations[ANNOTATION_GRAFANA_OVERVIEW]?.trim(),
    alertSelectors,
    grafana:
      annotations[ANNOTATION_GRAFANA_HOST] ??
      annotations[ANNOTATION_GRAFANA_SOURCE],
    metricsNames: byEnvironment(ANNOTATION_METRICS_NAME),
    runbooks: byEnvironment(ANNOTATION_RUNBOOK),
  });

  function byEnvironment(annotation: string): Record<string, string> {
    return Object.fromEntries(
      environments.flatMap(({ ref, shortName }) => {
        const value = annotationFor(annotations, annotation, shortName)?.trim();
        return value ? [[ref, value]] : [];
      }),
    );
  }
}

function withoutEmpty(monitoring: Monitoring): Monitoring {
  return Object.fromEntries(
    Object.entries(monitoring).filter(
      ([, value]) => value && Object.keys(value).length > 0,
    ),
  );
}

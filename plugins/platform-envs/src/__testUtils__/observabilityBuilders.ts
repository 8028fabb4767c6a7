import {
  ComponentAlert,
  ComponentObservability,
  EnvironmentSummary,
  okReading,
  RequestSeries,
} from '@fairway/plugin-platform-envs-common';
import { anEnvironment, AT, minutesBefore } from './builders';

/** Three hours of figures that differ by `size`; twenty minutes in the middle were not measured. */
export function aRequestSeries(size = 1): RequestSeries {
  const values = (of: (i: number) => number) =>
    Array.from({ length: 181 }, (_, i) => (i > 60 && i < 81 ? null : of(i)));
  return {
    startAt: minutesBefore(180),
    stepSeconds: 60,
    requestRate: values(i => size * (10 + Math.sin(i / 20))),
    errorRatio: values(() => 0.002 * size),
    latencyP50: values(() => 0.02 * size),
    latencyP95: values(() => 0.12 * size),
  };
}

export function anAlert(overrides: Partial<ComponentAlert> = {}) {
  return {
    id: 'main/errors',
    title: 'sample-backend answers with errors in prod',
    state: 'normal' as const,
    since: minutesBefore(90),
    environmentRef: 'environment:default/sample-platform-ai-prod',
    severity: 'critical',
    summary: 'More than 5 % of the answers are errors.',
    url: 'https://grafana.example.com/alerting/grafana/errors/view',
    ...overrides,
  };
}

/** What is observed of sample-backend in dev, uat and prod. */
export function anObservability(
  overrides: Partial<ComponentObservability> = {},
): ComponentObservability {
  const environments: EnvironmentSummary[] = ['dev', 'uat', 'prod'].map(name =>
    anEnvironment('sample-platform-ai', name),
  );
  return {
    generatedAt: AT,
    environments,
    sources: [
      {
        id: 'prometheus:main',
        title: 'Prometheus main',
        state: 'live',
        observedAt: AT,
      },
      {
        id: 'grafana:main',
        title: 'Grafana main',
        state: 'live',
        observedAt: AT,
      },
    ],
    alerts: okReading([anAlert()], AT),
    alertsMatch: 'derived',
    dashboards: okReading(
      [
        {
          id: 'main/sample-backend',
          title: 'sample-backend',
          folder: 'sample-platform-ai',
          overview: false,
          links: environments.map(({ ref, shortName }) => ({
            environmentRef: ref,
            url: `https://grafana.example.com/d/sample-backend?var-environment=${shortName}`,
          })),
        },
      ],
      AT,
    ),
    dashboardsMatch: 'derived',
    requests: environments.map(({ ref }, i) => ({
      environmentRef: ref,
      series: okReading(aRequestSeries(i + 1), AT),
    })),
    deployments: [
      {
        environmentRef: environments[1].ref,
        at: minutesBefore(40),
        version: '1.8.2',
      },
    ],
    problems: [],
    ...overrides,
  };
}

import {
  anchorOf,
  notReadySection,
  RunbookSection,
  signalSections,
} from './runbookSections';
import { queriesOf, Signal } from './signals';
import { RepositoryComponent } from './types';
import { yamlText } from './yamlText';

/** One in twenty is felt by people, and is more than chance in ten minutes. */
const ERROR_RATIO = 0.05;

/**
 * `observability/alerts.yaml`: a PrometheusRule with alerts for failures,
 * slowness, a queue that grows, and instances that are not ready. Each links to
 * its section of the runbook. Failures are critical in production, and wherever
 * their environment is not known.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export function renderAlertRules(component: RepositoryComponent): string {
  const { name, system, signals } = component;
  return yamlText({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name,
      labels: {
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/part-of': system,
        'fairway.dev/component': name,
      },
    },
    spec: {
      groups: [
        {
          name,
          rules: [
            ...signals.flatMap(signal => signalAlerts(component, signal)),
            notReadyAlert(component),
          ],
        },
      ],
    },
  });
}

function signalAlerts(component: RepositoryComponent, signal: Signal) {
  const { id, work, waiting, slowAboveSeconds, by } = signal;
  const { errorRatio, latency } = queriesOf(
    signal,
    `service="${component.name}"`,
  );
  const sections = signalSections(signal);
  const perEnvironment = (query: string) =>
    query
      .replaceAll('sum (', 'sum by (environment) (')
      .replaceAll('sum by (le)', 'sum by (environment, le)');
  const Id = id[0].toUpperCase() + id.slice(1);
  return [
    alert(component, {
      name: `${Id}Failing`,
      expr: `${perEnvironment(errorRatio)} > ${ERROR_RATIO}`,
      for: '10m',
      severity: severityOfFailures(component),
      summary: `{{ $value | humanizePercentage }} of the ${work} of ${component.name} fail in {{ $labels.environment }}`,
      section: sections.failing,
    }),
    alert(component, {
      name: `${Id}Slow`,
      expr: `${perEnvironment(latency(0.95))} > ${slowAboveSeconds}`,
      for: '15m',
      severity: 'warning',
      summary: `One in twenty ${work} of ${component.name} takes over {{ $value | humanizeDuration }} in {{ $labels.environment }}`,
      section: sections.slow,
    }),
    ...(waiting && sections.behind
      ? [
          alert(component, {
            name: `${Id}Behind`,
            expr: `sum by (environment, ${by}) (${waiting.metric}{service="${component.name}"}) > ${waiting.alertAbove}`,
            for: '15m',
            severity: 'warning',
            summary: `{{ $value | humanize }} ${work} of ${component.name} wait in {{ $labels.environment }}, {{ $labels.${by} }}`,
            section: sections.behind,
          }),
        ]
      : []),
  ];
}

/** Nobody is woken up for an environment that is not for customers. */
function severityOfFailures({ environments }: RepositoryComponent): string {
  const quiet = environments
    .filter(({ tier }) => tier !== 'prod')
    .map(({ shortName }) => shortName);
  return quiet.length === 0
    ? 'critical'
    : `{{ if match "^(${quiet.join(
        '|',
      )})$" $labels.environment }}warning{{ else }}critical{{ end }}`;
}

function notReadyAlert(component: RepositoryComponent) {
  const { name, environments } = component;
  return alert(component, {
    name: 'NotReady',
    expr:
      environments[0].runtime === 'ecs'
        ? `min by (environment, instance) (up{service="${name}"}) == 0`
        : `sum by (environment, namespace) (kube_deployment_status_replicas_unavailable{deployment="${name}"}) > 0`,
    for: '10m',
    severity: 'warning',
    summary: `Instances of ${name} are not ready in {{ $labels.environment }}`,
    section: notReadySection(component),
  });
}

function alert(
  { name, system, owner, repositoryUrl }: RepositoryComponent,
  options: {
    name: string;
    expr: string;
    for: string;
    severity: string;
    summary: string;
    section: RunbookSection;
  },
) {
  const prefix = name
    .split('-')
    .map(word => word[0].toUpperCase() + word.slice(1))
    .join('');
  return {
    alert: `${prefix}${options.name}`,
    expr: options.expr,
    for: options.for,
    labels: {
      severity: options.severity,
      service: name,
      system,
      team: owner.split('/').pop(),
    },
    // Braces, here and in labels, are filled by Prometheus: no text of a person goes in.
    annotations: {
      summary: options.summary,
      runbook_url: `${repositoryUrl}/blob/main/docs/runbook.md#${anchorOf(
        options.section,
      )}`,
    },
  };
}

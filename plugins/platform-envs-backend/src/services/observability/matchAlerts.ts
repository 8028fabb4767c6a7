import {
  ALERT_STATES_WORST_FIRST,
  ComponentAlert,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { ObservedAlert } from '@fairway/plugin-platform-envs-node';
import { isWebUrl } from '../links';

/** Labels by which an alert names a component when no annotation says so. */
const COMPONENT_LABELS = ['component', 'service', 'app'];
/** Labels by which an alert names an environment. */
const ENVIRONMENT_LABELS = ['environment', 'env', 'deployment_environment'];

/** Whose alerts are wanted. */
export interface AlertSubject {
  /** As labels may have it. */
  names: string[];
  /** `label=value` each; absent: derived from the labels that name the component. */
  selectors?: string[];
  environments: EnvironmentSummary[];
  /** Name of its system, for labels that have one. */
  system?: string;
}

/** What is wrong with a selector; undefined when nothing is. */
export function problemOfSelector(selector: string): string | undefined {
  return /^[^=\s]+=[^=]+$/.test(selector)
    ? undefined
    : `"${selector}" is not of the form label=value`;
}

/** The alerts that concern it, worst first, then by age, the newest first. */
export function matchAlerts(
  alerts: Array<ObservedAlert & { instance: string }>,
  subject: AlertSubject,
): ComponentAlert[] {
  return alerts
    .filter(alert => concerns(alert, subject))
    .map(alert => {
      const { severity } = alert.labels;
      const { summary, description } = alert.annotations;
      return {
        id: `${alert.instance}/${alert.id}`,
        title: alert.title,
        state: alert.state,
        ...(alert.since && { since: alert.since }),
        ...placeOf(alert, subject),
        ...(severity && { severity }),
        ...((summary || description) && { summary: summary || description }),
        ...(alert.url && isWebUrl(alert.url) && { url: alert.url }),
      };
    })
    .sort(
      (a, b) =>
        ALERT_STATES_WORST_FIRST.indexOf(a.state) -
          ALERT_STATES_WORST_FIRST.indexOf(b.state) ||
        (b.since ?? '').localeCompare(a.since ?? '') ||
        a.title.localeCompare(b.title),
    );
}

function concerns(alert: ObservedAlert, subject: AlertSubject): boolean {
  const { labels } = alert;
  if (subject.selectors) {
    return subject.selectors.some(selector => {
      const [label, value] = selector.split('=').map(part => part.trim());
      return Object.hasOwn(labels, label) && labels[label] === value;
    });
  }
  const { system } = subject;
  if (system && labels.system && labels.system !== system) return false;
  return COMPONENT_LABELS.some(
    label =>
      Object.hasOwn(labels, label) && subject.names.includes(labels[label]),
  );
}

/** The environment that its labels name, as far as the component runs there. */
function placeOf(
  { labels }: ObservedAlert,
  { environments }: AlertSubject,
): Pick<ComponentAlert, 'environmentRef' | 'environmentLabel'> {
  const label = ENVIRONMENT_LABELS.find(name => Object.hasOwn(labels, name));
  if (!label) return {};
  const value = labels[label];
  const found = environments.find(
    e => e.shortName === value || e.name === value,
  );
  return found ? { environmentRef: found.ref } : { environmentLabel: value };
}

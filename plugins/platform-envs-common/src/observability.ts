import { DeliveryLink, EnvironmentSummary, OverviewSource } from './api';
import { Reading } from './status';

/**
 * How an alert rule stands. `no-data`: its query gives nothing. `error`: its
 * query cannot be evaluated. Neither means that all is well.
 *
 * @see https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/alert-rule-state-and-health/
 * @public
 */
export type AlertState = 'firing' | 'error' | 'pending' | 'no-data' | 'normal';

/** Alert states, worst first. @public */
export const ALERT_STATES_WORST_FIRST: readonly AlertState[] = [
  'firing',
  'error',
  'pending',
  'no-data',
  'normal',
];

/** One instance of an alert rule that concerns a component. @public */
export interface ComponentAlert {
  /** Unique among the alerts of the component. */
  id: string;
  title: string;
  state: AlertState;
  /** ISO 8601 UTC time since when it has this state, where known. */
  since?: string;
  /** Absent where its labels name no environment of the component. */
  environmentRef?: string;
  /** What its labels call the environment, where that is none of the component's. */
  environmentLabel?: string;
  severity?: string;
  /** What is wrong, in the words of whoever wrote the rule. */
  summary?: string;
  /** Page of the rule. */
  url?: string;
}

/** A dashboard that shows a component. @public */
export interface ComponentDashboard {
  /** Unique among the dashboards of the component. */
  id: string;
  title: string;
  folder?: string;
  /** The one to look at first, named by an annotation. */
  overview: boolean;
  /** With the variables of each environment set, and the range last hour; in promotion order. */
  links: Array<{ environmentRef: string; url: string }>;
}

/**
 * Request figures of a component in an environment, one value a step.
 *
 * All lists are equally long; the first value belongs to `startAt`. A value
 * that was not measured, or is not a number, is null: never zero.
 *
 * @public
 */
export interface RequestSeries {
  /** ISO 8601 UTC. */
  startAt: string;
  stepSeconds: number;
  /** Requests a second. */
  requestRate: Array<number | null>;
  /** Share of requests that were answered with an error, 0 to 1. */
  errorRatio: Array<number | null>;
  /** Seconds. */
  latencyP50: Array<number | null>;
  /** Seconds. */
  latencyP95: Array<number | null>;
}

/** A deployment, to be marked on the time axis. @public */
export interface DeploymentMark {
  environmentRef: string;
  /** ISO 8601 UTC. */
  at: string;
  version?: string;
}

/** Answer of `GET /components/:namespace/:kind/:name/observability`. @public */
export interface ComponentObservability {
  /** ISO 8601 UTC. */
  generatedAt: string;
  /** Those that the component runs in, in promotion order. */
  environments: EnvironmentSummary[];
  /** Each Grafana and Prometheus, and how fresh its word is. */
  sources: OverviewSource[];
  /** Worst first. Unavailable: nobody can tell, with the reason. */
  alerts: Reading<ComponentAlert[]>;
  /** How alerts were found: an annotation, or the labels that name the component. */
  alertsMatch: 'declared' | 'derived';
  /** By title, the overview first. */
  dashboards: Reading<ComponentDashboard[]>;
  /** How dashboards were found: an annotation, or a tag that is the component's name. */
  dashboardsMatch: 'declared' | 'derived';
  /** One per environment, in promotion order. */
  requests: Array<{
    environmentRef: string;
    series: Reading<RequestSeries>;
  }>;
  /** Within the time that the series span, newest first. */
  deployments: DeploymentMark[];
  /** What annotations ask for and cannot be had. */
  problems: string[];
  /** A source is being asked at this moment. */
  isBeingRead?: boolean;
}

/** Answer of `GET /components/…/environments/…/links`: everything that leads out of a cell. @public */
export interface CellLinks {
  items: DeliveryLink[];
}

/** An alert is pending for so long before it fires; world's time. */
export const FOR_MS = 60_000;
/** What has always been so is so since the beginning of the day. */
export const DAY_MS = 86_400_000;

/** As Grafana spells the state of an alert instance. */
export type AlertState = 'Normal' | 'Pending' | 'Alerting' | 'NoData';

/** A rule with its one instance. */
export interface AlertRule {
  uid: string;
  title: string;
  /** System in the catalog: its folder. */
  folder: string;
  /** What it is grouped under within the folder. */
  group: string;
  /** PromQL, over the series that the sandbox's Prometheus has. */
  query: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  dashboardUid: string;
  panelId: number;
  state: AlertState;
  /** Since when it has this state. */
  activeAt: Date;
  /** What the query gives, whether that is too much or not; undefined without data. */
  value?: number;
}

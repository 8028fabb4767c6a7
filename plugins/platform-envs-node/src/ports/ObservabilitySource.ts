/** A dashboard, as a source lists it. @public */
export interface ObservedDashboard {
  uid: string;
  title: string;
  tags: string[];
  /** Page of the dashboard, absolute. */
  url: string;
  /** Empty for dashboards in no folder. */
  folderTitle: string;
  /** Empty for dashboards in no folder. */
  folderUrl: string;
}

/** One instance of an alert rule; a rule that was never evaluated has one without `since`. @public */
export interface ObservedAlert {
  /** Unique within the source. */
  id: string;
  title: string;
  state: 'firing' | 'error' | 'pending' | 'no-data' | 'normal';
  /** ISO 8601 UTC. */
  since?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Page of the rule, absolute. */
  url?: string;
}

/** Everything that a source knows at one moment. @public */
export interface ObservedThings {
  dashboards: ObservedDashboard[];
  alerts: ObservedAlert[];
}

/**
 * Dashboards and alerts of everything, e.g. of one Grafana.
 *
 * Reading takes few calls however many components there are, and is repeated
 * by a feed; no page view reads.
 *
 * @public
 */
export interface ObservabilitySource {
  /** Name in the configuration; annotations may name it. */
  readonly instance: string;
  /** For people, e.g. `Grafana main`. */
  readonly title: string;
  /**
   * Everything, in no particular order.
   *
   * @throws NotAllowedError - the credentials are not accepted, or may not look.
   * @throws ServiceUnavailableError - it cannot be reached, throttles, or
   * answers what cannot be used.
   */
  read(signal: AbortSignal): Promise<ObservedThings>;
}

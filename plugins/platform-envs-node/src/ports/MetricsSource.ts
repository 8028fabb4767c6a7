/** Which moments are asked for: from `startMs` to `endMs`, both included, each `stepMs`. @public */
export interface MetricsRange {
  /** Milliseconds since 1970, a multiple of `stepMs`. */
  startMs: number;
  endMs: number;
  stepMs: number;
}

/** What a series is about; a label that the source does not have is absent. @public */
export interface MetricsSubject {
  /** Name of the component as the metrics have it. */
  component: string;
  environment?: string;
  namespace?: string;
  cluster?: string;
}

/** Figures of the requests to one subject. @public */
export interface MeasuredRequests {
  subject: MetricsSubject;
  /**
   * One value per moment of the range; NaN where nothing was measured.
   * Requests a second; errors a second; seconds; seconds.
   */
  requests: number[];
  errors: number[];
  latencyP50: number[];
  latencyP95: number[];
}

/**
 * Request figures of all components at once, e.g. from one Prometheus.
 *
 * @public
 */
export interface MetricsSource {
  /** Name in the configuration. */
  readonly instance: string;
  /** For people, e.g. `Prometheus main`. */
  readonly title: string;
  /**
   * Names of the environments (entity name, or short name) that it measures;
   * absent for a source of all.
   */
  readonly environments?: string[];
  /**
   * The figures of every subject, in no particular order and in few calls: as
   * many as there are figures, whatever the number of subjects.
   *
   * Where no subject at all has a counter of errors the errors are NaN: it is
   * then not known what this source calls an error. Where others have one, a
   * subject without has had none: zero.
   *
   * @throws NotAllowedError - the credentials are not accepted.
   * @throws ServiceUnavailableError - it cannot be reached, throttles, or
   * answers what cannot be used.
   */
  readRequests(
    range: MetricsRange,
    signal: AbortSignal,
  ): Promise<MeasuredRequests[]>;
}

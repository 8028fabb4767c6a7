/** The newest run of a repository's CI for a push. @public */
export interface BuildRun {
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  /** Where a person sees it. */
  url: string;
  /** As the CI calls it. */
  name: string;
  /** Commit that it builds, 40 hex digits. */
  commit: string;
  /** ISO 8601 UTC. */
  startedAt: string;
  /** ISO 8601 UTC; absent while it runs. */
  finishedAt?: string;
  /** Of a failed one: which job and step, and what it said; absent where that is not told. */
  failure?: string;
}

/**
 * What builds images from pushes.
 *
 * @public
 */
export interface BuildSource {
  /**
   * The newest run for a push; undefined when there was none yet. Every call
   * asks the CI, so ask only while somebody waits for it.
   *
   * @param repository - `owner/name`
   * @throws NotFoundError - no such repository, or we may not see it.
   * @throws NotAllowedError - our credentials are refused.
   * @throws ServiceUnavailableError - it cannot be reached or answers nonsense.
   *   Trying again may help.
   */
  latestBuild(repository: string): Promise<BuildRun | undefined>;
}

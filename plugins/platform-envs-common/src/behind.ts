/**
 * A commit of an application's repository, as a list of changes shows it.
 *
 * @public
 */
export interface SourceCommit {
  /** 40 hex digits. */
  sha: string;
  author: string;
  /** ISO 8601 UTC, committer date. */
  committedAt: string;
  /** First line of the message. */
  subject: string;
  /** Page on the Git host; absent where there is none. */
  url?: string;
}

/**
 * How what Git says for an environment stands against what it says for another.
 *
 * `same`: the same image. `behind`: it lacks commits of the other. `ahead`: it
 * has commits that the other lacks. `diverged`: both. `unknown`: `reason` says
 * why. Without counts the order of the versions decides; then `reason` says
 * why the commits could not be counted.
 *
 * @public
 */
export interface Behind {
  /** Entity ref of the other environment. */
  environmentRef: string;
  state: 'same' | 'behind' | 'ahead' | 'diverged' | 'unknown';
  /** What stands here. */
  fromVersion?: string;
  /** What stands in the other environment. */
  toVersion?: string;
  /** How many commits of the other it lacks; set where it is behind or diverged. */
  commits?: number;
  /** How many commits it has that the other lacks; set where it is ahead or diverged. */
  ahead?: number;
  /** Why that cannot be told, or not in commits. */
  reason?: string;
  /**
   * The commits that it lacks, newest first, at most 50. Only in what tells of
   * one component, never on the board.
   */
  missing?: SourceCommit[];
}

import { SourceCommit } from './behind';
import { Release } from './release';
import { HealthStatus, Reading, SyncStatus } from './status';

/** What stands on one side of a comparison. @public */
export interface ComparisonSide {
  /** Entity ref. */
  environmentRef: string;
  /** What Git says here, or what runs here. */
  kind: 'desired' | 'live';
  /** Commit of the desired state that is looked at: 40 hex digits. */
  revision?: string;
}

/** The image on both sides. @public */
export interface ImageComparison {
  from: Reading<Release>;
  to: Reading<Release>;
  /** By digest; absent when that cannot be told. */
  same?: boolean;
}

/** The commits between two releases, seen from the `from` side. @public */
export interface CommitComparison {
  /** `owner/name` of the application's repository. */
  repository: string;
  /** Commits of `from` that `to` lacks, newest first, at most 200. */
  onlyFrom: SourceCommit[];
  /** Commits of `to` that `from` lacks, newest first, at most 200. */
  onlyTo: SourceCommit[];
  /** How many there are in all, which may be more than are listed. */
  totals: { onlyFrom: number; onlyTo: number };
  /** The whole difference on the Git host. */
  url?: string;
}

/** One setting that differs. @public */
export interface ConfigDifference {
  /** What kind of setting it is. */
  group: 'replicas' | 'literal' | 'environment' | 'resources' | 'other';
  /** Where it stands, e.g. `app-config · LOG_LEVEL` or `Deployment backend · memory limit`. */
  key: string;
  /** Absent: this side does not have it. */
  from?: string;
  /** Absent: this side does not have it. */
  to?: string;
  /** It is a secret: what it says is told nowhere, only that it differs. */
  masked?: boolean;
}

/** What the two overlays say apart from the image. @public */
export interface ConfigComparison {
  /** By group, then by key. */
  differences: ConfigDifference[];
  /** Files that were looked at, by side. */
  files: { from: string[]; to: string[] };
}

/** One Kubernetes object on both sides. @public */
export interface ObjectComparison {
  /** API group; empty for the core group. */
  group: string;
  kind: string;
  name: string;
  /** `onlyFrom` and `onlyTo`: the other side has no such object. */
  state: 'same' | 'different' | 'onlyFrom' | 'onlyTo';
  /** YAML; absent on the side that does not have it, and where both are the same. */
  from?: string;
  /** YAML; absent on the side that does not have it, and where both are the same. */
  to?: string;
  /** Unified diff of both, without a header; absent where they are the same. */
  diff?: string;
  /** Values of a Secret were replaced before they were compared by eye. */
  masked?: boolean;
  sync?: SyncStatus;
  health?: HealthStatus;
}

/** What would be applied on both sides, object by object. @public */
export interface RenderedComparison {
  /** Differing ones first, then by kind and name. */
  objects: ObjectComparison[];
  /**
   * What differs between environments by nature and was set aside before
   * comparing, e.g. `metadata.namespace`. Empty for desired against live.
   */
  setAside: string[];
}

/**
 * What differs between a component in two environments, or between what Git
 * says and what runs in one. A section that cannot be had says why; the others
 * are there all the same.
 *
 * @public
 */
export interface ComponentComparison {
  componentRef: string;
  from: ComparisonSide;
  to: ComparisonSide;
  image: ImageComparison;
  commits: Reading<CommitComparison>;
  config: Reading<ConfigComparison>;
  rendered: Reading<RenderedComparison>;
}

/**
 * What is compared: two environments by ref, or what Git says with what runs
 * in one of them.
 *
 * @public
 */
export type ComparisonQuery =
  | { from: string; to: string }
  | { environment: string; against: 'live' };

import { CellResource, DeliveryCell } from './api';
import { SyncWindowState } from './applicationDetail';
import { EnvironmentRuntime } from './environment';
import { Release } from './release';
import { HealthStatus, SourceState, SyncStatus } from './status';

/** What Git says about one component in one environment. @public */
export type DesiredFact =
  | { kind: 'released'; release: Release; committedAt?: string }
  /** The file is there and says that nothing was ever released. */
  | { kind: 'unreleased' }
  /** There is no file. */
  | { kind: 'absent' }
  /** It could not be read, and why. */
  | { kind: 'unknown'; reason: string };

/** What the deployment system says about one cell: Argo CD of an application, ECS of a service. @public */
export interface ApplicationFact {
  name: string;
  automated: boolean;
  sync: SyncStatus;
  /** ISO 8601 UTC time since when `sync` is what it is, where that was seen. */
  syncSince?: string;
  health: HealthStatus;
  healthMessage?: string;
  healthSince?: string;
  /** The image of the component among those that run. */
  running?: Release;
  /** ISO 8601 UTC time of the last deployment; absent when never deployed. */
  deployedAt?: string;
  conditions: Array<{ type: string; message: string }>;
  operation?: {
    phase: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
  };
  resources: CellResource[];
  /** Absent when no window concerns it. */
  syncWindow?: SyncWindowState;
  /** ISO 8601 UTC; set while it is being deleted. */
  deletedAt?: string;
  /** Why what Argo CD says about it cannot be used. */
  problem?: string;
}

/** Everything that decides what is said about one cell. @public */
export interface DeliveryFacts {
  runtime: EnvironmentRuntime;
  desired: DesiredFact;
  application?: ApplicationFact;
  source: { state: SourceState; observedAt?: string; message?: string };
}

/** What is said about one cell. @public */
export type DeliveryJudgement = Pick<
  DeliveryCell,
  'state' | 'sentence' | 'since'
>;

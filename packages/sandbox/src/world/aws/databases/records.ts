import { RunPhase } from '../phases';

/** Times are epoch milliseconds throughout: records are kept as JSON. */

/**
 * What a cluster or instance was from a time on; its metrics and its cost follow.
 * It does not run while stopped, starting for the first time, or deleted.
 */
export interface Phase extends RunPhase {
  /** Takes writes: the writing instance, or the primary cluster of a global database. */
  writes: boolean;
  /** Region that a secondary cluster copies from. */
  sourceRegion?: string;
  /** Class of an instance that has had several. */
  instanceClass?: string;
}

/** Status words of clusters and instances that the sandbox goes through. */
export type DatabaseStatus =
  | 'creating'
  | 'available'
  | 'modifying'
  | 'stopping'
  | 'stopped'
  | 'starting'
  | 'deleting'
  | 'failing-over'
  | 'promoting'
  | 'rebooting';

/** What clusters and instances have in common. */
interface DatabaseRecord {
  /** Lower case. */
  id: string;
  accountId: string;
  region: string;
  arn: string;
  engine: string;
  engineVersion: string;
  status: DatabaseStatus;
  deletionProtection: boolean;
  parameterGroup: string;
  subnetGroup: string;
  port: number;
  backupRetentionDays: number;
  tags: Record<string, string>;
  createdAtMs: number;
  /** Set when it is gone; what it measured stays readable. */
  deletedAtMs?: number;
  /** Set while stopped: when it starts by itself. */
  startsByItselfAtMs?: number;
  /** Oldest first, never empty. */
  history: Phase[];
}

/** A DB instance: a member of an Aurora cluster, or an RDS instance that stands alone. */
export interface DatabaseInstance extends DatabaseRecord {
  availabilityZone: string;
  instanceClass: string;
  /** Identifier of the Aurora cluster; undefined for plain RDS. */
  clusterId: string | undefined;
  /** Writes; false for Aurora readers and RDS read replicas. */
  isWriter: boolean;
  /** Identifier of the RDS instance that this one replicates. */
  replicaOf: string | undefined;
  /** Waits for the next maintenance window, or for an immediate change. */
  pendingInstanceClass?: string;
  /** 0 is promoted first. */
  promotionTier: number;
  /** Only for plain RDS. */
  allocatedGb: number;
  masterUsername: string | undefined;
  databaseName: string | undefined;
  multiAz: boolean;
}

/** An Aurora cluster in one region. */
export interface DatabaseCluster extends DatabaseRecord {
  /** Identifier of the global cluster that it is part of. */
  globalClusterId: string | undefined;
  /** False for the secondary clusters of a global database. */
  isWriter: boolean;
  /** Region of the writing cluster; its own unless it is a secondary. */
  sourceRegion: string;
  masterUsername: string | undefined;
  databaseName: string | undefined;
  writeForwarding: boolean;
  /** Serverless v2 capacity in ACUs. */
  serverless?: { minimum: number; maximum: number };
}

/** A switchover or failover of a global database that is under way. */
export interface GlobalFailover {
  status: 'pending' | 'switching-over' | 'failing-over' | 'cancelling';
  fromArn: string;
  toArn: string;
  allowsDataLoss: boolean;
}

/** An Aurora global database: one writing cluster and its secondaries in other regions. */
export interface GlobalDatabase {
  id: string;
  accountId: string;
  arn: string;
  engine: string;
  engineVersion: string;
  status:
    | 'creating'
    | 'available'
    | 'modifying'
    | 'deleting'
    | 'switching-over'
    | 'failing-over';
  deletionProtection: boolean;
  databaseName: string | undefined;
  storageEncrypted: boolean;
  /** ARNs of the clusters; the first writes. Empty until one is added. */
  memberArns: string[];
  /** ARNs of members that are being brought back in line after a failover. */
  resyncing: string[];
  failover?: GlobalFailover;
  tags: Record<string, string>;
}

/** A snapshot that somebody asked for. */
export interface ClusterSnapshot {
  id: string;
  clusterId: string;
  accountId: string;
  region: string;
  arn: string;
  status: 'creating' | 'available';
  engine: string;
  engineVersion: string;
  port: number;
  masterUsername: string | undefined;
  clusterCreatedAtMs: number;
  createdAtMs: number;
  tags: Record<string, string>;
}

/** Where an event happened; RDS keeps them apart. */
export type EventSource =
  | 'db-instance'
  | 'db-cluster'
  | 'db-cluster-snapshot'
  | 'db-parameter-group'
  | 'db-security-group'
  | 'db-snapshot'
  | 'custom-engine-version'
  | 'db-proxy'
  | 'blue-green-deployment'
  | 'db-shard-group'
  | 'zero-etl';

/** An entry of the journal; RDS gives the last 14 days. */
export interface DatabaseEvent {
  accountId: string;
  region: string;
  sourceType: EventSource;
  sourceId: string;
  sourceArn: string;
  message: string;
  categories: string[];
  atMs: number;
}

/** Something that will be over after some time; it outlives a restart. */
export interface PendingStep {
  /** Which step, as registered with the fleet. */
  name: string;
  /** ARN of what it is about. */
  arn: string;
  dueMs: number;
  data?: Record<string, unknown>;
}

/** All that the fleet keeps on disk. */
export interface FleetState {
  globals: GlobalDatabase[];
  clusters: DatabaseCluster[];
  instances: DatabaseInstance[];
  snapshots: ClusterSnapshot[];
  events: DatabaseEvent[];
  steps: PendingStep[];
}

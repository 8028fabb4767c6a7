import { RunPhase } from '../phases';

/** Times are epoch milliseconds: records are kept as JSON. */

/** What a node was from a time on. */
export interface NodePhase extends RunPhase {
  primary: boolean;
  /** Type of a node that has had several. */
  nodeType?: string;
}

/** A node of a replication group; ElastiCache calls it a cache cluster with one node. */
export interface CacheNode {
  /** `<group>-001` */
  id: string;
  zone: string;
  status: 'creating' | 'available' | 'modifying' | 'deleting';
  primary: boolean;
  createdAtMs: number;
  deletedAtMs?: number;
  history: NodePhase[];
}

/** A replication group without sharding: a primary and its replicas. */
export interface CacheGroup {
  id: string;
  accountId: string;
  region: string;
  arn: string;
  description: string;
  status: 'creating' | 'available' | 'modifying' | 'deleting';
  engine: 'redis' | 'valkey';
  engineVersion: string;
  nodeType: string;
  automaticFailover: boolean;
  multiAz: boolean;
  port: number;
  snapshotRetentionDays: number;
  nodes: CacheNode[];
  tags: Record<string, string>;
  createdAtMs: number;
  deletedAtMs?: number;
}

export interface CacheEvent {
  accountId: string;
  region: string;
  sourceId: string;
  sourceType: 'cache-cluster' | 'replication-group';
  message: string;
  atMs: number;
}

/** A step that is under way; it outlives a restart. */
export interface CacheStep {
  kind: 'created' | 'modified' | 'deleted' | 'failed-over';
  arn: string;
  dueMs: number;
}

export interface CacheState {
  groups: CacheGroup[];
  events: CacheEvent[];
  steps: CacheStep[];
}

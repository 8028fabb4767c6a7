import { Config } from '@backstage/config';
import {
  ClusterAccess,
  PaceIntervals,
  readClusterAccess,
} from '@fairway/plugin-platform-envs-node';
import { readIntervals } from './readValues';

/** What only people need is hardly asked for while nobody looks. */
const DAY_MS = 24 * 60 * 60_000;

/** Quotas and nodes move by the minute; asking more often shows little more. */
const CLUSTERS: PaceIntervals = { activeMs: 60_000, idleMs: DAY_MS };

/** Stacks change seldom, and AWS throttles by account. */
const STACKS: PaceIntervals = { activeMs: 10 * 60_000, idleMs: DAY_MS };

/** CloudWatch has one value a minute, and charges by the question. */
const LAG: PaceIntervals = { activeMs: 60_000, idleMs: DAY_MS };

/** How clusters, stacks and global databases are looked at. */
export interface InfrastructureConfig {
  /** Absent: nothing is said of any cluster. */
  clusterAccess?: (cluster: string) => ClusterAccess;
  clusters: PaceIntervals;
  stacks: PaceIntervals;
  replicationLag: PaceIntervals;
}

/** @throws InputError - a value is wrong; the message has its full path. */
export function readInfrastructure(root: Config): InfrastructureConfig {
  const clusterAccess = readClusterAccess(root);
  return {
    ...(clusterAccess && { clusterAccess }),
    clusters: readIntervals(root, 'platformEnvs.clusters', CLUSTERS),
    stacks: readIntervals(root, 'platformEnvs.stacks', STACKS),
    replicationLag: readIntervals(root, 'platformEnvs.replicationLag', LAG),
  };
}

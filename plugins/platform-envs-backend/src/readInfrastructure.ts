import { Config } from '@backstage/config';
import { HumanDuration } from '@backstage/types';
import {
  ClusterAccess,
  readClusterAccess,
} from '@fairway/plugin-platform-envs-node';
import { readDuration, readMilliseconds } from './readValues';

/** How clusters and stacks are looked at; what is absent has a default elsewhere. */
export interface InfrastructureConfig {
  /** Absent: nothing is said of any cluster. */
  clusterAccess?: (cluster: string) => ClusterAccess;
  capacityEvery?: HumanDuration;
  stacksEvery?: HumanDuration;
}

/** @throws InputError - a value is wrong; the message has its full path. */
export function readInfrastructure(root: Config): InfrastructureConfig {
  const clusterAccess = readClusterAccess(root);
  const capacityEvery = readInterval(
    root,
    'platformEnvs.clusters.pollInterval',
  );
  const stacksEvery = readInterval(root, 'platformEnvs.stacks.pollInterval');
  return {
    ...(clusterAccess && { clusterAccess }),
    ...(capacityEvery && { capacityEvery }),
    ...(stacksEvery && { stacksEvery }),
  };
}

function readInterval(root: Config, path: string): HumanDuration | undefined {
  readMilliseconds(root, path);
  return readDuration(root, path);
}

import { Conditions } from '../Conditions';
import { DatabaseFleet } from '../DatabaseFleet';
import { ClusterChanges } from './ClusterChanges';
import { ClusterRuns } from './ClusterRuns';
import { ClusterSnapshots } from './ClusterSnapshots';
import { GlobalChanges } from './GlobalChanges';
import { GlobalFailovers } from './GlobalFailovers';
import { InstanceChanges } from './InstanceChanges';

/** The rules by which databases change. */
export interface DatabaseChanges {
  clusters: ClusterChanges;
  clusterRuns: ClusterRuns;
  snapshots: ClusterSnapshots;
  instances: InstanceChanges;
  globals: GlobalChanges;
  globalFailovers: GlobalFailovers;
}

/** Makes the fleet move: also goes on with what a restart interrupted. */
export function databaseChanges(
  fleet: DatabaseFleet,
  conditions: Conditions,
): DatabaseChanges {
  const snapshots = new ClusterSnapshots(fleet);
  const clusters = new ClusterChanges(fleet, snapshots);
  const changes = {
    clusters,
    clusterRuns: new ClusterRuns(fleet),
    snapshots,
    instances: new InstanceChanges(fleet),
    globals: new GlobalChanges(fleet, clusters),
    globalFailovers: new GlobalFailovers(fleet, snapshots, conditions),
  };
  fleet.resume();
  return changes;
}

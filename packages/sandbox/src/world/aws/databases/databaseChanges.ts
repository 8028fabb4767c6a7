import { Conditions } from '../Conditions';
import { DatabaseFleet } from '../DatabaseFleet';
import { ClusterChanges } from './ClusterChanges';
import { GlobalChanges } from './GlobalChanges';
import { InstanceChanges } from './InstanceChanges';

/** The rules by which databases change. */
export interface DatabaseChanges {
  clusters: ClusterChanges;
  instances: InstanceChanges;
  globals: GlobalChanges;
}

/** Makes the fleet move: also goes on with what a restart interrupted. */
export function databaseChanges(
  fleet: DatabaseFleet,
  conditions: Conditions,
): DatabaseChanges {
  const clusters = new ClusterChanges(fleet);
  const changes = {
    clusters,
    instances: new InstanceChanges(fleet),
    globals: new GlobalChanges(fleet, clusters, conditions),
  };
  fleet.resume();
  return changes;
}

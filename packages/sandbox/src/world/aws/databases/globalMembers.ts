import { AwsError } from '../AwsError';
import { DatabaseFleet } from '../DatabaseFleet';
import { DatabaseCluster, GlobalDatabase } from './records';

/** A member by ARN or identifier. @throws AwsError - DBClusterNotFoundFault. */
export function findMember(
  fleet: DatabaseFleet,
  database: GlobalDatabase,
  wanted: string,
): DatabaseCluster {
  const found = fleet
    .membersOf(database)
    .find(({ id, arn }) => arn === wanted || id === wanted);
  if (!found) {
    throw new AwsError(
      'DBClusterNotFoundFault',
      `DB cluster ${wanted} is not a member of global cluster ${database.id}`,
    );
  }
  return found;
}

/** Tells a cluster in which region the writer is; in its own, its first instance by tier writes. */
export function setWriter(
  fleet: DatabaseFleet,
  cluster: DatabaseCluster,
  writerRegion: string,
): void {
  const writes = cluster.region === writerRegion;
  cluster.isWriter = writes;
  cluster.sourceRegion = writerRegion;
  fleet.changePhase(cluster, {
    writes,
    sourceRegion: writes ? undefined : writerRegion,
  });
  const instances = fleet
    .instancesOf(cluster)
    .sort((a, b) => a.promotionTier - b.promotionTier);
  instances.forEach((instance, index) => {
    instance.isWriter = writes && index === 0;
    fleet.changePhase(instance, { writes: instance.isWriter });
  });
}

import type { DatabaseRecords } from '../DatabaseFleet';
import { serverlessCapacity, volumeBytes } from '../databases/measurements';
import { DatabaseCluster, DatabaseInstance } from '../databases/records';
import { Meter } from './CostLine';
import { hoursOfPhases, Hours, monthlyGibibytes } from './hours';
import {
  ACU_HOUR,
  AURORA_STORAGE,
  databaseHour,
  GP3_STORAGE,
  MULTI_AZ_FACTOR,
} from './prices';

const SERVICE = 'Amazon Relational Database Service';
const GIB = 1024 ** 3;
const SERVERLESS = 'db.serverless';

/**
 * What the databases are charged for: instances by the hour while they run,
 * storage also while they are stopped.
 *
 * @see https://aws.amazon.com/rds/aurora/pricing/
 */
export function databaseMeters({
  clusters,
  instances,
}: DatabaseRecords): Meter[] {
  return [
    ...clusters.map(clusterStorage),
    ...instances.flatMap(instance =>
      instance.clusterId
        ? instanceHours(instance, clusterOf(instance, clusters))
        : [...instanceHours(instance, undefined), plainStorage(instance)],
    ),
  ];
}

function clusterOf(
  { clusterId, accountId, region }: DatabaseInstance,
  clusters: DatabaseCluster[],
): DatabaseCluster | undefined {
  return clusters.find(
    cluster =>
      cluster.id === clusterId &&
      cluster.accountId === accountId &&
      cluster.region === region,
  );
}

/** One meter for each class that the instance has had. */
function instanceHours(
  instance: DatabaseInstance,
  cluster: DatabaseCluster | undefined,
): Meter[] {
  const classes = new Set(
    instance.history.map(
      phase => phase.instanceClass ?? instance.instanceClass,
    ),
  );
  return [...classes].map((instanceClass): Meter => {
    const hours = hoursOfPhases(
      instance.history,
      phase =>
        (phase.instanceClass ?? instance.instanceClass) === instanceClass,
    );
    return {
      ...subjectOf(instance),
      ...(instanceClass === SERVERLESS
        ? capacityHours(instance, cluster, hours)
        : classHours(instance, instanceClass, hours)),
    };
  });
}

function classHours(
  { clusterId, multiAz }: DatabaseInstance,
  instanceClass: string,
  hours: Hours,
): Pick<Meter, 'usage' | 'usedBetween' | 'hourlyUse'> {
  const isAurora = clusterId !== undefined;
  const price = databaseHour(instanceClass, isAurora);
  const isMirrored = multiAz && !isAurora;
  return {
    usage: {
      name: `${
        isMirrored ? 'Multi-AZUsage' : 'InstanceUsage'
      }:${instanceClass}`,
      unit: 'Hrs',
      price: isMirrored ? price * MULTI_AZ_FACTOR : price,
    },
    usedBetween: hours.between,
    hourlyUse: hours.isOn ? 1 : 0,
  };
}

function capacityHours(
  { id }: DatabaseInstance,
  cluster: DatabaseCluster | undefined,
  hours: Hours,
): Pick<Meter, 'usage' | 'usedBetween' | 'hourlyUse'> {
  const { minimum, maximum } = cluster?.serverless ?? {
    minimum: 0.5,
    maximum: 1,
  };
  const capacity = serverlessCapacity(id, minimum, maximum);
  return {
    usage: {
      name: 'Aurora:ServerlessV2Usage',
      unit: 'ACU-Hr',
      price: ACU_HOUR,
    },
    usedBetween: (fromMs, untilMs) =>
      hours.between(fromMs, untilMs, atMs => capacity(atMs / 60_000)),
    hourlyUse: hours.isOn ? (minimum + maximum) / 2 : 0,
  };
}

function clusterStorage(cluster: DatabaseCluster): Meter {
  const bytes = volumeBytes(cluster);
  return {
    ...subjectOf(cluster),
    ...monthlyGibibytes(cluster, atMs => bytes(atMs / 60_000) / GIB),
    usage: {
      name: 'Aurora:StorageUsage',
      unit: 'GB-Mo',
      price: AURORA_STORAGE,
    },
  };
}

function plainStorage(instance: DatabaseInstance): Meter {
  const { allocatedGb, multiAz } = instance;
  return {
    ...subjectOf(instance),
    ...monthlyGibibytes(instance, () => allocatedGb),
    usage: {
      name: multiAz ? 'RDS:Multi-AZ-GP3-Storage' : 'RDS:GP3-Storage',
      unit: 'GB-Mo',
      price: multiAz ? GP3_STORAGE * MULTI_AZ_FACTOR : GP3_STORAGE,
    },
  };
}

function subjectOf({
  accountId,
  region,
  arn,
  tags,
}: DatabaseCluster | DatabaseInstance) {
  return { accountId, region, service: SERVICE, resourceId: arn, tags };
}

import { AwsError } from '../AwsError';
import { checkMasterUser } from './checks';
import type { InstanceRequest } from './InstanceChanges';
import { DatabaseCluster } from './records';

const INSTANCE_CLASS = /^db\.(serverless|[a-z0-9-]+\.[a-z0-9]+)$/;

/** @throws AwsError - InvalidParameterValue. */
export function checkClass(instanceClass: string): void {
  if (!INSTANCE_CLASS.test(instanceClass)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid DB Instance class: ${instanceClass}`,
    );
  }
}

/** Whether a cluster takes a new member. @throws AwsError - InvalidParameterCombination, InvalidDBClusterStateFault. */
export function checkMember(
  cluster: DatabaseCluster,
  request: InstanceRequest,
): void {
  if (cluster.engine !== request.engine) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The engine name requested for your DB instance (${request.engine}) doesn't match the engine name of your DB cluster (${cluster.engine}).`,
    );
  }
  if (request.deletionProtection !== undefined) {
    throw protectedByCluster();
  }
  if (!['available', 'creating'].includes(cluster.status)) {
    throw new AwsError(
      'InvalidDBClusterStateFault',
      `DbCluster ${cluster.id} is not in available state`,
    );
  }
}

/** Whether an instance can stand alone. @throws AwsError - InvalidParameterCombination, InvalidParameterValue. */
export function checkPlain(request: InstanceRequest): void {
  if (request.engine.startsWith('aurora')) {
    throw new AwsError(
      'InvalidParameterCombination',
      'DBClusterIdentifier is required for Aurora DB instances',
    );
  }
  if (request.engine !== 'postgres') {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid DB engine: ${request.engine}; the sandbox has postgres and Aurora`,
    );
  }
  if (!request.allocatedGb) {
    throw new AwsError(
      'InvalidParameterCombination',
      'AllocatedStorage must be specified for this DB engine',
    );
  }
  checkMasterUser({
    username: request.masterUsername,
    password: request.masterPassword,
    managed: request.managesPassword,
  });
}

/** What RDS says of an instance of a cluster that is to be protected. */
export function protectedByCluster(): AwsError {
  return new AwsError(
    'InvalidParameterCombination',
    'Deletion Protection can only be applied on the Cluster level, not for individual instances',
  );
}

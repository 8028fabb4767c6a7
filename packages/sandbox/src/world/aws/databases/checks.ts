import { AwsError } from '../AwsError';
import {
  DatabaseCluster,
  DatabaseInstance,
  DatabaseStatus,
  GlobalDatabase,
} from './records';

const IDENTIFIER = /^[a-z](?!.*--)[a-z0-9-]{0,62}$/;

/** An identifier as RDS keeps it, in lower case. @throws AwsError - InvalidParameterValue. */
export function readIdentifier(parameter: string, given: string): string {
  const id = given.toLocaleLowerCase('en-US');
  if (!IDENTIFIER.test(id) || id.endsWith('-')) {
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
    );
  }
  return id;
}

/** @throws AwsError - InvalidParameterCombination unless exactly one way of keeping data is chosen. */
export function checkFinalSnapshot(
  skip: boolean | undefined,
  finalId: string | undefined,
): void {
  if (!skip && !finalId) {
    throw new AwsError(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
    );
  }
  if (skip && finalId) {
    throw new AwsError(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier cannot be specified when deleting with SkipFinalSnapshot.',
    );
  }
}

/** @throws AwsError - InvalidParameterValue for a user without name or without a password. */
export function checkMasterUser(given: {
  username: string | undefined;
  password: string | undefined;
  managed: boolean | undefined;
}): void {
  const missing = [
    !given.username && 'MasterUsername',
    !given.password && !given.managed && 'MasterUserPassword',
  ].find(Boolean);
  if (missing) {
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter ${missing} must be provided and must not be blank.`,
    );
  }
  if (given.password !== undefined && given.password.length < 8) {
    throw new AwsError(
      'InvalidParameterValue',
      'The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.',
    );
  }
}

/** `16.4` to `17.1` is a major upgrade. @throws AwsError - InvalidParameterCombination. */
export function checkUpgrade(
  engine: string,
  from: string,
  to: string,
  allowsMajor: boolean | undefined,
): void {
  const numbers = (version: string) =>
    version.split(/\D+/).filter(Boolean).map(Number);
  const [before, after] = [numbers(from), numbers(to)];
  const isOlder = before.some(
    (part, index) =>
      (after[index] ?? 0) < part &&
      before.slice(0, index).every((same, at) => same === (after[at] ?? 0)),
  );
  if (after.length === 0 || isOlder) {
    throw new AwsError(
      'InvalidParameterCombination',
      `Cannot upgrade ${engine} from ${from} to ${to}`,
    );
  }
  if (after[0] !== before[0] && !allowsMajor) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.`,
    );
  }
}

/** @throws AwsError - InvalidDBClusterStateFault. */
export function checkClusterIs(
  { id, status }: DatabaseCluster,
  wanted: DatabaseStatus,
): void {
  if (status !== wanted) {
    throw new AwsError(
      'InvalidDBClusterStateFault',
      `DbCluster ${id} is not in ${wanted} state`,
    );
  }
}

/** @throws AwsError - InvalidDBInstanceStateFault. */
export function checkInstanceIs(
  { id, status }: DatabaseInstance,
  wanted: DatabaseStatus,
): void {
  if (status !== wanted) {
    throw new AwsError(
      'InvalidDBInstanceStateFault',
      `Instance ${id} is not in ${wanted} state.`,
    );
  }
}

/** @throws AwsError - InvalidGlobalClusterStateFault, also while a switchover or failover is under way. */
export function checkGlobalIsAvailable({
  id,
  status,
  failover,
}: GlobalDatabase): void {
  if (status !== 'available' || failover) {
    throw new AwsError(
      'InvalidGlobalClusterStateFault',
      `Global cluster ${id} is not in available state`,
    );
  }
}

/** Whether the resources of a stack are as its template says. @public */
export type StackDriftStatus =
  | 'in-sync'
  | 'drifted'
  | 'not-checked'
  | 'unknown';

/** A resource that is not as its stack made it. @public */
export interface DriftedResource {
  logicalId: string;
  physicalId?: string;
  /** `AWS::ECR::Repository` */
  type: string;
  change: 'modified' | 'deleted';
  /** Paths of the properties that differ, `/ImageTagMutability`; empty for a deleted one. */
  properties: string[];
}

/** A drift detection that somebody asked for here. @public */
export interface DriftDetection {
  state: 'running' | 'failed';
  /** ISO 8601 UTC. */
  startedAt: string;
  /** Entity ref of who asked. */
  startedBy: string;
  /** Why it failed. */
  message?: string;
}

/** How a stack was found to belong to an environment. @public */
export type StackMatch = 'tag' | 'name' | 'account';

/**
 * A CloudFormation stack.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
 * @public
 */
export interface Stack {
  /** ARN; unique over accounts and regions. */
  id: string;
  name: string;
  region: string;
  description?: string;
  /** As AWS spells it: `UPDATE_ROLLBACK_COMPLETE`. */
  status: string;
  /** Why it failed: that of the first resource that did, where AWS tells. */
  reason?: string;
  /** ISO 8601 UTC time of the last update, or of the creation. */
  changedAt: string;
  terminationProtected: boolean;
  drift: {
    status: StackDriftStatus;
    /** ISO 8601 UTC; absent when nobody ever looked. */
    checkedAt?: string;
    resources: DriftedResource[];
  };
  tags: Record<string, string>;
  /** Where the AWS console shows it. */
  consoleUrl: string;
}

/** A stack of an environment. @public */
export interface EnvironmentStack extends Omit<Stack, 'tags'> {
  match: StackMatch;
  detection?: DriftDetection;
}

/** What a viewer may do with an environment itself, and why not. @public */
export interface EnvironmentOperations {
  detectDrift: { allowed: boolean; reason?: string };
}

/** Body of `POST /environments/:namespace/:name/drift-detections`. @public */
export interface DetectDriftRequest {
  /** ARN of a stack of the environment. */
  stackId: string;
}

/** How well a stack status is. @public */
export type StackHealth = 'ok' | 'moving' | 'rolled-back' | 'failed';

/**
 * Reads a stack status. A completed rollback is not a success: what was asked
 * for is not there.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 * @public
 */
export function stackHealth(status: string): StackHealth {
  if (status.endsWith('_FAILED')) return 'failed';
  if (status.endsWith('_IN_PROGRESS')) return 'moving';
  if (/ROLLBACK_COMPLETE$/.test(status)) return 'rolled-back';
  return 'ok';
}

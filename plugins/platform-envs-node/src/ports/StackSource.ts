import { Stack, StackDriftStatus } from '@fairway/plugin-platform-envs-common';

/** An AWS account in a region. @public */
export interface StackPlace {
  /** Twelve digits. */
  accountId: string;
  region: string;
}

/** How a drift detection ended, or that it has not. @public */
export type DriftDetectionResult =
  | { state: 'running' }
  | { state: 'done'; status: StackDriftStatus }
  | { state: 'failed'; reason: string };

/**
 * The stacks of AWS accounts.
 *
 * Every method throws NotAllowedError when the credentials may not look, and
 * ServiceUnavailableError when AWS cannot be reached or throttles.
 *
 * @public
 */
export interface StackSource {
  /**
   * All stacks that are not nested in another, by name; deleted ones are left
   * out. An account without stacks gives an empty list.
   */
  listStacks(
    place: StackPlace,
    options: { signal: AbortSignal },
  ): Promise<Stack[]>;
  /**
   * Begins to compare a stack with its template. Returns the id to ask after.
   *
   * @throws ConflictError - the stack is changing, or detected already.
   * @throws NotFoundError - there is no such stack.
   */
  detectDrift(place: StackPlace, stackId: string): Promise<string>;
  getDriftDetection(
    place: StackPlace,
    detectionId: string,
  ): Promise<DriftDetectionResult>;
}

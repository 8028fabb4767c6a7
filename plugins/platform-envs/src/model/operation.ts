import {
  DEPLOYERS,
  EnvironmentRuntime,
} from '@fairway/plugin-platform-envs-common';

/** What can be asked of what deploys. */
export type Operation = 'refresh' | 'sync';

const ASKED: Record<Operation, string> = {
  refresh: 'is comparing with Git again; what it finds appears here by itself.',
  sync: 'was asked to sync; how it goes appears here by itself.',
};

/** What is said once it was asked. */
export function describeAsked(
  operation: Operation,
  runtime: EnvironmentRuntime,
): string {
  return `${DEPLOYERS[runtime].name} ${ASKED[operation]}`;
}

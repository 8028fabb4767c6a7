import {
  EnvironmentCapacity,
  EnvironmentStack,
  Observed,
  okReading,
} from '@fairway/plugin-platform-envs-common';
import { AT } from './builders';

const GI = 2 ** 30;

/** The capacity of a cluster with one quota and one node pool. */
export function aCapacity(
  overrides: Partial<EnvironmentCapacity['capacity']> = {},
): EnvironmentCapacity {
  return {
    cluster: 'sample-platform-ai-prod',
    sharedWith: [],
    namespace: 'sample-platform-ai',
    capacity: {
      pools: [
        {
          name: 'apps',
          instanceTypes: ['t3.xlarge'],
          architectures: ['amd64'],
          nodes: 3,
          ready: 3,
          capacity: { cpuCores: 12, memoryBytes: 48 * GI, pods: 174 },
          allocatable: { cpuCores: 11.8, memoryBytes: 45 * GI, pods: 174 },
          use: okReading({ cpuCores: 4.2, memoryBytes: 18 * GI }, AT),
        },
      ],
      unwellNodes: [],
      kubeletVersions: ['v1.33.5'],
      namespaces: [
        {
          name: 'sample-platform-ai',
          quotas: [
            {
              name: 'compute',
              lines: [
                {
                  resource: 'requests.cpu',
                  unit: 'cores',
                  hard: 30,
                  used: 28.5,
                },
                {
                  resource: 'limits.memory',
                  unit: 'bytes',
                  hard: 120 * GI,
                  used: 36 * GI,
                },
                { resource: 'pods', unit: 'count', hard: 60 },
              ],
            },
          ],
          use: okReading({ cpuCores: 1.25, memoryBytes: 6 * GI, pods: 14 }, AT),
        },
      ],
      ...overrides,
    },
  };
}

/** A stack that is as it should be. */
export function aStack(
  overrides: Partial<EnvironmentStack> = {},
): EnvironmentStack {
  const name = overrides.name ?? 'sample-platform-ai-prod-baseline';
  return {
    id: `arn:aws:cloudformation:ap-southeast-2:111100000003:stack/${name}/1`,
    name,
    region: 'ap-southeast-2',
    status: 'UPDATE_COMPLETE',
    changedAt: AT,
    terminationProtected: true,
    drift: { status: 'in-sync', checkedAt: AT, resources: [] },
    consoleUrl: `https://ap-southeast-2.console.aws.amazon.com/cloudformation/home#/stacks/${name}`,
    match: 'tag',
    ...overrides,
  };
}

/** A reading that is current. */
export function aLiveReading<T>(value: T): Observed<T> {
  return { state: 'live', value, observedAt: AT };
}

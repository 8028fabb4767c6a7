import type { V1ResourceQuota } from '@kubernetes/client-node';
import { ClusterFacts, toClusterCapacity } from './toClusterCapacity';

const OBSERVED_AT = '2026-11-23T10:00:00.000Z';

const useOf = (facts: Partial<ClusterFacts>) =>
  toClusterCapacity({
    quotas: [],
    nodes: [],
    nodeMetrics: [],
    podMetrics: [],
    namespaces: ['apps'],
    observedAt: OBSERVED_AT,
    ...facts,
  }).namespaces[0].use;

const quota = (
  used: Record<string, string> | undefined,
  spec: object = {},
): V1ResourceQuota => ({
  metadata: { name: 'compute', namespace: 'apps' },
  spec: { hard: { 'requests.cpu': '30' }, ...spec },
  status: { hard: { 'requests.cpu': '30' }, used },
});

describe('use of a namespace', () => {
  it('adds up what was measured', () => {
    const pod = {
      metadata: { name: 'a', namespace: 'apps' },
      containers: [{ usage: { cpu: '250m', memory: '1Mi' } }],
    };
    expect(useOf({ podMetrics: [pod, pod] })).toEqual({
      status: 'ok',
      value: { cpuCores: 0.5, memoryBytes: 2 * 2 ** 20, pods: 2 },
      observedAt: OBSERVED_AT,
    });
  });

  it.each([
    ['no quota counts', []],
    ['the quota has not been counted', [quota(undefined)]],
    ['the quota counts others', [quota({ 'requests.storage': '0' })]],
    [
      'the quota counts some of them',
      [quota({ 'requests.cpu': '0' }, { scopes: ['BestEffort'] })],
    ],
    ['the quota counts pods', [quota({ 'requests.cpu': '2' })]],
  ])('F44 is unknown, not zero, while no pod is measured and %s', (_, quotas) =>
    expect(useOf({ quotas })).toEqual({
      status: 'unavailable',
      reason:
        'metrics-server tells of no pod in apps: it has measured none yet, or none runs',
      observedAt: OBSERVED_AT,
    }),
  );

  it('is zero where a quota says that nothing runs', () => {
    expect(useOf({ quotas: [quota({ 'requests.cpu': '0' })] })).toEqual({
      status: 'ok',
      value: { cpuCores: 0, memoryBytes: 0, pods: 0 },
      observedAt: OBSERVED_AT,
    });
  });
});

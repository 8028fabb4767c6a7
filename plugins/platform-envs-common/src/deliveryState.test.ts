import { formatAge } from './age';
import { ApplicationFact, DeliveryFacts } from './deliveryFacts';
import { compareWithPrevious, judgeDelivery } from './deliveryState';
import { Release } from './release';

const NOW = new Date('2026-03-10T12:00:00Z');
const THREE_DAYS_AGO = '2026-03-07T11:00:00Z';
const FOUR_MIN_AGO = '2026-03-10T11:56:00Z';

const release = (version: string): Release => ({
  image: 'registry.example.com/web',
  version,
  digest: `sha256:${Buffer.from(version.padEnd(32, '0')).toString('hex')}`,
});

const released = (version: string): DeliveryFacts['desired'] => ({
  kind: 'released',
  release: release(version),
});

const app = (overrides: Partial<ApplicationFact> = {}): ApplicationFact => ({
  name: 'web-prod',
  automated: false,
  sync: 'Synced',
  health: 'Healthy',
  running: release('1.8.2'),
  deployedAt: THREE_DAYS_AGO,
  conditions: [],
  resources: [],
  ...overrides,
});

const facts = (overrides: Partial<DeliveryFacts> = {}): DeliveryFacts => ({
  runtime: 'eks',
  desired: released('1.8.2'),
  application: app(),
  source: { state: 'live', observedAt: NOW.toISOString() },
  ...overrides,
});

const withApp = (overrides: Partial<ApplicationFact>) =>
  facts({ application: app(overrides) });

describe('judgeDelivery', () => {
  const table: Array<[string, DeliveryFacts, string, string]> = [
    [
      'what Git says runs',
      facts(),
      'healthy',
      'Healthy and synced; 1.8.2 for 3 days.',
    ],
    [
      'it was deployed before history was kept',
      withApp({ deployedAt: undefined }),
      'healthy',
      'Healthy and synced; 1.8.2.',
    ],
    [
      'one resource differs and nobody syncs',
      withApp({
        sync: 'OutOfSync',
        resources: [
          { kind: 'Deployment', name: 'web', sync: 'OutOfSync' },
          { kind: 'Service', name: 'web', sync: 'Synced' },
        ],
      }),
      'out-of-sync',
      'Out of sync: 1 resource differs; Argo CD does not sync this environment on its own.',
    ],
    [
      'two resources differ and Argo CD will sync',
      withApp({
        sync: 'OutOfSync',
        automated: true,
        resources: [
          { kind: 'Deployment', name: 'web', sync: 'OutOfSync' },
          { kind: 'Service', name: 'web', sync: 'OutOfSync' },
        ],
      }),
      'out-of-sync',
      'Out of sync: 2 resources differ; Argo CD syncs this environment on its own.',
    ],
    [
      'the last sync failed',
      withApp({
        sync: 'OutOfSync',
        operation: { phase: 'Failed', message: 'quota exceeded' },
      }),
      'out-of-sync',
      'Out of sync: what runs differs from Git; the last sync failed: quota exceeded.',
    ],
    [
      'a pod cannot start',
      withApp({
        health: 'Degraded',
        healthSince: FOUR_MIN_AGO,
        resources: [
          {
            kind: 'Deployment',
            name: 'web',
            health: 'Degraded',
            message: 'ImagePullBackOff: not found',
          },
        ],
      }),
      'degraded',
      'Degraded for 4 min: Deployment web: ImagePullBackOff: not found.',
    ],
    [
      'the message names the resource itself',
      withApp({
        health: 'Degraded',
        resources: [
          {
            kind: 'Deployment',
            name: 'web',
            health: 'Degraded',
            message: 'Deployment "web" exceeded its progress deadline',
          },
        ],
      }),
      'degraded',
      'Degraded: Deployment "web" exceeded its progress deadline.',
    ],
    [
      'it is degraded and out of sync: the worse comes first',
      withApp({ health: 'Degraded', sync: 'OutOfSync' }),
      'degraded',
      'Degraded; Argo CD gives no reason.',
    ],
    [
      'a sync runs',
      withApp({
        sync: 'OutOfSync',
        health: 'Missing',
        operation: { phase: 'Running', startedAt: FOUR_MIN_AGO },
      }),
      'progressing',
      'Syncing to 1.8.2 for 4 min.',
    ],
    [
      'a rollout goes on',
      withApp({ health: 'Progressing', healthSince: FOUR_MIN_AGO }),
      'progressing',
      'Progressing for 4 min.',
    ],
    [
      'it is suspended',
      withApp({ health: 'Suspended', healthMessage: 'Rollout is paused' }),
      'suspended',
      'Suspended: Rollout is paused.',
    ],
    [
      'resources are gone',
      withApp({
        health: 'Missing',
        sync: 'OutOfSync',
        resources: [{ kind: 'Deployment', name: 'web', health: 'Missing' }],
      }),
      'missing',
      'Missing: 1 resource does not exist in the cluster.',
    ],
    [
      'it waits for its first sync',
      withApp({
        health: 'Missing',
        sync: 'OutOfSync',
        running: undefined,
        deployedAt: undefined,
      }),
      'missing',
      'Waiting for its first sync: Git says 1.8.2; Argo CD does not sync this environment on its own.',
    ],
    [
      'nothing was ever released and the application waits',
      {
        ...withApp({
          health: 'Missing',
          sync: 'OutOfSync',
          running: undefined,
          deployedAt: undefined,
        }),
        desired: { kind: 'unreleased' },
      },
      'not-deployed',
      'Not deployed yet.',
    ],
    [
      'Argo CD cannot render it',
      withApp({
        sync: 'Unknown',
        conditions: [
          { type: 'ComparisonError', message: 'kustomize build failed' },
        ],
      }),
      'unknown',
      'Argo CD cannot compare it with Git: kustomize build failed.',
    ],
    [
      'Git moved on and Argo CD has not looked',
      { ...facts(), desired: released('1.9.0') },
      'out-of-sync',
      '1.8.2 runs, but Git says 1.9.0; Argo CD has not seen that yet.',
    ],
    [
      'Git moved on where Argo CD syncs on its own',
      { ...withApp({ automated: true }), desired: released('1.9.0') },
      'progressing',
      '1.8.2 runs, but Git says 1.9.0; Argo CD has not seen that yet.',
    ],
    [
      'health is unknown',
      withApp({ health: 'Unknown' }),
      'unknown',
      'Argo CD says Unknown, and gives no reason.',
    ],
    [
      'Argo CD went quiet: what was green is not green any more',
      facts({ source: { state: 'stale', observedAt: FOUR_MIN_AGO } }),
      'unknown',
      'Argo CD has not answered for 4 min; last known: Healthy.',
    ],
    [
      'Argo CD answers nonsense',
      facts({
        application: app({ health: 'Degraded', sync: 'OutOfSync' }),
        source: {
          state: 'error',
          observedAt: FOUR_MIN_AGO,
          message: 'it answered with HTML',
        },
      }),
      'unknown',
      'Argo CD has not answered for 4 min (it answered with HTML); last known: Degraded, out of sync.',
    ],
    [
      'its document cannot be read',
      withApp({ problem: 'It cannot be read: status.resources.' }),
      'unknown',
      'It cannot be read: status.resources.',
    ],
    [
      'there is no application',
      facts({ application: undefined }),
      'missing',
      'Git says 1.8.2, but Argo CD has no application for it.',
    ],
    [
      'Argo CD has never answered',
      facts({
        application: undefined,
        source: { state: 'stale', message: 'connection refused' },
      }),
      'unknown',
      'Git says 1.8.2; Argo CD has not answered yet (connection refused).',
    ],
    [
      'the environment is not on Kubernetes',
      facts({
        runtime: 'ecs',
        application: undefined,
        source: { state: 'absent', message: 'no source for ECS' },
      }),
      'unknown',
      'Git says 1.8.2; what runs is not known: no source for ECS.',
    ],
    [
      'ECS has no service',
      facts({ runtime: 'ecs', application: undefined }),
      'missing',
      'Git says 1.8.2, but Amazon ECS has no service for it.',
    ],
    [
      'ECS rolls out',
      facts({
        runtime: 'ecs',
        application: app({
          health: 'Progressing',
          healthMessage: '1 of 2 new tasks run',
          operation: { phase: 'Running', startedAt: FOUR_MIN_AGO },
        }),
      }),
      'progressing',
      'Rolling out to 1.8.2 for 4 min: 1 of 2 new tasks run.',
    ],
    [
      'ECS went back to the same image after a failed rollout',
      facts({
        runtime: 'ecs',
        application: app({
          operation: { phase: 'Failed', message: 'No image.' },
        }),
      }),
      'healthy',
      'Healthy and synced; 1.8.2 for 3 days; but its last rollout failed: No image.',
    ],
    [
      'ECS went back after a failed rollout',
      facts({
        runtime: 'ecs',
        application: app({
          sync: 'OutOfSync',
          running: release('1.8.1'),
          operation: { phase: 'Failed', message: 'circuit breaker' },
        }),
      }),
      'out-of-sync',
      'Out of sync: 1.8.1 runs, but Git says 1.8.2; the last rollout failed: circuit breaker.',
    ],
    [
      'the pipeline has not come to ECS yet',
      facts({
        runtime: 'ecs',
        application: app({
          sync: 'OutOfSync',
          running: release('1.8.1'),
          operation: { phase: 'Succeeded' },
        }),
      }),
      'out-of-sync',
      'Out of sync: 1.8.1 runs, but Git says 1.8.2; the pipeline has not rolled that out.',
    ],
    [
      'nothing was released and nothing is there',
      facts({ application: undefined, desired: { kind: 'unreleased' } }),
      'not-deployed',
      'Not deployed yet.',
    ],
    [
      'Git has no file',
      facts({ application: undefined, desired: { kind: 'absent' } }),
      'not-deployed',
      'Not deployed yet: Git has no entry for it here.',
    ],
    [
      'Git cannot be read',
      facts({
        application: undefined,
        desired: { kind: 'unknown', reason: 'The host is down' },
      }),
      'unknown',
      'The host is down.',
    ],
  ];

  it.each(table)('%s', (_, given, state, sentence) => {
    expect(judgeDelivery(given, NOW)).toMatchObject({ state, sentence });
  });

  it('is healthy only when the source is live, and sync and health are both good', () => {
    const healths = [
      'Healthy',
      'Progressing',
      'Degraded',
      'Suspended',
      'Missing',
      'Unknown',
    ] as const;
    const syncs = ['Synced', 'OutOfSync', 'Unknown'] as const;
    const states = ['live', 'stale', 'error', 'absent'] as const;
    for (const health of healths) {
      for (const sync of syncs) {
        for (const state of states) {
          const { state: judged } = judgeDelivery(
            facts({ application: app({ health, sync }), source: { state } }),
            NOW,
          );
          expect([health, sync, state, judged === 'healthy']).toEqual([
            health,
            sync,
            state,
            health === 'Healthy' && sync === 'Synced' && state === 'live',
          ]);
        }
      }
    }
  });
});

describe('compareWithPrevious', () => {
  const previous = (version?: string) => ({
    environmentRef: 'environment:default/uat',
    release: version ? release(version) : undefined,
  });

  it.each([
    ['1.8.0', '1.8.2', 'behind'],
    ['1.8.2', '1.8.2', 'same'],
    ['1.9.0', '1.8.2', 'ahead'],
    ['1.10.0', '1.9.0', 'ahead'],
    ['main-a1b2', 'main-c3d4', 'behind'],
  ])('%s against %s is %s', (own, other, state) => {
    expect(compareWithPrevious(release(own), previous(other))).toEqual({
      environmentRef: 'environment:default/uat',
      state,
      fromVersion: own,
      toVersion: other,
    });
  });

  it('is behind when nothing was released, and says nothing when there is nothing to follow', () => {
    expect(compareWithPrevious(undefined, previous('1.0.0'))?.state).toBe(
      'behind',
    );
    expect(compareWithPrevious(release('1.0.0'), previous())).toBeUndefined();
  });

  it('does not guess without digests and with tags that have no order', () => {
    const tag = (version: string) => ({ image: 'web', version });
    expect(
      compareWithPrevious(tag('main-a1'), {
        environmentRef: 'e',
        release: tag('main-b2'),
      })?.state,
    ).toBe('unknown');
  });

  it('is behind when the same version is another image', () => {
    const other = { ...release('1.0.0'), digest: `sha256:${'f'.repeat(64)}` };
    expect(
      compareWithPrevious(release('1.0.0'), {
        environmentRef: 'e',
        release: other,
      })?.state,
    ).toBe('behind');
  });
});

describe('formatAge', () => {
  it.each([
    ['2026-03-10T11:59:20Z', '40 s'],
    ['2026-03-10T11:00:30Z', '59 min'],
    ['2026-03-10T07:00:00Z', '5 h'],
    ['2026-03-09T11:00:00Z', '1 day'],
    ['2026-02-10T12:00:00Z', '28 days'],
    ['2026-03-10T12:05:00Z', '0 s'],
    ['nonsense', 'an unknown time'],
  ])('%s is %s ago', (since, expected) => {
    expect(formatAge(since, NOW)).toBe(expected);
  });
});

import { KubernetesDocument } from '@fairway/plugin-platform-envs-node';
import { compareLive, compareObjects, compareRendered } from './compareObjects';
import { KeptAnswers } from './KeptAnswers';

const deployment = (
  namespace: string,
  replicas: number,
): KubernetesDocument => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'orders',
    namespace,
    labels: { app: 'orders', 'fairway.dev/environment': namespace },
    annotations: { 'argocd.argoproj.io/tracking-id': namespace },
  },
  spec: {
    replicas,
    template: {
      metadata: { labels: { 'fairway.dev/environment': namespace } },
    },
  },
});

const secret = (value: string, other = 'same'): KubernetesDocument => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  data: { password: value, user: other },
});

describe('compareLive', () => {
  /** As a cluster keeps it. */
  const kept = ({ metadata, ...rest }: KubernetesDocument) => ({
    ...rest,
    metadata: {
      ...metadata,
      uid: 'b2f2',
      generation: 3,
      resourceVersion: '1002',
      creationTimestamp: '2026-08-14T12:53:24Z',
      managedFields: [{}],
    },
    status: { replicas: 1 },
  });

  it('finds no difference in what only the cluster writes, and says so', () => {
    const desired = deployment('dev', 1);
    const { objects, setAside } = compareLive([
      { live: kept(desired), desired },
    ]);
    expect(objects.map(o => o.state)).toEqual(['same']);
    expect(setAside).toEqual(['status and metadata that the cluster keeps']);
  });

  it('shows what was changed by hand, and what is on one side only', () => {
    const { objects } = compareLive([
      { live: kept(deployment('dev', 5)), desired: deployment('dev', 1) },
      { desired: secret('a') },
      {},
    ]);
    expect(objects.map(o => [o.kind, o.state])).toEqual([
      ['Deployment', 'different'],
      ['Secret', 'onlyTo'],
    ]);
    expect(objects[0].diff).toContain('-  replicas: 5\n+  replicas: 1\n');
    expect(objects[0].diff).not.toMatch(/uid|resourceVersion|status/);
  });
});

describe('compareRendered', () => {
  it('tells objects that differ from those that are the same but for their environment', () => {
    const same = compareRendered(
      [deployment('dev', 1)],
      [deployment('prod', 1)],
    );
    expect(same.objects).toEqual([
      { group: 'apps', kind: 'Deployment', name: 'orders', state: 'same' },
    ]);
    expect(same.setAside).toContain('metadata.namespace');

    const [object] = compareRendered(
      [deployment('dev', 1)],
      [deployment('prod', 3)],
    ).objects;
    expect(object.state).toBe('different');
    expect(object.diff).toMatch(/^@@ /);
    expect(object.diff).toContain('-  replicas: 1\n+  replicas: 3\n');
    expect(object.diff).not.toContain('prod');
  });

  it('tells objects that are on one side only, differing ones first', () => {
    const config = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'a' },
    };
    const { objects } = compareRendered(
      [deployment('dev', 1), config],
      [deployment('prod', 1), { ...config, metadata: { name: 'b' } }],
    );
    expect(objects.map(o => [o.kind, o.name, o.state])).toEqual([
      ['ConfigMap', 'a', 'onlyFrom'],
      ['ConfigMap', 'b', 'onlyTo'],
      ['Deployment', 'orders', 'same'],
    ]);
  });

  it('never tells the values of a Secret, only which of them differ', () => {
    const [object] = compareObjects([
      { from: secret('canary-1'), to: secret('canary-2') },
    ]);
    expect(object).toMatchObject({ state: 'different', masked: true });
    expect(JSON.stringify(object)).not.toContain('canary');
    expect(object.diff).toContain('password: (hidden, another value');
    expect(object.diff).toContain(' user: (hidden)');
    const alone = compareObjects([{ to: secret('canary-3') }]);
    expect(JSON.stringify(alone)).not.toContain('canary');
  });
});

describe('KeptAnswers', () => {
  it('makes an answer once for all who wait, and keeps no failure', async () => {
    const kept = new KeptAnswers<number>(2);
    let made = 0;
    const make = async () => (made += 1);
    expect(
      await Promise.all([kept.get('a', make), kept.get('a', make)]),
    ).toEqual([1, 1]);
    await expect(
      kept.get('b', () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
    expect(await kept.get('b', make)).toBe(2);
    await kept.get('a', make);
    await kept.get('c', make);
    expect(await kept.get('b', make)).toBe(4);
  });
});

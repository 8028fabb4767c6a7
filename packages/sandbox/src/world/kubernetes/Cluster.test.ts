import { Cluster } from './Cluster';
import { KubeObject } from './KubeObject';
import { ImageStore } from '../types';

const BASE = Date.parse('2026-03-04T12:00:00Z');

const deployment = (image: string, replicas = 4): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'apps' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: `111100000000.dkr.ecr.us-east-1.amazonaws.com/web:${image}`,
            resources: { requests: { cpu: '250m', memory: '64Mi' } },
          },
        ],
      },
    },
  },
});

function aCluster() {
  const tags = new Set(['1', '2']);
  let now = BASE;
  const cluster = new Cluster({
    name: 'test',
    now: () => new Date(now),
    speed: 1,
    images: {
      find: ({ tag }: { tag?: string }) =>
        tag && tags.has(tag)
          ? { digest: `sha256:${tag.repeat(64)}` }
          : undefined,
    } as unknown as ImageStore,
    infrastructure: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'ip-10-0-0-1.internal' },
      },
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'compute', namespace: 'apps' },
        spec: { hard: { 'requests.cpu': '4' } },
      },
    ],
  });
  const KEY = 'apps/Deployment/apps/web';
  return {
    cluster,
    tags,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    status: () => cluster.get(KEY)!.status,
    moving: () => cluster.moving([KEY]),
    pods: () => cluster.objects().filter(o => o.kind === 'Pod'),
  };
}

describe('Cluster', () => {
  it('refuses objects of a namespace that is not there', () => {
    const { cluster } = aCluster();
    const stray = deployment('1');
    stray.metadata.namespace = 'nowhere';
    expect(() => cluster.apply(stray)).toThrow(
      'namespaces "nowhere" not found',
    );
  });

  it('starts pods one after the other and comes to rest', () => {
    const { cluster, pass, status, moving } = aCluster();
    expect(cluster.apply(deployment('1'))).toBe('created');
    expect(cluster.apply(deployment('1'))).toBe('unchanged');
    expect(status().readyReplicas).toBeUndefined();
    pass(2.2);
    expect(status().readyReplicas).toBe(2);
    expect(moving()).toBe(true);
    pass(5);
    expect(status()).toMatchObject({ readyReplicas: 4, updatedReplicas: 4 });
    expect(moving()).toBe(false);
  });

  it('replaces pods without falling below what must be available', () => {
    const { cluster, pass, status, pods } = aCluster();
    cluster.apply(deployment('1'));
    pass(60);
    expect(cluster.apply(deployment('2'))).toBe('configured');
    for (let step = 0; step < 40; step += 1) {
      expect(status().availableReplicas).toBeGreaterThanOrEqual(3);
      expect(pods().length).toBeLessThanOrEqual(5);
      pass(0.1);
    }
    pass(5);
    expect(pods().map(p => p.spec.containers[0].image.slice(-1))).toEqual([
      '2',
      '2',
      '2',
      '2',
    ]);
  });

  it('keeps the old pods while an image is missing, and goes on when it arrives', () => {
    const { cluster, tags, pass, status, moving, pods } = aCluster();
    cluster.apply(deployment('1'));
    pass(60);
    cluster.apply(deployment('3'));
    pass(30);
    expect(status()).toMatchObject({
      replicas: 5,
      updatedReplicas: 2,
      availableReplicas: 3,
    });
    expect(status().conditions[1]).toMatchObject({
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
    expect(pods()[0].status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [
        { imageID: '', state: { waiting: { reason: 'ImagePullBackOff' } } },
      ],
    });
    expect(moving()).toBe(false);

    tags.add('3');
    expect(cluster.pull()).toBe(true);
    expect(moving()).toBe(true);
    pass(10);
    expect(status()).toMatchObject({ replicas: 4, availableReplicas: 4 });
  });

  it('scales without a new revision', () => {
    const { cluster, pass, status, pods } = aCluster();
    cluster.apply(deployment('1', 1));
    pass(60);
    const [first] = pods();
    cluster.apply(deployment('1', 3));
    expect(status().readyReplicas).toBe(1);
    pass(10);
    expect(status().readyReplicas).toBe(3);
    expect(pods().map(p => p.metadata.name)).toContain(first.metadata.name);
  });

  it('keeps to the strategy and to what an autoscaler wants', () => {
    const { cluster, pass, status, pods } = aCluster();
    const careful = (image: string) => {
      const object = deployment(image, 1);
      delete object.spec.replicas;
      object.spec.strategy = {
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      };
      return object;
    };
    cluster.apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'apps' },
      spec: {
        scaleTargetRef: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'web',
        },
        minReplicas: 3,
        maxReplicas: 9,
      },
    });
    cluster.apply(careful('1'));
    pass(60);
    expect(status().readyReplicas).toBe(3);
    cluster.apply(careful('2'));
    for (let step = 0; step < 40; step += 1) {
      expect(status().availableReplicas).toBeGreaterThanOrEqual(3);
      expect(pods().length).toBeLessThanOrEqual(4);
      pass(0.1);
    }
    expect(
      cluster.get('autoscaling/HorizontalPodAutoscaler/apps/web')!.status
        .currentReplicas,
    ).toBe(3);
  });

  it('counts what pods ask for against the quota', () => {
    const { cluster } = aCluster();
    cluster.apply(deployment('1'));
    const quota = cluster.objects().find(o => o.kind === 'ResourceQuota')!;
    expect(quota.status.used['requests.cpu']).toBe('1');
  });

  it('counts a quota once it has run for a while, though nothing is applied', () => {
    const { cluster, pass } = aCluster();
    const used = () =>
      cluster.objects().find(o => o.kind === 'ResourceQuota')!.status.used;
    expect(used()).toBeUndefined();
    pass(30);
    expect(used()['requests.cpu']).toBe('0');
    cluster.clear();
    expect(used()).toBeUndefined();
  });

  it('writes events while they are fresh', () => {
    const { cluster, tags, pass } = aCluster();
    tags.clear();
    cluster.apply(deployment('1', 1));
    pass(30);
    const reasons = () =>
      cluster
        .objects()
        .filter(o => o.kind === 'Event')
        .map(o => o.reason);
    expect(reasons()).toEqual([
      'ScalingReplicaSet',
      'Scheduled',
      'Pulling',
      'Failed',
      'BackOff',
    ]);
    pass(7200);
    expect(reasons()).toEqual(['Failed', 'BackOff']);
  });

  it('takes a snapshot back as it was', () => {
    const { cluster, pass } = aCluster();
    cluster.apply(deployment('1'));
    pass(60);
    const before = cluster.objects();
    const snapshot = JSON.parse(JSON.stringify(cluster.toSnapshot()));
    cluster.clear();
    cluster.restore(snapshot);
    expect(cluster.objects()).toEqual(before);
  });
});

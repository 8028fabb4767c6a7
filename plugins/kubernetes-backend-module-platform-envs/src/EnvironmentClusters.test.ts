import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { ClusterAccess } from '@fairway/plugin-platform-envs-node';
import { EnvironmentClusters } from './EnvironmentClusters';
import { toClusterDetails } from './toClusterDetails';

const EKS = 'https://0A1B.gr7.eu-central-1.eks.amazonaws.com';
const CA = 'kubernetes.io/api-server-certificate-authority';

const resource = (
  name: string,
  annotations: Record<string, string> = {},
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name, namespace: 'default', annotations },
  spec: { type: 'kubernetes-cluster', owner: 'x' },
});

const environment = (name: string, spec: object): Entity => ({
  apiVersion: 'fairway.dev/v1alpha1',
  kind: 'Environment',
  metadata: { name, namespace: 'default' },
  spec: {
    shortName: name,
    promotionOrder: 1,
    runtime: 'eks',
    lifecycle: 'active',
    ...spec,
  },
});

describe('toClusterDetails', () => {
  const annotations = { 'kubernetes.io/api-server': EKS, [CA]: 'Q0E=' };

  it('reads the annotations of an EKS cluster', () => {
    expect(
      toClusterDetails(
        resource('prod', {
          ...annotations,
          'aws.amazon.com/name': 'shop-prod',
          'kubernetes.io/aws-assume-role': 'arn:aws:iam::1:role/fairway',
        }),
        {},
      ),
    ).toEqual({
      cluster: {
        name: 'prod',
        url: EKS,
        caData: 'Q0E=',
        skipMetricsLookup: false,
        skipTLSVerify: false,
        authMetadata: {
          ...annotations,
          'kubernetes.io/auth-provider': 'aws',
          'kubernetes.io/x-k8s-aws-id': 'shop-prod',
          'kubernetes.io/aws-assume-role': 'arn:aws:iam::1:role/fairway',
        },
      },
    });
  });

  it.each<[string, Record<string, string>, ClusterAccess, RegExp]>([
    [
      'nothing',
      {},
      {},
      /has no annotation kubernetes\.io\/api-server: add it, or set platformEnvs\.clusters\.overrides\.prod\.url/,
    ],
    [
      'no certificate authority',
      { 'kubernetes.io/api-server': EKS },
      {},
      /has no annotation kubernetes\.io\/api-server-certificate-authority/,
    ],
    [
      'another host',
      {
        ...annotations,
        'kubernetes.io/api-server': 'https://evil.example.com',
      },
      {},
      /no address of EKS/,
    ],
    [
      'a host that looks alike',
      {
        ...annotations,
        'kubernetes.io/api-server': 'https://x.eks.amazonaws.com.evil.example',
      },
      {},
      /no address of EKS/,
    ],
    [
      'plain http',
      {
        ...annotations,
        'kubernetes.io/api-server': EKS.replace('https', 'http'),
      },
      {},
      /no address of EKS/,
    ],
    [
      'another auth provider',
      { ...annotations, 'kubernetes.io/auth-provider': 'serviceAccount' },
      {},
      /auth provider "serviceAccount"/,
    ],
    [
      'a token without an address of configuration',
      { 'kubernetes.io/api-server': 'https://evil.example.com' },
      { token: 'secret' },
      /no address of EKS/,
    ],
  ])('says what to do about %s', (_, given, access, message) => {
    const located = toClusterDetails(resource('prod', given), access);
    expect(located).toEqual({ problem: expect.stringMatching(message) });
  });

  it('sends a configured token to a configured address only', () => {
    const located = toClusterDetails(resource('prod', annotations), {
      token: 'secret',
    });
    expect(JSON.stringify(located)).not.toContain('secret');
    expect(
      toClusterDetails(resource('prod', annotations), {
        url: 'https://gate.example.com/prod',
        token: 'secret',
      }),
    ).toMatchObject({
      cluster: {
        url: 'https://gate.example.com/prod',
        authMetadata: { serviceAccountToken: 'secret' },
      },
    });
  });
});

describe('EnvironmentClusters', () => {
  function setUp(entities: Entity[]) {
    let now = 0;
    const logger = mockServices.logger.mock();
    const catalog = catalogServiceMock.mock({
      getEntities: async () => ({
        items: entities.filter(e => e.kind === 'Environment'),
      }),
      getEntitiesByRefs: async ({ entityRefs }) => ({
        items: entityRefs.map(ref =>
          entities.find(
            e => `${e.kind.toLowerCase()}:default/${e.metadata.name}` === ref,
          ),
        ),
      }),
    });
    const clusters = new EnvironmentClusters({
      catalog,
      auth: mockServices.auth(),
      logger,
      accessOf: name => ({
        url: `https://gate.example.com/${name}`,
        token: 't',
      }),
      now: () => now,
    });
    return {
      clusters,
      catalog,
      logger,
      advance: (ms: number) => {
        now += ms;
      },
    };
  }

  it('takes the clusters of EKS environments, each once', async () => {
    const { clusters } = setUp([
      environment('dev', { cluster: 'shared' }),
      environment('uat', { cluster: 'resource:default/shared' }),
      environment('ecs', { cluster: 'ecs', runtime: 'ecs' }),
      environment('gone', { cluster: 'old', lifecycle: 'retired' }),
      environment('bare', {}),
      environment('odd', { cluster: 'a:b:c/d' }),
      resource('shared'),
      resource('ecs'),
      resource('old'),
    ]);
    expect((await clusters.list()).map(c => c.name)).toEqual(['shared']);
    const names = await clusters.namesOf([
      'environment:default/uat',
      'environment:default/ecs',
    ]);
    expect([...names]).toEqual(['shared']);
  });

  it('finds the cluster of an environment that was just made', async () => {
    const entities = [environment('dev', { cluster: 'dev' }), resource('dev')];
    const { clusters, catalog, advance } = setUp(entities);
    await clusters.list();
    entities.push(environment('pr-7', { cluster: 'dev' }));
    const ref = 'environment:default/pr-7';
    expect([...(await clusters.namesOf([ref]))]).toEqual([]);
    advance(6_000);
    expect([...(await clusters.namesOf([ref]))]).toEqual(['dev']);
    expect(catalog.getEntities).toHaveBeenCalledTimes(2);
  });

  it('tells of a cluster that it cannot have once, and has the others', async () => {
    const { clusters, logger } = setUp([
      environment('dev', { cluster: 'dev' }),
      environment('uat', { cluster: 'lost' }),
      resource('dev'),
    ]);
    await clusters.refresh();
    await clusters.refresh();
    expect((await clusters.list()).map(c => c.name)).toEqual(['dev']);
    expect(logger.warn.mock.calls).toEqual([
      [
        'A cluster is not on the Kubernetes tab: an environment names resource:default/lost, which is not in the catalog',
      ],
    ]);
  });

  it('keeps what it knew while the catalog is away', async () => {
    const { clusters, catalog } = setUp([
      environment('dev', { cluster: 'dev' }),
      resource('dev'),
    ]);
    await clusters.list();
    catalog.getEntities.mockRejectedValue(new Error('away'));
    await clusters.refresh();
    expect((await clusters.list()).map(c => c.name)).toEqual(['dev']);
  });
});

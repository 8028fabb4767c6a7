import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  Entity,
} from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import request from 'supertest';
import { anEnvironment } from './__testUtils__/anEnvironment';
import feature from './index';

const entities: Entity[] = [
  anEnvironment(),
  anEnvironment({
    name: 'shop-dev',
    spec: {
      shortName: 'dev',
      tier: 'dev',
      promotionOrder: 10,
      delivery: { policy: 'auto' },
    },
  }),
  anEnvironment({
    name: 'shop-uat',
    spec: { shortName: 'uat', tier: 'production', awsAccountId: '123' },
  }),
  {
    ...anEnvironment({ name: 'shop-qa', spec: { shortName: 'qa' } }),
    apiVersion: 'fairway.dev/v9',
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: { name: 'shop' },
    spec: { owner: 'group:shop' },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'shop' },
    spec: { type: 'team', children: [] },
  },
  ...['shop-prod', 'shop-prod-db', 'shop-prod-vpc'].map(name => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: { name },
    spec: { type: 'thing', owner: 'group:shop' },
  })),
  ...[
    ['cart', 'dev,prod'],
    ['broken', 'dev;prod'],
  ].map(([name, environments]) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      annotations: { 'fairway.dev/environments': environments },
    },
    spec: {
      type: 'service',
      lifecycle: 'production',
      owner: 'group:shop',
      system: 'shop',
    },
  })),
];

/** What the catalog had to say about entities that it refused. */
const problems: string[] = [];

const seedModule = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'test-seed',
  register(reg) {
    reg.registerInit({
      deps: { processing: catalogProcessingExtensionPoint },
      async init({ processing }) {
        processing.setOnProcessingErrorHandler(({ errors }) => {
          problems.push(...errors.map(String));
        });
        processing.addEntityProvider({
          getProviderName: () => 'test-seed',
          connect: connection =>
            connection.applyMutation({
              type: 'full',
              entities: entities.map(entity => ({
                locationKey: 'test-seed',
                entity: {
                  ...entity,
                  metadata: {
                    ...entity.metadata,
                    annotations: {
                      ...entity.metadata.annotations,
                      [ANNOTATION_LOCATION]: 'test:seed',
                      [ANNOTATION_ORIGIN_LOCATION]: 'test:seed',
                    },
                  },
                },
              })),
            }),
        });
      },
    });
  },
});

describe('the module in a real catalog', () => {
  let backend: Awaited<ReturnType<typeof startTestBackend>>;

  beforeAll(async () => {
    backend = await startTestBackend({
      features: [
        catalogPlugin,
        feature,
        seedModule,
        mockServices.scheduler.factory({
          includeInitialDelayedTasksOnStartup: true,
        }),
        mockServices.rootConfig.factory({
          data: {
            backend: { baseUrl: 'http://localhost' },
            catalog: { processingInterval: { seconds: 1 } },
          },
        }),
      ],
    });
  });

  afterAll(async () => {
    await backend?.stop();
  });

  async function read(kind: string, name: string) {
    return request(backend.server).get(
      `/api/catalog/entities/by-name/${kind}/default/${name}`,
    );
  }

  async function relationsOf(kind: string, name: string, atLeast: number) {
    let relations: string[] = [];
    for (let i = 0; i < 60 && relations.length < atLeast; i++) {
      const response = await read(kind, name);
      relations = (response.body.relations ?? []).map(
        (r: { type: string; targetRef: string }) => `${r.type} ${r.targetRef}`,
      );
      if (relations.length < atLeast) {
        await new Promise(resolve => setTimeout(resolve, 250));
      }
    }
    return relations.sort();
  }

  it('relates an environment to what is around it', async () => {
    expect(await relationsOf('environment', 'shop-prod', 6)).toEqual([
      'dependsOn resource:default/shop-prod',
      'dependsOn resource:default/shop-prod-db',
      'dependsOn resource:default/shop-prod-vpc',
      'ownedBy group:default/shop',
      'partOf system:default/shop',
      'runs component:default/cart',
    ]);
  }, 30_000);

  it('gives every relation its inverse', async () => {
    expect(await relationsOf('group', 'shop', 7)).toContain(
      'ownerOf environment:default/shop-prod',
    );
    expect(await relationsOf('system', 'shop', 4)).toEqual([
      'hasPart component:default/cart',
      'hasPart environment:default/shop-dev',
      'hasPart environment:default/shop-prod',
      'ownedBy group:default/shop',
    ]);
    for (const name of ['shop-prod', 'shop-prod-db', 'shop-prod-vpc']) {
      expect(await relationsOf('resource', name, 3)).toContain(
        'dependencyOf environment:default/shop-prod',
      );
    }
    expect(await relationsOf('component', 'cart', 4)).toEqual([
      'ownedBy group:default/shop',
      'partOf system:default/shop',
      'runsIn environment:default/shop-dev',
      'runsIn environment:default/shop-prod',
    ]);
  }, 30_000);

  it('F54 keeps an invalid entity out without touching the others', async () => {
    await relationsOf('environment', 'shop-dev', 4);
    expect((await read('environment', 'shop-dev')).status).toBe(200);
    expect((await read('environment', 'shop-uat')).status).toBe(404);
    expect((await read('environment', 'shop-qa')).status).toBe(404);
    expect((await read('component', 'broken')).status).toBe(404);
  }, 30_000);

  it('says why, in words that name the field and what is allowed', async () => {
    const messages = () => problems.join('\n');
    for (let i = 0; i < 60 && !messages().includes('shop-uat'); i++) {
      await new Promise(resolve => setTimeout(resolve, 250));
    }
    expect(messages()).toContain(
      'environment:default/shop-uat is not valid: spec.tier is "production"; it must be one of local, sandbox, dev, uat, staging, prod. spec.awsAccountId is "123"; it must be twelve digits in quotes.',
    );
    expect(messages()).toContain(
      'apiVersion is "fairway.dev/v9"; it must be "fairway.dev/v1alpha1"',
    );
    expect(messages()).toContain(
      'metadata.annotations["fairway.dev/environments"] is "dev;prod"; it must be comma-separated',
    );
  }, 30_000);
});

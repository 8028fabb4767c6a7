import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { resolve } from 'node:path';
import request from 'supertest';
import feature from './index';

const root = resolve(__dirname, '../../..');

/** The seed catalog and the portal's own description, read from their files. */
describe('the seed catalog in a real catalog', () => {
  let backend: Awaited<ReturnType<typeof startTestBackend>>;
  let entities: Entity[] = [];

  beforeAll(async () => {
    backend = await startTestBackend({
      features: [
        catalogPlugin,
        feature,
        mockServices.scheduler.factory({
          includeInitialDelayedTasksOnStartup: true,
        }),
        mockServices.rootConfig.factory({
          data: {
            backend: { baseUrl: 'http://localhost' },
            catalog: {
              processingInterval: { minutes: 10 },
              stitchingStrategy: { mode: 'immediate' },
              locations: [
                {
                  type: 'file',
                  target: `${root}/catalog/all.yaml`,
                  rules: [
                    {
                      allow: [
                        'API',
                        'Component',
                        'Domain',
                        'Environment',
                        'Group',
                        'Location',
                        'Resource',
                        'System',
                        'User',
                      ],
                    },
                  ],
                },
                {
                  type: 'file',
                  target: `${root}/catalog-info.yaml`,
                  rules: [{ allow: ['Component', 'System'] }],
                },
              ],
            },
          },
        }),
      ],
    });

    // done when a second look finds nothing new
    let before = -1;
    for (let i = 0; i < 60; i++) {
      const { body } = await request(backend.server).get(
        '/api/catalog/entities',
      );
      entities = body;
      if (entities.length > 100 && entities.length === before) {
        break;
      }
      before = entities.length;
      await new Promise(done => setTimeout(done, 1000));
    }
  }, 90_000);

  afterAll(async () => {
    await backend?.stop();
  });

  const get = (ref: string) =>
    entities.find(entity => stringifyEntityRef(entity) === ref);
  const relationsOf = (ref: string, type: string) =>
    (get(ref)?.relations ?? [])
      .filter(relation => relation.type === type)
      .map(relation => relation.targetRef)
      .sort();

  it('holds all fourteen environments and four platforms', () => {
    const count = (kind: string) =>
      entities.filter(entity => entity.kind === kind).length;
    expect(count('Environment')).toBe(14);
    expect(count('System')).toBe(5);
    expect(count('User')).toBe(11);
  });

  it('relates nothing to what is not there', () => {
    const refs = new Set(entities.map(entity => stringifyEntityRef(entity)));
    const dangling = entities.flatMap(entity =>
      (entity.relations ?? [])
        .filter(relation => !refs.has(relation.targetRef))
        .map(
          relation =>
            `${stringifyEntityRef(entity)} ${relation.type} ${
              relation.targetRef
            }`,
        ),
    );
    expect(dangling).toEqual([]);
  });

  it('knows what runs where, from both sides', () => {
    expect(relationsOf('component:default/sample-backend', 'runsIn')).toEqual([
      'environment:default/sample-platform-ai-dev',
      'environment:default/sample-platform-ai-prod',
      'environment:default/sample-platform-ai-uat',
    ]);
    expect(
      relationsOf('environment:default/sample-platform-ai-prod', 'runs'),
    ).toEqual([
      'component:default/sample-backend',
      'component:default/sample-frontend',
    ]);
  });

  it('knows what an environment stands on, from both sides', () => {
    expect(
      relationsOf('environment:default/sample-platform-ai-prod', 'dependsOn'),
    ).toEqual([
      'resource:default/sample-platform-ai-client-vpn',
      'resource:default/sample-platform-ai-prod',
      'resource:default/sample-platform-ai-prod-db',
      'resource:default/sample-platform-ai-prod-vpc',
      'resource:default/sample-platform-ai-registry',
      'resource:default/sample-platform-ai-secrets',
    ]);
    expect(
      relationsOf(
        'resource:default/sample-platform-ai-prod-db',
        'dependencyOf',
      ),
    ).toContain('environment:default/sample-platform-ai-prod');
  });

  it('describes the portal itself', () => {
    expect(relationsOf('system:default/fairway', 'hasPart')).toContain(
      'component:default/fairway-backend',
    );
    expect(
      get('system:default/fairway')!.metadata.annotations![
        'backstage.io/techdocs-ref'
      ],
    ).toBe('dir:.');
  });
});

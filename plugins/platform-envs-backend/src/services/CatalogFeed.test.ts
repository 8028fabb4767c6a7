import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { aComponent, anEnvironment, DEV } from '../__testUtils__/entities';
import { CatalogFeed } from './CatalogFeed';

const withEtag = (entity: Entity, etag = 'one'): Entity => ({
  ...entity,
  metadata: { ...entity.metadata, etag },
});

function setUp(entities: Entity[]) {
  let catalog = catalogServiceMock({ entities });
  let reads = 0;
  let wholePages = 0;
  let nowMs = Date.parse('2026-03-10T12:00:00Z');
  let readingMs = 0;
  const feed = new CatalogFeed({
    catalog: {
      streamEntities: (...args: Parameters<typeof catalog.streamEntities>) => {
        nowMs += readingMs;
        if (args[0]?.fields?.includes('spec')) wholePages += 1;
        return catalog.streamEntities(...args);
      },
      getEntitiesByRefs: (
        ...args: Parameters<typeof catalog.getEntitiesByRefs>
      ) => catalog.getEntitiesByRefs(...args),
    } as typeof catalog,
    auth: mockServices.auth(),
    logger: mockServices.logger.mock(),
    now: () => new Date(nowMs),
    onRead: () => {
      reads += 1;
    },
  });
  return {
    feed,
    change: (changed: Entity[]) => {
      catalog = catalogServiceMock({ entities: changed });
    },
    reads: () => reads,
    wholePages: () => wholePages,
    pass: (ms: number) => {
      nowMs += ms;
    },
    takes: (ms: number) => {
      readingMs = ms;
    },
  };
}

describe('CatalogFeed', () => {
  it('reads a catalog of many pages to its end', async () => {
    const { feed } = setUp([
      anEnvironment('dev'),
      ...Array.from({ length: 450 }, (_, i) => aComponent(`svc-${i}`)),
    ]);
    await feed.refresh();
    expect(feed.view.components).toHaveLength(450);
    expect(feed.source).toMatchObject({ state: 'live' });
  });

  it.each([
    ['etags that say so', (entity: Entity) => withEtag(entity)],
    ['no etags to say so', (entity: Entity) => entity],
  ])('keeps its view as long as nothing changed, with %s', async (_, make) => {
    const entities = () => [anEnvironment('dev'), aComponent('web')].map(make);
    const { feed, change, reads } = setUp(entities());
    await feed.refresh();
    const before = feed.view;
    change(entities());
    await feed.refresh();
    expect(feed.view).toBe(before);
    expect(reads()).toBe(2);
  });

  it('asks for etags alone as long as they are the same', async () => {
    const dev = withEtag(
      anEnvironment('dev', { database: 'resource:default/orders-dev' }),
    );
    const database = (etag: string): Entity => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Resource',
      metadata: { name: 'orders-dev', etag },
      spec: { type: 'database' },
    });
    const web = withEtag(aComponent('web'));
    const { feed, change, wholePages } = setUp([dev, web, database('one')]);
    await feed.refresh();
    expect(wholePages()).toBe(1);
    await feed.refresh();
    expect(wholePages()).toBe(1);
    change([dev, web, database('two')]);
    await feed.refresh();
    expect(wholePages()).toBe(2);
    change([dev, web]);
    await feed.refresh();
    expect(wholePages()).toBe(3);
    change([dev, web, withEtag(aComponent('api'))]);
    await feed.refresh();
    expect(wholePages()).toBe(4);
    expect(feed.view.components).toHaveLength(2);
    change([dev, web]);
    await feed.refresh();
    expect(wholePages()).toBe(5);
    expect(feed.view.components).toHaveLength(1);
  });

  it('keeps what did not change when something else did', async () => {
    const environment = withEtag(anEnvironment('dev'));
    const { feed, change } = setUp([
      environment,
      withEtag(aComponent('web')),
      withEtag(aComponent('api')),
    ]);
    await feed.refresh();
    const [api, web] = feed.view.components;
    const [dev] = feed.view.environments;
    change([
      environment,
      withEtag(aComponent('web', {}, { owner: 'group:default/x' }), 'two'),
      withEtag(aComponent('api')),
    ]);
    await feed.refresh();
    const [sameApi, otherWeb] = feed.view.components;
    expect(sameApi).toBe(api);
    expect(feed.view.environments[0]).toBe(dev);
    expect(otherWeb).not.toBe(web);
    expect(otherWeb.component.ownerRef).toBe('group:default/x');
    change([environment, withEtag(aComponent('api'))]);
    await feed.refresh();
    expect(feed.view.components).toEqual([api]);
  });

  it('leaves a catalog alone for forty times as long as reading it took', async () => {
    const { feed, reads, pass, takes } = setUp([aComponent('web')]);
    await feed.refreshWhenRested();
    await feed.refreshWhenRested();
    expect(reads()).toBe(2);
    takes(1500);
    await feed.refreshWhenRested();
    pass(59_000);
    await feed.refreshWhenRested();
    expect(reads()).toBe(3);
    pass(1000);
    await feed.refreshWhenRested();
    expect(reads()).toBe(4);
    await feed.refresh();
    expect(reads()).toBe(5);
  });

  it('believes a catalog that is empty, also after a restart', async () => {
    const first = setUp([anEnvironment('dev'), aComponent('web')]);
    await first.feed.refresh();
    const { feed } = setUp([]);
    feed.restore(first.feed.view);
    await feed.refresh();
    expect(feed.view.components).toEqual([]);
  });

  it('reads components again when an environment changed under them', async () => {
    const web = withEtag(
      aComponent('web', { 'fairway.dev/environments': 'dev' }),
    );
    const { feed, change } = setUp([web]);
    await feed.refresh();
    expect(feed.view.components[0].environmentRefs).toEqual([]);
    change([withEtag(anEnvironment('dev')), web]);
    await feed.refresh();
    expect(feed.view.components[0].environmentRefs).toEqual([DEV]);
  });
});

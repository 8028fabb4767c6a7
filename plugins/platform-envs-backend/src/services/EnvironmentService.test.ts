import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  expandOverview,
  Overview,
  sentenceOf,
} from '@fairway/plugin-platform-envs-common';
import {
  aDeployment,
  FakeDeploymentSource,
  FakeGitHost,
} from '@fairway/plugin-platform-envs-node/testUtils';
import {
  aComponent,
  anEnvironment,
  anImage,
  anOverlay,
  BACKEND,
  DEV,
  REPOSITORY,
} from '../__testUtils__/entities';
import { MemorySnapshotStore } from '../__testUtils__/MemorySnapshotStore';
import { BoardHint } from './BoardKeeper';
import { EnvironmentService } from './EnvironmentService';

const OVERLAY = 'gitops/overlays/dev/backend/kustomization.yaml';

const deployment = aDeployment({
  name: 'backend-dev',
  images: [anImage('backend', '1.2.0')],
});

function setUp(
  options: { entities?: Entity[]; store?: MemorySnapshotStore } = {},
) {
  let now = new Date('2026-03-10T12:00:00Z');
  const entities = options.entities ?? [
    anEnvironment('dev'),
    aComponent('backend', { 'fairway.dev/environments': 'dev' }),
  ];
  const catalog = catalogServiceMock({ entities });
  const gitHost = new FakeGitHost();
  const source = new FakeDeploymentSource();
  const store = options.store ?? new MemorySnapshotStore();
  const service = new EnvironmentService({
    catalog,
    auth: mockServices.auth(),
    logger: mockServices.logger.mock(),
    gitHost,
    deploymentSources: [source],
    linkTemplates: [],
    store,
    now: () => now,
  });
  return {
    service,
    source,
    gitHost,
    store,
    catalog,
    advance: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

const overviewOf = (service: EnvironmentService): Overview =>
  expandOverview(JSON.parse(service.getOverviewJson()));

const settle = () => new Promise(resolve => setTimeout(resolve, 80));

async function running(options?: Parameters<typeof setUp>[0]) {
  const all = setUp(options);
  all.gitHost.push(REPOSITORY, 'main', {
    [OVERLAY]: anOverlay('backend', '1.2.0'),
  });
  await all.service.load();
  all.service.start();
  await all.service.refreshCatalog();
  await all.service.pollDesiredState();
  all.source.set([deployment]);
  await settle();
  return all;
}

describe('EnvironmentService', () => {
  it('has an empty board that says why, before anything answered', async () => {
    const { service } = setUp();
    await service.load();
    service.start();
    const overview = overviewOf(service);
    expect(overview.rows).toEqual([]);
    expect(overview.sources.map(s => [s.id, s.state, s.message])).toEqual([
      ['catalog', 'stale', 'It has not been read yet'],
      ['argocd:main', 'stale', 'Has not answered yet'],
    ]);
  });

  it('has another revision when something else can be seen, and not for the time', async () => {
    const { service, source, advance } = await running();
    const hints: BoardHint[] = [];
    service.onChange(hint => hints.push(hint));
    const before = service.getRevision();
    source.set([deployment], {
      state: 'live',
      observedAt: '2026-03-10T12:01:00.000Z',
    });
    await settle();
    advance(3_600_000);
    overviewOf(service);
    expect(hints).toEqual([]);
    source.set([{ ...deployment, health: 'Degraded' }]);
    await settle();
    expect(hints).toEqual([
      { revision: service.getRevision(), changed: [BACKEND] },
    ]);
    expect(service.getRevision()).not.toBe(before);
    expect(service.getCell(BACKEND, DEV).state).toBe('degraded');
    source.set([deployment]);
    await settle();
    expect(service.getRevision()).toBe(before);
  });

  it('has the revision that another replica has which sees the same', async () => {
    const [one, other] = [await running(), await running()];
    expect(other.service.getRevision()).toBe(one.service.getRevision());
    other.source.set([{ ...deployment, health: 'Degraded' }]);
    await settle();
    expect(other.service.getRevision()).not.toBe(one.service.getRevision());
    one.source.set([{ ...deployment, health: 'Degraded' }]);
    await settle();
    expect(other.service.getRevision()).toBe(one.service.getRevision());
  });

  it('tells the first change at once, and those that follow together', async () => {
    const { service, source } = await running();
    await settle();
    const hints: BoardHint[] = [];
    service.onChange(hint => hints.push(hint));
    for (const health of ['Degraded', 'Progressing', 'Missing'] as const) {
      source.set([{ ...deployment, health }]);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(hints).toHaveLength(1);
    await settle();
    expect(hints).toHaveLength(2);
    expect(service.getCell(BACKEND, DEV).health).toBe('Missing');
  });

  it('tells ages as of now', async () => {
    const { service, source, advance } = await running();
    source.set([
      {
        ...deployment,
        history: [{ id: 1, deployedAt: '2026-03-10T11:59:00Z' }],
      },
    ]);
    await settle();
    const first = service.getRevision();
    expect(service.getCell(BACKEND, DEV).sentence).toContain('for 1 min');
    const [{ cells }] = overviewOf(service).rows;
    expect(sentenceOf(cells[0], new Date('2026-03-10T12:00:00Z'))).toBe(
      'Healthy and synced; 1.2.0 for 1 min.',
    );
    advance(5 * 60_000);
    expect(service.getCell(BACKEND, DEV).sentence).toContain('for 6 min');
    expect(service.getRevision()).toBe(first);
  });

  it('comes back from a restart with the last picture, marked stale', async () => {
    const first = await running();
    await first.service.stop();

    const second = setUp({ store: first.store });
    await second.service.load();
    second.service.start();
    const { sources } = overviewOf(second.service);
    expect(second.service.getCell(BACKEND, DEV)).toMatchObject({
      state: 'unknown',
      health: 'Healthy',
      desired: { status: 'ok', value: { version: '1.2.0' } },
    });
    expect(sources.map(s => s.state)).toEqual(['stale', 'stale', 'stale']);
  });

  it('saves only what changed', async () => {
    const { service, source, store } = await running();
    const saveAll = jest.spyOn(store, 'saveAll');
    await service.save();
    expect([...saveAll.mock.calls[0][0].keys()]).toEqual([
      'catalog',
      `repository:${REPOSITORY}#main`,
      'deployment:main/argocd/backend-dev',
      'observed:main',
    ]);
    await service.save();
    expect(saveAll).toHaveBeenCalledTimes(1);
    source.set([deployment, { ...deployment, name: 'new' }]);
    await service.save();
    expect([...saveAll.mock.calls[1][0].keys()]).toEqual([
      'deployment:main/argocd/new',
      'observed:main',
    ]);
    source.set([deployment]);
    await service.save();
    expect(saveAll.mock.calls[2][1]).toEqual(['deployment:main/argocd/new']);
  });

  it('saves nothing that it only loaded, so that no newer picture is lost', async () => {
    const first = await running();
    await first.service.save();
    const cutOff = setUp({ store: first.store });
    await cutOff.service.load();
    cutOff.service.start();
    first.source.set([{ ...deployment, health: 'Degraded' }]);
    await first.service.save();
    await cutOff.service.save();
    expect(
      first.store.documents.get('deployment:main/argocd/backend-dev'),
    ).toContain('Degraded');
  });

  it('keeps the picture when the catalog does not answer', async () => {
    const { service, catalog } = await running();
    jest.spyOn(catalog, 'streamEntities').mockImplementation(() => {
      throw new Error('no catalog');
    });
    await service.refreshCatalog();
    await settle();
    expect(overviewOf(service).rows).toHaveLength(1);
    expect(overviewOf(service).sources[0]).toMatchObject({
      id: 'catalog',
      state: 'stale',
      message: 'no catalog',
    });
  });

  it('reads the catalog for what it does not know, but not at every asking', async () => {
    const { service, catalog, advance } = await running();
    const read = jest.spyOn(catalog, 'streamEntities');
    advance(10_000);
    await service.ensureEnvironment('environment:default/new');
    await service.ensureEnvironment('environment:default/new');
    await service.ensureComponent('component:default/new');
    await service.ensureComponent(BACKEND);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('sees a commit of ours at once when told', async () => {
    const { service, gitHost } = await running();
    gitHost.push(REPOSITORY, 'main', {
      [OVERLAY]: anOverlay('backend', '1.3.0'),
    });
    await service.refreshDesiredState(REPOSITORY, 'main');
    const cell = service.getCell(BACKEND, DEV);
    expect(cell.desired).toMatchObject({ value: { version: '1.3.0' } });
    expect(cell.state).toBe('out-of-sync');
  });

  it('refuses to operate where there is no application, and says why', async () => {
    const { service, source } = await running();
    source.set([]);
    await settle();
    await expect(service.syncDeployment(BACKEND, DEV)).rejects.toMatchObject({
      name: 'ConflictError',
      message:
        'Nothing stands for backend in shop dev: Git says 1.2.0, but Argo CD has no application for it.',
    });
    await expect(
      service.syncDeployment('component:default/none', DEV),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('syncs to the revision that it is given', async () => {
    const { service, source } = await running();
    await service.syncDeployment(BACKEND, DEV, { revision: 'abc' });
    expect(source.calls).toEqual([
      { method: 'sync', name: 'backend-dev', revision: 'abc' },
    ]);
  });
});

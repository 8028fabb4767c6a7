import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
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
    const overview = service.getOverview();
    expect(overview.rows).toEqual([]);
    expect(overview.sources.map(s => [s.id, s.state, s.message])).toEqual([
      ['catalog', 'stale', 'It has not been read yet'],
      ['argocd:main', 'stale', 'Has not answered yet'],
    ]);
  });

  it('grows its revision with what can be seen, and not with time', async () => {
    const { service, source, advance } = await running();
    const revisions: string[] = [];
    service.onRevision(revision => revisions.push(revision));
    const before = Number(service.getRevision());
    source.set([deployment], {
      state: 'live',
      observedAt: '2026-03-10T12:01:00.000Z',
    });
    await settle();
    advance(3_600_000);
    service.getOverview();
    expect(revisions).toEqual([]);
    source.set([{ ...deployment, health: 'Degraded' }]);
    await settle();
    expect(revisions).toEqual([String(before + 1)]);
    expect(service.getCell(BACKEND, DEV).state).toBe('degraded');
  });

  it('tells ages anew every minute', async () => {
    const { service, source, advance } = await running();
    source.set([
      {
        ...deployment,
        history: [{ id: 1, deployedAt: '2026-03-10T11:59:00Z' }],
      },
    ]);
    await settle();
    const first = service.getEtag();
    expect(service.getCell(BACKEND, DEV).sentence).toContain('since 1 min');
    advance(5 * 60_000);
    expect(service.getCell(BACKEND, DEV).sentence).toContain('since 6 min');
    expect(service.getEtag()).not.toBe(first);
  });

  it('comes back from a restart with the last picture, marked stale', async () => {
    const first = await running();
    const revision = Number(first.service.getRevision());
    await first.service.stop();

    const second = setUp({ store: first.store });
    await second.service.load();
    second.service.start();
    const { rows, sources } = second.service.getOverview();
    expect(rows[0].cells[0]).toMatchObject({
      state: 'unknown',
      health: 'Healthy',
      desired: { status: 'ok', value: { version: '1.2.0' } },
    });
    expect(sources.map(s => s.state)).toEqual(['stale', 'stale', 'stale']);
    expect(Number(second.service.getRevision())).toBeGreaterThan(revision);
  });

  it('saves only what changed', async () => {
    const { service, store } = await running();
    const save = jest.spyOn(store, 'save');
    await service.save();
    expect(save).toHaveBeenCalled();
    save.mockClear();
    await service.save();
    expect(save).not.toHaveBeenCalled();
  });

  it('keeps the picture when the catalog does not answer', async () => {
    const { service, catalog } = await running();
    jest
      .spyOn(catalog, 'getEntities')
      .mockRejectedValue(new Error('no catalog'));
    await service.refreshCatalog();
    await settle();
    expect(service.getOverview().rows).toHaveLength(1);
    expect(service.getOverview().sources[0]).toMatchObject({
      id: 'catalog',
      state: 'stale',
      message: 'no catalog',
    });
  });

  it('reads the catalog for what it does not know, but not at every asking', async () => {
    const { service, catalog, advance } = await running();
    const getEntities = jest.spyOn(catalog, 'getEntities');
    advance(10_000);
    await service.ensureEnvironment('environment:default/new');
    await service.ensureEnvironment('environment:default/new');
    await service.ensureComponent('component:default/new');
    await service.ensureComponent(BACKEND);
    expect(getEntities).toHaveBeenCalledTimes(1);
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

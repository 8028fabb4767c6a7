import { ImageRegistry } from '../aws/ImageRegistry';
import { PLATFORMS } from '../platforms';
import { ArgocdEngine } from './ArgocdEngine';
import {
  ArgocdWorld,
  SAMPLE_REPOSITORY,
  healthOf,
  rests,
  startArgocdWorld,
} from './__testUtils__/startArgocdWorld';
import { Application } from './types';

const digest = `sha256:${'c'.repeat(64)}`;
const podsOf = (engine: ArgocdEngine, name: string) =>
  engine
    .liveTree(engine.store.get(name)!)
    .filter(object => object.kind === 'Pod');

// Real git and kustomize, on machines that may be busy.
jest.setTimeout(30_000);

describe('ArgocdEngine', () => {
  let sandbox: ArgocdWorld;

  beforeAll(async () => {
    sandbox = await startArgocdWorld();
  });
  afterAll(() => sandbox.remove());

  const author = { name: 'Lead', email: 'lead@example.com' };
  const push = (path: string, content: string | undefined) =>
    sandbox.world.git.commit(SAMPLE_REPOSITORY, {
      branch: 'main',
      message: 'Change',
      author,
      files: [{ path, content }],
    });

  it('stands where git says, with the history that git tells', () => {
    const { store } = sandbox.engine;
    expect(store.list().map(a => `${a.metadata.name} ${healthOf(a)}`)).toEqual(
      [
        'sample-backend-dev',
        'sample-backend-prod',
        'sample-backend-uat',
        'sample-frontend-dev',
        'sample-frontend-prod',
        'sample-frontend-uat',
        'sample-platform-ai-dev',
        'sample-platform-ai-prod',
        'sample-platform-ai-uat',
      ].map(name => `${name} Synced Healthy`),
    );
    const { metadata, status } = store.get('sample-backend-dev')!;
    expect(metadata.labels).toMatchObject({
      'fairway.dev/component': 'sample-backend',
      'fairway.dev/environment': 'dev',
    });
    expect(status.summary.images![0]).toMatch(
      /\/sample-backend:1\.8\.3@sha256:[0-9a-f]{64}$/,
    );
    expect(status.history!.length).toBeGreaterThan(1);
    const dates = status.history!.map(h => Date.parse(h.deployedAt));
    expect(dates).toEqual([...dates].sort((a, b) => a - b));
    expect(dates.at(-1)).toBeLessThan(Date.now());
    expect(status.history!.at(-1)!.initiatedBy).toEqual({ automated: true });
  });

  it('syncs by itself after a push where automated sync is on', async () => {
    const { until, world } = sandbox;
    world.images.push({
      accountId: '111100000000',
      region: 'ap-southeast-2',
      repository: 'sample-backend',
      digest,
      tags: ['1.9.0'],
    });
    const sha = await sandbox.setTag(
      'dev',
      'sample-backend',
      `1.9.0@${digest}`,
    );

    const application = await until(
      'sample-backend-dev',
      a =>
        a.status.history!.at(-1)!.revision === sha &&
        rests('Synced Healthy')(a),
    );
    expect(application.status.operationState).toMatchObject({
      phase: 'Succeeded',
      operation: { initiatedBy: { automated: true }, sync: { revision: sha } },
      syncResult: { revision: sha },
    });
    expect(application.status.summary.images).toEqual([
      `111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/sample-backend:1.9.0@${digest}`,
    ]);
  });

  it('F57 becomes Degraded with a reason when the image does not exist, and mends when it arrives', async () => {
    const { engine, until, world } = sandbox;
    const missing = `sha256:${'d'.repeat(64)}`;
    const sha = await sandbox.setTag(
      'uat',
      'sample-backend',
      `9.9.9@${missing}`,
    );
    await engine.operations.sync(
      'sample-backend-uat',
      { revision: sha },
      { username: 'fairway' },
    );
    const degraded = await until(
      'sample-backend-uat',
      rests('Synced Degraded'),
    );
    expect(
      degraded.status.resources!.find(r => r.kind === 'Deployment')!.health,
    ).toEqual({
      status: 'Degraded',
      message: 'Deployment "sample-backend" exceeded its progress deadline',
    });
    const pods = podsOf(engine, 'sample-backend-uat');
    expect(
      pods.map(p => p.status.containerStatuses[0].state.waiting?.reason),
    ).toEqual(['ImagePullBackOff', undefined, undefined]);

    world.images.push({
      accountId: '111100000000',
      region: 'ap-southeast-2',
      repository: 'sample-backend',
      digest: missing,
      tags: ['9.9.9'],
    });
    await until('sample-backend-uat', rests('Synced Healthy'));
  });

  it.each([100, 0])(
    'leaves what was never released missing (rendered at the start: %d)',
    async renderedAtStart => {
      const platform = structuredClone(
        PLATFORMS.find(p => p.system === 'sample-platform-ai')!,
      );
      delete platform.services[0].versions.prod;
      const other = await startArgocdWorld({
        platforms: [platform],
        renderedAtStart,
      });
      try {
        const application = await other.until(
          'sample-backend-prod',
          rests('OutOfSync Missing'),
        );
        await other.until(
          'sample-backend-prod',
          () => other.engine.store.unrendered.size === 0,
        );
        expect(application.status.history).toBeUndefined();
        expect(application.status.operationState).toBeUndefined();
        expect(podsOf(other.engine, 'sample-backend-prod')).toEqual([]);
      } finally {
        await other.remove();
      }
    },
  );

  it('creates and prunes the applications that git names', async () => {
    const { engine, world } = sandbox;
    const path = 'gitops/apps/dev/sample-backend.yaml';
    const content = (await world.git.readFile(
      SAMPLE_REPOSITORY,
      'main',
      path,
    ))!;
    await push(
      'gitops/apps/dev/copy.yaml',
      content.replace('name: sample-backend-dev', 'name: copy-dev'),
    );
    await sandbox.until('copy-dev', a => Boolean(a.status.reconciledAt));
    await push('gitops/apps/dev/copy.yaml', undefined);
    await sandbox.until(
      'sample-platform-ai-dev',
      () => !engine.store.get('copy-dev'),
    );
    expect(engine.store.get('sample-backend-dev')).toBeDefined();
  });

  it('does not prune a copy of an application, though it carries its tracking annotation', async () => {
    const { engine } = sandbox;
    const { metadata, spec } = engine.store.get('sample-backend-prod')!;
    engine.upsert({
      metadata: { ...metadata, name: 'astray' },
      spec: { ...spec, syncPolicy: {} },
    });
    await engine.refresh('sample-platform-ai-prod');
    expect(
      engine.store.get('sample-platform-ai-prod')!.status.resources,
    ).not.toContainEqual(expect.objectContaining({ name: 'astray' }));
    expect(engine.store.get('astray')).toBeDefined();
    engine.delete('astray', true);
  });

  it('follows a new service from its overlay to its first image', async () => {
    const { engine, world, until } = sandbox;
    const of = async (path: string) =>
      (await world.git.readFile(SAMPLE_REPOSITORY, 'main', path))!.replaceAll(
        'sample-backend',
        'brand-new',
      );
    const files = [
      'gitops/base/sample-backend/kustomization.yaml',
      'gitops/base/sample-backend/deployment.yaml',
      'gitops/base/sample-backend/service.yaml',
      'gitops/overlays/dev/sample-backend/kustomization.yaml',
      'gitops/apps/dev/sample-backend.yaml',
    ];
    await world.git.commit(SAMPLE_REPOSITORY, {
      branch: 'main',
      message: 'Add brand-new',
      author,
      files: await Promise.all(
        files.map(async path => ({
          path: path.replace('sample-backend', 'brand-new'),
          content: (await of(path)).replace(/newTag: .*/, 'newTag: unreleased'),
        })),
      ),
    });
    await until('brand-new-dev', rests('Synced Degraded'));
    expect(
      podsOf(engine, 'brand-new-dev')[0].status.containerStatuses[0].state
        .waiting.reason,
    ).toBe('ImagePullBackOff');

    (world.images as ImageRegistry).repositories.create(
      { accountId: '111100000000', region: 'ap-southeast-2' },
      'brand-new',
    );
    world.images.push({
      accountId: '111100000000',
      region: 'ap-southeast-2',
      repository: 'brand-new',
      digest,
      tags: ['0.1.0'],
    });
    await sandbox.setTag('dev', 'brand-new', `0.1.0@${digest}`);
    const done = await until('brand-new-dev', rests('Synced Healthy'));
    expect(done.status.summary.images).toEqual([
      expect.stringContaining(`/brand-new:0.1.0@${digest}`),
    ]);
  });

  it('heals what was changed by hand only under self-heal', async () => {
    const { engine, world, until } = sandbox;
    const outOfSync = (application: Application) =>
      application.status.sync.status === 'OutOfSync';
    const operationOf = (name: string) =>
      engine.store.get(name)!.status.operationState;
    const before = operationOf('sample-backend-uat');
    await world.scenarios.start('live-drift', {
      application: 'sample-backend-uat',
    });
    await until('sample-backend-uat', outOfSync);
    await world.scenarios.start('calm');
    await until('sample-backend-uat', rests('Synced Healthy'));
    expect(operationOf('sample-backend-uat')).toEqual(before);

    await world.scenarios.start('live-drift', {
      application: 'sample-backend-dev',
    });
    await until('sample-backend-dev', outOfSync);
    const healed = await until('sample-backend-dev', rests('Synced Healthy'));
    expect(healed.status.operationState!.operation.initiatedBy).toEqual({
      automated: true,
    });
  });

  it('says what is wrong with a source, and recovers', async () => {
    const { until } = sandbox;
    const path = 'gitops/overlays/uat/sample-backend/kustomization.yaml';
    const before = (await sandbox.world.git.readFile(
      SAMPLE_REPOSITORY,
      'main',
      path,
    ))!;
    await push(path, 'resources: [nowhere.yaml]\n');
    const broken = await until(
      'sample-backend-uat',
      a => a.status.sync.status === 'Unknown',
    );
    expect(broken.status.conditions![0]).toMatchObject({
      type: 'ComparisonError',
      message: expect.stringContaining('nowhere.yaml'),
    });
    expect(broken.status.conditions![0].message).not.toContain(sandbox.dataDir);
    await push(path, before);
    const mended = await until('sample-backend-uat', rests('Synced Healthy'));
    expect(mended.status.conditions).toBeUndefined();
  });

  it('plays sync-degraded and image-missing, and ends them with calm', async () => {
    const { engine, world, until } = sandbox;
    const application = 'sample-backend-uat';
    await world.scenarios.start('sync-degraded', {
      application,
      reason: 'database is gone',
    });
    await until(application, rests('Synced Degraded'));
    expect(
      podsOf(engine, application)[0].status.containerStatuses[0].state.waiting,
    ).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: expect.stringContaining('database is gone'),
    });
    await world.scenarios.start('calm');
    await until(application, rests('Synced Healthy'));

    await world.scenarios.start('image-missing', { application });
    await until(application, rests('Synced Degraded'));
    await world.scenarios.start('calm');
    await until(application, rests('Synced Healthy'));

    await expect(
      world.scenarios.start('sync-degraded', { application: 'nobody' }),
    ).rejects.toThrow('there is no application "nobody"');
  });

  it('F50 keeps everything over a restart, and resource versions only grow', async () => {
    const { engine, dataDir, world } = sandbox;
    await world.scenarios.start('argo-restart');
    const sha = await sandbox.setTag(
      'uat',
      'sample-backend',
      await sandbox.tagOf('dev', 'sample-backend'),
    );
    await engine.operations.sync(
      'sample-backend-uat',
      { revision: sha },
      { username: 'a' },
    );
    await sandbox.until('sample-backend-uat', rests('Synced Healthy'));
    const before = engine.store.resourceVersion();
    const history = engine.store.get('sample-backend-uat')!.status.history;
    await sandbox.stop();

    const again = await startArgocdWorld({ dataDir });
    try {
      await again.world.scenarios.resume();
      expect(
        again.world.scenarios.list().find(s => s.name === 'argo-restart'),
      ).toMatchObject({ active: true });
      const application = again.engine.store.get('sample-backend-uat')!;
      expect(application.status.history).toEqual(history);
      expect(
        again.engine.notes.of('sample-backend-uat').map(n => n.reason),
      ).toContain('OperationCompleted');
      expect(
        Number(again.engine.store.resourceVersion()),
      ).toBeGreaterThanOrEqual(Number(before));
      await again.engine.refresh('sample-backend-uat');
      expect(healthOf(application)).toBe('Synced Healthy');
    } finally {
      await again.stop();
    }
  });
});

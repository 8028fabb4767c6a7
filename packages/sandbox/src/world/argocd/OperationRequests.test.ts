import {
  ArgocdWorld,
  healthOf,
  rests,
  startArgocdWorld,
} from './__testUtils__/startArgocdWorld';

// Real git and kustomize, on machines that may be busy.
jest.setTimeout(30_000);

describe('operations on applications', () => {
  let sandbox: ArgocdWorld;
  beforeAll(async () => {
    sandbox = await startArgocdWorld();
  });
  afterAll(() => sandbox.remove());

  it('waits for a person elsewhere, then goes Running, Progressing, Healthy', async () => {
    const { engine, until } = sandbox;
    const seen: string[] = [];
    engine.store.events.on('change', ({ application }) => {
      const { metadata, status } = application;
      if (metadata.name === 'sample-backend-uat') {
        seen.push(
          `${status.operationState?.phase ?? 'none'} ${healthOf(application)}`,
        );
      }
    });
    const sha = await sandbox.setTag(
      'uat',
      'sample-backend',
      await sandbox.tagOf('dev', 'sample-backend'),
    );
    await until('sample-backend-uat', rests('OutOfSync Healthy'));

    const answer = await engine.operations.sync(
      'sample-backend-uat',
      { revision: sha },
      { username: 'fairway' },
    );
    expect(answer.operation).toEqual({
      sync: {
        revision: sha,
        source: answer.spec.source,
        syncOptions: ['CreateNamespace=true'],
      },
      initiatedBy: { username: 'fairway' },
    });
    await expect(
      engine.operations.sync('sample-backend-uat', {}, { username: 'fairway' }),
    ).rejects.toThrow('another operation is already in progress');

    const done = await until('sample-backend-uat', rests('Synced Healthy'));
    expect(done.status.history!.at(-1)).toMatchObject({
      id: 2,
      revision: sha,
      initiatedBy: { username: 'fairway' },
    });
    expect([...new Set(seen)]).toEqual([
      'Succeeded OutOfSync Healthy',
      'none OutOfSync Healthy',
      'Running OutOfSync Healthy',
      'Succeeded Synced Progressing',
      'Succeeded Synced Healthy',
    ]);
  });

  it('refuses a rollback under automated sync, and rolls back elsewhere', async () => {
    const { engine, until } = sandbox;
    const user = { username: 'fairway' };
    expect(() =>
      engine.operations.rollback('sample-frontend-dev', { id: 0 }, user),
    ).toThrow('rollback cannot be initiated when auto-sync is enabled');
    expect(() =>
      engine.operations.rollback('sample-frontend-uat', { id: 77 }, user),
    ).toThrow('does not have deployment with id 77');

    const [first] = engine.store.get('sample-frontend-uat')!.status.history!;
    engine.operations.rollback('sample-frontend-uat', { id: first.id }, user);
    const back = await until('sample-frontend-uat', rests('OutOfSync Healthy'));
    expect(back.status.history!.at(-1)!.revision).toBe(first.revision);
  });

  it('refuses to sync another revision under automated sync', async () => {
    const [first] =
      sandbox.engine.store.get('sample-backend-dev')!.status.history!;
    await expect(
      sandbox.engine.operations.sync(
        'sample-backend-dev',
        { revision: first.revision },
        { username: 'fairway' },
      ),
    ).rejects.toThrow(
      `Cannot sync to ${first.revision}: auto-sync currently set to main`,
    );
  });

  it('fails a sync into a namespace that nobody created', async () => {
    const { engine, until } = sandbox;
    const { metadata, spec } = engine.store.get('sample-backend-prod')!;
    engine.upsert({
      metadata: { ...metadata, name: 'astray' },
      spec: {
        ...spec,
        destination: { ...spec.destination, namespace: 'nowhere' },
        source: { ...spec.source!, path: 'gitops/base/sample-backend' },
        syncPolicy: {},
      },
    });
    await until('astray', rests('OutOfSync Missing'));
    await engine.operations.sync('astray', {}, { username: 'fairway' });
    const failed = await until(
      'astray',
      a => a.status.operationState?.phase === 'Failed',
    );
    expect(failed.status.operationState!.message).toContain(
      'namespaces "nowhere" not found',
    );
    engine.delete('astray', true);
    expect(engine.store.get('astray')).toBeUndefined();
  });

  it('terminates a running operation', async () => {
    const { engine, until } = sandbox;
    expect(() => engine.operations.terminate('sample-backend-prod')).toThrow(
      'No operation is in progress',
    );
    await engine.operations.sync(
      'sample-backend-prod',
      {},
      { username: 'fairway' },
    );
    await until(
      'sample-backend-prod',
      a => a.status.operationState?.phase === 'Running',
    );
    engine.operations.terminate('sample-backend-prod');
    const ended = await until('sample-backend-prod', a => !a.operation);
    expect(ended.status.operationState).toMatchObject({
      phase: 'Failed',
      message: 'Operation terminated',
    });
  });
});

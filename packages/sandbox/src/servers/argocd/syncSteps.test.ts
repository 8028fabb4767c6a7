import { SAMPLE_REPOSITORY } from '../../world/argocd/__testUtils__/startArgocdWorld';
import { Application } from '../../world/argocd/types';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

jest.setTimeout(60_000);

const IMAGE = 'registry.example.com/tool:1';

interface ManifestOptions {
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

const manifest = (
  kind: string,
  name: string,
  { annotations, ...rest }: ManifestOptions = {},
) => ({
  apiVersion: { Job: 'batch/v1', Deployment: 'apps/v1' }[kind] ?? 'v1',
  kind,
  metadata: {
    name,
    ...(annotations
      ? {
          annotations: Object.fromEntries(
            Object.entries(annotations).map(([key, value]) => [
              `argocd.argoproj.io/${key}`,
              value,
            ]),
          ),
        }
      : {}),
  },
  ...rest,
});
const config = (name: string, options: ManifestOptions = {}) =>
  manifest('ConfigMap', name, { data: { level: '1' }, ...options });
const pods = (name: string, image: string) => ({
  selector: { matchLabels: { app: name } },
  template: {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name, image }], restartPolicy: 'Never' },
  },
});
const job = (name: string, annotations: Record<string, string>) =>
  manifest('Job', name, {
    annotations,
    spec: { template: pods(name, IMAGE).template },
  });
const deployment = (
  name: string,
  image: string,
  annotations?: Record<string, string>,
) =>
  manifest('Deployment', name, {
    annotations,
    spec: { replicas: 1, ...pods(name, image) },
  });
/** An image of the sandbox's own registry that was never pushed. */
const MISSING =
  '111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/sample-backend:0.0.0';

describe('a sync', () => {
  let argocd: ArgocdTestServer;
  let count = 0;
  beforeAll(async () => {
    argocd = await startArgocdServer();
  });
  afterAll(() => argocd.close());

  const push = (name: string, manifests: object[]) =>
    argocd.sandbox.world.git.commit(SAMPLE_REPOSITORY, {
      branch: 'main',
      message: 'Change',
      author: { name: 'Lead', email: 'lead@example.com' },
      files: [
        {
          path: `steps/${name}/all.yaml`,
          content: manifests.map(m => JSON.stringify(m)).join('\n---\n'),
        },
      ],
    });
  /** Commits the manifests to a folder of their own, and makes an application of it. */
  const start = async (manifests: object[], syncPolicy: object = {}) => {
    count += 1;
    const name = `steps-${count}`;
    await push(name, manifests);
    await argocd.call('POST', '/api/v1/applications', {
      metadata: { name },
      spec: {
        project: 'default',
        source: {
          repoURL: `http://git/${SAMPLE_REPOSITORY}.git`,
          path: `steps/${name}`,
          targetRevision: 'main',
        },
        destination: { name: 'sample-platform-ai-uat', namespace: name },
        syncPolicy: { syncOptions: ['CreateNamespace=true'], ...syncPolicy },
      },
    });
    await argocd.sandbox.until(name, a => Boolean(a.status.reconciledAt));
    return name;
  };
  const sync = (name: string, body: object = {}) =>
    argocd.call('POST', `/api/v1/applications/${name}/sync`, body);
  const done = (name: string, phase = 'Succeeded') =>
    argocd.sandbox.until(
      name,
      a => !a.operation && a.status.operationState?.phase === phase,
    );
  const results = ({ status }: Application) =>
    status.operationState!.syncResult!.resources!.map(
      r => `${r.syncPhase} ${r.kind}/${r.name} ${r.status} ${r.hookPhase}`,
    );
  const liveOf = (name: string) =>
    argocd.sandbox.engine
      .liveTree(argocd.sandbox.engine.store.get(name)!)
      .map(o => `${o.kind}/${o.metadata.name}`);

  it('runs phases and waves in order, and waits for each to be healthy', async () => {
    const name = await start([
      deployment('late', IMAGE, { 'sync-wave': '2' }),
      config('early', { annotations: { 'sync-wave': '-1' } }),
      deployment('middle', IMAGE),
      job('before', {
        hook: 'PreSync',
        'hook-delete-policy': 'HookSucceeded',
      }),
      job('after', { hook: 'PostSync' }),
      job('never', { hook: 'SyncFail' }),
      job('skipped', { hook: 'Skip' }),
    ]);
    const messages = new Set<string>();
    argocd.sandbox.engine.store.events.on('change', ({ application }) => {
      if (application.metadata.name === name) {
        messages.add(application.status.operationState?.message);
      }
    });
    await sync(name);
    const application = await done(name);
    expect(results(application)).toEqual([
      `PreSync Namespace/${name} Synced Succeeded`,
      'PreSync Job/before Synced Succeeded',
      'Sync ConfigMap/early Synced Succeeded',
      'Sync Deployment/middle Synced Succeeded',
      'Sync Deployment/late Synced Succeeded',
      'PostSync Job/after Synced Succeeded',
    ]);
    expect([...messages]).toEqual(
      expect.arrayContaining([
        // On a busy machine it may be healthy before it is waited for.
        expect.stringMatching(
          /^waiting for healthy state of apps\/Deployment\/middle/,
        ),
        'waiting for completion of hook batch/Job/after',
      ]),
    );
    expect(application.status.operationState!.message).toBe(
      'successfully synced (no more tasks)',
    );
    // One hook is gone with its success, the other stays and does not count.
    expect(liveOf(name)).toContain('Job/after');
    expect(liveOf(name)).not.toContain('Job/before');
    // It is compared again when the sync is over.
    await argocd.sandbox.until(name, a => a.status.sync.status === 'Synced');
    const { body } = await argocd.get(`/api/v1/applications/${name}`);
    expect(
      body.status.resources.find((r: any) => r.kind === 'Job'),
    ).toMatchObject({ name: 'after', hook: true });
  });

  it('stops at what fails, runs the SyncFail hooks, and tries again as told', async () => {
    const name = await start(
      [
        deployment('broken', MISSING, { hook: 'PreSync' }),
        config('never-reached'),
        job('clean-up', { hook: 'SyncFail' }),
      ],
      {
        retry: {
          limit: 1,
          backoff: { duration: '2s', factor: 2, maxDuration: '1m' },
        },
      },
    );
    await sync(name);
    const retrying = await argocd.sandbox.until(
      name,
      a => a.status.operationState?.retryCount === 1,
    );
    expect(retrying.status.operationState).toMatchObject({
      phase: 'Running',
      message: expect.stringMatching(
        /^one or more synchronization tasks completed unsuccessfully\. Retrying attempt #1 at \d{4}-.*Z\.$/,
      ),
    });
    const application = await done(name, 'Failed');
    expect(application.status.operationState!.message).toBe(
      'one or more synchronization tasks completed unsuccessfully (retried 1 times).',
    );
    expect(results(application)).toEqual(
      expect.arrayContaining([
        'PreSync Deployment/broken Synced Failed',
        'SyncFail Job/clean-up Synced Succeeded',
      ]),
    );
    expect(liveOf(name)).not.toContain('ConfigMap/never-reached');
    expect(application.status.history).toBeUndefined();
  });

  it('is terminated with the hooks that it runs', async () => {
    const name = await start([
      deployment('endless', MISSING, { hook: 'PreSync' }),
      config('later'),
    ]);
    await sync(name);
    await argocd.sandbox.until(name, a =>
      Boolean(
        a.status.operationState?.message?.startsWith('waiting for completion'),
      ),
    );
    await argocd.call('DELETE', `/api/v1/applications/${name}/operation`);
    const application = await done(name, 'Failed');
    expect(application.status.operationState!.message).toBe(
      'Operation terminated',
    );
    expect(liveOf(name)).not.toContain('Deployment/endless');
  });

  it('prunes only when asked, last where told, and never what may not be', async () => {
    const name = await start([
      config('stays'),
      config('goes'),
      config('protected', { annotations: { 'sync-options': 'Prune=false' } }),
      config('asks', { annotations: { 'sync-options': 'Prune=confirm' } }),
    ]);
    await sync(name);
    await done(name);
    await push(name, [config('stays')]);
    await argocd.sandbox.until(name, a => a.status.sync.status === 'OutOfSync');
    await sync(name);
    await argocd.sandbox.until(name, a => a.status.history?.length === 2);
    expect(liveOf(name)).toHaveLength(4);

    await sync(name, { prune: true });
    const waiting = await argocd.sandbox.until(name, a =>
      Boolean(a.status.operationState?.message?.startsWith('Waiting')),
    );
    expect(waiting.status.operationState!.message).toBe(
      'Waiting for pruning confirmation of v1/ConfigMap/asks',
    );
    await argocd.call('PATCH', `/api/v1/applications/${name}`, {
      patchType: 'merge',
      patch: JSON.stringify({
        metadata: {
          annotations: {
            'argocd.argoproj.io/deletion-approved': new Date(
              argocd.sandbox.world.clock.now().getTime() + 1000,
            ).toISOString(),
          },
        },
      }),
    });
    await done(name);
    expect(liveOf(name).sort()).toEqual([
      'ConfigMap/protected',
      'ConfigMap/stays',
    ]);
  });

  it('touches only what is selected, nothing in a dry run, and only what differs where told', async () => {
    const name = await start([config('a'), config('b')]);
    await sync(name, { dryRun: true });
    const dry = await done(name);
    expect(
      dry.status.operationState!.syncResult!.resources!.map(r => r.message),
    ).toEqual([
      'configmap/a created (dry run)',
      'configmap/b created (dry run)',
    ]);
    expect(liveOf(name)).toEqual([]);
    expect(dry.status.history).toBeUndefined();

    await sync(name, { resources: [{ kind: 'ConfigMap', name: 'b' }] });
    await argocd.sandbox.until(name, () => liveOf(name).length === 1);
    await done(name);
    expect(liveOf(name)).toEqual(['ConfigMap/b']);

    await sync(name, { syncOptions: { items: ['ApplyOutOfSyncOnly=true'] } });
    const rest = await argocd.sandbox.until(
      name,
      a => a.status.history?.length === 1,
    );
    expect(
      rest.status.operationState!.syncResult!.resources!.map(r => r.message),
    ).toEqual(['configmap/a created']);
    await sync(name, {
      syncOptions: { items: ['Replace=true', 'CreateNamespace=true'] },
    });
    const replaced = await argocd.sandbox.until(
      name,
      a => a.status.history?.length === 2,
    );
    expect(
      replaced.status.operationState!.syncResult!.resources![0].message,
    ).toBe('configmap/a replaced');
  });

  it('lets ignored differences be, and keeps them where told', async () => {
    const name = await start([deployment('web', IMAGE)]);
    await sync(name);
    await done(name);
    const scale = () =>
      argocd.sandbox.world.scenarios.start('live-drift', { application: name });
    await scale();
    await argocd.sandbox.until(name, a => a.status.sync.status === 'OutOfSync');
    const { body } = await argocd.get(`/api/v1/applications/${name}`);
    const ignore = (rule: object) =>
      argocd.call('PUT', `/api/v1/applications/${name}/spec`, {
        ...body.spec,
        ignoreDifferences: [{ group: 'apps', kind: 'Deployment', ...rule }],
        syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
      });
    await ignore({ jqPathExpressions: ['.spec.replicas'] });
    await argocd.sandbox.until(name, a => a.status.sync.status === 'Synced');
    await ignore({ jsonPointers: ['/spec/replicas'] });
    await sync(name);
    await argocd.sandbox.until(name, a => a.status.history?.length === 2);
    const live = argocd.sandbox.engine
      .liveTree(argocd.sandbox.engine.store.get(name)!)
      .find(o => o.kind === 'Deployment');
    expect(live!.spec.replicas).toBe(2);
    await ignore({ jqPathExpressions: ['.spec | select(.x)'] });
    const broken = await argocd.sandbox.until(name, a =>
      Boolean(a.status.conditions),
    );
    expect(broken.status.conditions![0].type).toBe('ComparisonError');
  });
});

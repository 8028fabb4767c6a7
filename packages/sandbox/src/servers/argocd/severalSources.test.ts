import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_REPOSITORY } from '../../world/argocd/__testUtils__/startArgocdWorld';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

jest.setTimeout(60_000);

const CONFIG = 'sample-platform-ai/settings';
const author = { name: 'Lead', email: 'lead@example.com' };
const chart = {
  'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'charts/shop/values.yaml': 'colour: red\nsize: 1\n',
  'charts/shop/values-dev.yaml': 'size: 2\n',
  'charts/shop/templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
data:
  colour: {{ .Values.colour | quote }}
  size: {{ .Values.size | quote }}
  namespace: {{ .Release.Namespace }}
`,
};

function hasHelm(): boolean {
  try {
    execFileSync('helm', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    // eslint-disable-next-line no-console
    console.warn(
      'SKIPPED: there is no helm on PATH; it is not proved that charts are rendered with values, value files of other sources and parameters',
    );
    return false;
  }
}

describe('applications with several sources and charts', () => {
  let argocd: ArgocdTestServer;
  const commit = (repository: string, files: Record<string, string>) =>
    argocd.sandbox.world.git.commit(repository, {
      branch: 'main',
      message: 'Change',
      author,
      files: Object.entries(files).map(([path, content]) => ({
        path,
        content,
      })),
    });
  const repoURL = (repository: string) => `http://git/${repository}.git`;
  const spec = (sources: object[], extra: object = {}) => ({
    project: 'sample-platform-ai',
    sources,
    destination: {
      name: 'sample-platform-ai-uat',
      namespace: 'sample-platform-ai',
    },
    ...extra,
  });
  const create = (name: string, body: object) =>
    argocd.call('POST', '/api/v1/applications?upsert=true', {
      metadata: { name },
      spec: body,
    });

  beforeAll(async () => {
    argocd = await startArgocdServer();
    const { git } = argocd.sandbox.world;
    await git.create(CONFIG);
    await commit(CONFIG, {
      'uat/settings.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: "1"}\n',
      'values/uat.yaml': 'colour: green\n',
      ...chart,
    });
  });
  afterAll(() => argocd.close());

  const overlay = {
    repoURL: repoURL(SAMPLE_REPOSITORY),
    targetRevision: 'main',
    path: 'gitops/overlays/uat/sample-backend',
  };
  const settings = {
    repoURL: repoURL(CONFIG),
    targetRevision: 'main',
    path: 'uat',
  };

  it('are compared, synced and remembered source by source', async () => {
    const { call, get, sandbox } = argocd;
    await create('pair', spec([overlay, settings]));
    const { status } = await sandbox.until('pair', a =>
      Boolean(a.status.sync.revisions),
    );
    const { git } = sandbox.world;
    const heads = [
      await git.resolve(SAMPLE_REPOSITORY, 'main'),
      await git.resolve(CONFIG, 'main'),
    ];
    expect(status.sync).toMatchObject({
      status: 'OutOfSync',
      revisions: heads,
      comparedTo: { source: { repoURL: '' }, sources: [overlay, settings] },
    });
    expect(status.sync.revision).toBeUndefined();
    expect(status.sourceTypes).toEqual(['Kustomize', 'Directory']);
    expect(status.sourceType).toBeUndefined();

    const app = '/api/v1/applications/pair';
    const asked = await call('POST', `${app}/sync`, {});
    expect(asked.body.operation.sync).toMatchObject({ revisions: heads });
    await sandbox.until('pair', a => a.status.sync.status === 'Synced');
    const first = (await get(app)).body.status;
    expect(first.history).toMatchObject([
      {
        id: 0,
        revisions: heads,
        sources: [overlay, settings],
        source: { repoURL: '' },
      },
    ]);
    expect(first.operationState.syncResult).toMatchObject({
      revision: '',
      revisions: heads,
    });

    // A push to the second repository is seen as well.
    const next = await commit(CONFIG, {
      'uat/settings.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: "2"}\n',
    });
    await sandbox.until(
      'pair',
      a =>
        a.status.sync.status === 'OutOfSync' &&
        a.status.sync.revisions?.[1] === next,
    );
    // One source is synced to a revision of its own.
    await call('POST', `${app}/sync`, {
      revisions: [heads[1]],
      sourcePositions: ['2'],
    });
    await sandbox.until('pair', a => a.status.history?.length === 2);
    expect(
      sandbox.engine.store.get('pair')!.status.history![1].revisions,
    ).toEqual(heads);
    expect(
      await call('POST', `${app}/sync`, {
        revisions: ['main'],
        sourcePositions: [3],
      }),
    ).toMatchObject({
      status: 500,
      body: { message: 'source position is out of range' },
    });
    const rolled = await call('POST', `${app}/rollback`, { id: '0' });
    expect(rolled.body.operation.sync.sources).toHaveLength(2);
    await sandbox.until('pair', a => !a.operation);

    const metadata = await get(
      `${app}/revisions/${heads[1]}/metadata?sourceIndex=1&versionId=0`,
    );
    expect(metadata.body.author).toBe('Lead <lead@example.com>');
    expect(
      (await get(`${app}/revisions/${heads[1]}/metadata?sourceIndex=0`)).status,
    ).toBe(500);
    expect((await get(`${app}/manifests`)).body.manifests).toHaveLength(3);
    await get(`${app}/managed-resources`);
  });

  it('refuses another revision of one source under automated sync', async () => {
    const automated = { syncPolicy: { automated: {} } };
    await create('pair-auto', spec([overlay, settings], automated));
    const reply = await argocd.call(
      'POST',
      '/api/v1/applications/pair-auto/sync',
      { revisions: ['elsewhere'], sourcePositions: [2] },
    );
    expect(reply.body.message).toBe(
      `Cannot sync source ${settings.repoURL} to elsewhere: auto-sync currently set to main`,
    );
  });

  it('warns of a resource that two sources bring', async () => {
    await create('twice', spec([settings, settings]));
    const { status } = await argocd.sandbox.until('twice', a =>
      Boolean(a.status.conditions),
    );
    expect(status.conditions).toMatchObject([
      {
        type: 'RepeatedResourceWarning',
        message: expect.stringContaining('appeared 2 times'),
      },
    ]);
  });

  it('shows a condition that names helm where there is none', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'fairway-no-helm-'));
    const path = process.env.PATH;
    // Git must be found, helm must not.
    execFileSync('ln', [
      '-s',
      execFileSync('which', ['git']).toString().trim(),
      empty,
    ]);
    process.env.PATH = empty;
    try {
      await create('no-helm', spec([{ ...settings, path: 'charts/shop' }]));
      const { status } = await argocd.sandbox.until('no-helm', a =>
        Boolean(a.status.conditions),
      );
      expect(status.sync.status).toBe('Unknown');
      expect(status.conditions![0]).toMatchObject({
        type: 'ComparisonError',
        message: expect.stringMatching(
          /^Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = .*exec: "helm": executable file not found in \$PATH$/,
        ),
      });
    } finally {
      process.env.PATH = path;
      rmSync(empty, { recursive: true });
    }
  });

  (hasHelm() ? describe : describe.skip)('with helm', () => {
    it('renders charts with values, value files of another source and parameters', async () => {
      const helm = {
        releaseName: 'store',
        valueFiles: ['values-dev.yaml', '$settings/values/uat.yaml'],
        parameters: [{ name: 'size', value: '7' }],
      };
      const source = { ...settings, path: 'charts/shop', helm };
      const ref = { ...settings, path: undefined, ref: 'settings' };
      await create('chart', spec([source, ref]));
      const { status } = await argocd.sandbox.until('chart', a =>
        Boolean(a.status.sync.revisions),
      );
      expect(status.sourceTypes).toEqual(['Helm', '']);
      const manifests = async () => {
        const { body } = await argocd.get(
          '/api/v1/applications/chart/manifests',
        );
        return body.manifests.map((m: string) => JSON.parse(m));
      };
      expect(await manifests()).toMatchObject([
        {
          kind: 'ConfigMap',
          metadata: { name: 'store-settings', namespace: 'sample-platform-ai' },
          data: {
            colour: 'green',
            size: '7',
            namespace: 'sample-platform-ai',
          },
        },
      ]);
      // Values of the application win over files, parameters over values.
      await create(
        'chart',
        spec([
          { ...source, helm: { ...helm, valuesObject: { colour: 'blue' } } },
          ref,
        ]),
      );
      expect((await manifests())[0].data.colour).toBe('blue');
      await create(
        'chart',
        spec([{ ...source, helm: { valueFiles: ['nowhere.yaml'] } }]),
      );
      const broken = await argocd.sandbox.until('chart', a =>
        Boolean(a.status.conditions),
      );
      expect(broken.status.conditions![0].message).toContain('nowhere.yaml');
      expect(broken.status.conditions![0].message).not.toContain(
        argocd.sandbox.dataDir,
      );
    });
  });
});

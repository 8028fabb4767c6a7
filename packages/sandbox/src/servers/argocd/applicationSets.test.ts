import { SAMPLE_REPOSITORY } from '../../world/argocd/__testUtils__/startArgocdWorld';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

jest.setTimeout(60_000);

const URL = '/api/v1/applicationsets';

describe('application sets', () => {
  let argocd: ArgocdTestServer;
  beforeAll(async () => {
    argocd = await startArgocdServer();
  });
  afterAll(() => argocd.close());

  const repoURL = `http://git/${SAMPLE_REPOSITORY}.git`;
  const set = (name: string, generators: object[], extra: object = {}) => ({
    metadata: { name },
    spec: {
      generators,
      template: {
        metadata: {
          name: `${name}-{{path.basename}}`,
          labels: { part: '{{path.basename}}' },
        },
        spec: {
          project: 'sample-platform-ai',
          source: { repoURL, targetRevision: 'main', path: '{{path}}' },
          destination: {
            name: 'sample-platform-ai-uat',
            namespace: 'sample-platform-ai',
          },
        },
      },
      ...extra,
    },
  });
  const bases = (name: string, extra?: object) =>
    set(
      name,
      [
        {
          git: {
            repoURL,
            revision: 'main',
            directories: [{ path: 'gitops/base/*' }],
          },
        },
      ],
      extra,
    );
  const until = async (is: () => boolean) => {
    for (let n = 0; n < 500 && !is(); n += 1) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    expect(is()).toBe(true);
  };
  const names = (prefix: string) =>
    argocd.sandbox.engine.store
      .list()
      .map(a => a.metadata.name)
      .filter(name => name.startsWith(`${prefix}-`));
  const push = (path: string, content: string | undefined) =>
    argocd.sandbox.world.git.commit(SAMPLE_REPOSITORY, {
      branch: 'main',
      message: 'Change',
      author: { name: 'Lead', email: 'lead@example.com' },
      files: [{ path, content }],
    });
  const MANIFEST = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n';

  it('make an application of each folder, and follow folders that come and go', async () => {
    const { call, get, sandbox } = argocd;
    const made = await call('POST', URL, bases('base'));
    expect(made.status).toBe(200);
    await until(() => names('base').length === 2);
    const one = sandbox.engine.store.get('base-sample-backend')!;
    expect(one.metadata).toMatchObject({
      labels: { part: 'sample-backend' },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
      ownerReferences: [
        { kind: 'ApplicationSet', name: 'base', controller: true },
      ],
    });
    expect(one.spec.source!.path).toBe('gitops/base/sample-backend');

    await push('gitops/base/third/config.yaml', MANIFEST);
    await until(() => names('base').length === 3);
    await push('gitops/base/third/config.yaml', undefined);
    await until(() => names('base').length === 2);

    await until(
      () =>
        sandbox.engine.store.applicationSets.get('base')!.status.resources
          ?.length === 2,
    );
    const { body } = await get(`${URL}/base`);
    expect(body.status.conditions).toMatchObject([
      { type: 'ErrorOccurred', status: 'False' },
      { type: 'ParametersGenerated', status: 'True' },
      { type: 'ResourcesUpToDate', status: 'True' },
    ]);
    expect((await get(URL)).body.items).toHaveLength(1);
    expect((await get(`${URL}/base/resource-tree`)).body.nodes).toHaveLength(2);
    expect((await get(`${URL}/nope`)).status).toBe(404);

    expect((await call('DELETE', `${URL}/base`)).status).toBe(200);
    expect(names('base')).toEqual([]);
  });

  it('create, change and delete only what applicationsSync lets them', async () => {
    const { call } = argocd;
    const policy = (applicationsSync: string) => ({
      syncPolicy: { applicationsSync },
    });
    await call('POST', URL, bases('kept', policy('create-only')));
    await until(() => names('kept').length === 2);
    const narrower = (applicationsSync: string) =>
      set(
        'kept',
        [
          {
            list: {
              elements: [
                {
                  path: 'gitops/base/sample-backend',
                  'path.basename': 'sample-backend',
                },
              ],
            },
          },
        ],
        policy(applicationsSync),
      );
    expect(
      (await call('POST', URL, narrower('create-only'))).body.message,
    ).toBe(
      'existing ApplicationSet spec is different, use upsert flag to force update',
    );
    await call('POST', `${URL}?upsert=true`, narrower('create-only'));
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(names('kept')).toHaveLength(2);
    await call('POST', `${URL}?upsert=true`, narrower('create-delete'));
    await until(() => names('kept').length === 1);
    await call('DELETE', `${URL}/kept`);
  });

  it('generate from lists, clusters, files, matrix and merge without making anything', async () => {
    const { call } = argocd;
    await push('envs/dev.json', '{"env": {"name": "dev"}, "path": "x"}');
    await push('envs/uat.json', '{"env": {"name": "uat"}, "path": "x"}');
    const list = (...elements: object[]) => ({ list: { elements } });
    const files = {
      git: { repoURL, revision: 'main', files: [{ path: 'envs/*.json' }] },
    };
    const generate = async (name: string, generator: object) => {
      const body = set('g', [generator]);
      body.spec.template.metadata.name = name;
      const reply = await call('POST', `${URL}/generate`, {
        applicationSet: body,
      });
      return (
        reply.body.applications?.map((a: any) => a.metadata.name) ??
        reply.body.message
      );
    };
    expect(
      await generate(
        '{{name}}-{{size.a}}',
        list({ name: 'n', size: { a: 1 } }),
      ),
    ).toEqual(['n-1']);
    expect(await generate('{{nameNormalized}}', { clusters: {} })).toEqual([
      'sample-platform-ai-dev',
      'sample-platform-ai-uat',
      'sample-platform-ai-prod',
      'in-cluster',
    ]);
    expect(await generate('{{env.name}}-{{path.basename}}', files)).toEqual([
      'dev-envs',
      'uat-envs',
    ]);
    expect(
      await generate('{{env.name}}-{{part}}', {
        matrix: {
          generators: [files, list({ part: 'a' }, { part: '{{env.name}}' })],
        },
      }),
    ).toEqual(['dev-a', 'dev-dev', 'uat-a', 'uat-uat']);
    expect(
      await generate('{{name}}-{{size}}', {
        merge: {
          mergeKeys: ['name'],
          generators: [
            list({ name: 'a', size: 1 }, { name: 'b', size: 1 }),
            list({ name: 'b', size: 2 }, { name: 'c', size: 2 }),
          ],
        },
      }),
    ).toEqual(['a-1', 'b-2']);
    expect(await generate('x', { pullRequest: {} })).toContain(
      'generators pullRequest are not played',
    );
    expect(names('g')).toEqual([]);
  });

  it('say what is wrong in their conditions, and leave other applications alone', async () => {
    const { call, sandbox } = argocd;
    const taken = bases('wrong');
    taken.spec.template.metadata.name = '{{path.basename}}-uat';
    await call('POST', URL, taken);
    const conditions = () =>
      sandbox.engine.store.applicationSets.get('wrong')!.status.conditions;
    await until(() => Boolean(conditions()));
    expect(conditions()![0]).toMatchObject({
      type: 'ErrorOccurred',
      status: 'True',
      message: expect.stringContaining('sample-backend-uat'),
    });
    await call('DELETE', `${URL}/wrong`);
    expect(sandbox.engine.store.get('sample-backend-uat')).toBeDefined();
    expect((await call('POST', URL, { spec: {} })).status).toBe(400);
  });

  it('may themselves be children of a root application', async () => {
    const { sandbox } = argocd;
    const manifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      ...bases('nested'),
    };
    (manifest.metadata as any).namespace = 'argocd';
    const path = 'gitops/apps/dev/nested.yaml';
    await push(path, JSON.stringify(manifest));
    await until(() => names('nested').length === 2);
    const root = sandbox.engine.store.get('sample-platform-ai-dev')!;
    await until(() => root.status.sync.status === 'Synced');
    await push(path, undefined);
    await until(() => names('nested').length === 0);
    expect(sandbox.engine.store.applicationSets.has('nested')).toBe(false);
  });
});

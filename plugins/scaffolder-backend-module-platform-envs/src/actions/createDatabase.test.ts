import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import {
  kustomizeBuildByAll,
  writeFiles,
} from '../__testUtils__/kustomizeBuild';
import {
  openSandboxPlatform,
  runAction,
  SandboxPlatform,
  seedComponents,
  seedEntities,
} from '../__testUtils__/sandboxPlatform';
import { estimateMonthly } from '../plan/estimateMonthly';
import { createCreateDatabaseAction } from './createDatabase';

const REPOSITORY = 'sample-platform-ai/sample-platform-ai';
const INPUT = {
  system: 'system:default/sample-platform-ai',
  component: 'sample-backend',
};
const OVERLAY = 'gitops/overlays/dev/sample-backend';

jest.setTimeout(60_000);

describe('fairway:database:create', () => {
  let platform: SandboxPlatform<Sandbox>;
  const catalog = catalogServiceMock({
    entities: [...seedEntities(), ...seedComponents()],
  });

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github'] }),
    );
  });
  afterAll(() => platform.stop());

  const run = (
    input = {},
    { permissions = platform.permissions, ...more } = {} as any,
  ) =>
    runAction(
      createCreateDatabaseAction({ ...platform, catalog, permissions }),
      {
        input: { ...INPUT, ...input },
        ...more,
      },
    );
  const read = (path: string) =>
    platform.world.git.readFile(REPOSITORY, 'main', path);
  const head = () => platform.world.git.resolve(REPOSITORY, 'main');
  const text = async (path: string) => String(await read(path));

  it('plans the files, what becomes of the overlays, and a database in each environment', async () => {
    const before = await head();
    const { output } = await run({}, { isDryRun: true });
    expect(await head()).toBe(before);
    const planned: any[] = output.planned;
    expect(planned[0]).toMatchObject({
      kind: 'commit',
      name: 'Give sample-backend a database in dev, uat, prod',
    });
    expect(
      planned
        .filter(({ change }) => change === 'update')
        .map(({ name }) => name),
    ).toEqual(
      ['dev', 'uat', 'prod'].map(
        name => `gitops/overlays/${name}/sample-backend/kustomization.yaml`,
      ),
    );
    expect(
      planned
        .filter(({ kind }) => kind === 'deployment')
        .map(({ where, environment }) => [environment, where]),
    ).toEqual([
      ['dev', 'sample-platform-ai-dev-db'],
      ['uat', 'sample-platform-ai-uat-db'],
      ['prod', 'sample-platform-ai-prod-db'],
    ]);
  });

  it('plans the secret of each environment, with what it costs', async () => {
    const { output } = await run({}, { isDryRun: true });
    const secrets = output.planned.filter(
      ({ resourceType }: any) => resourceType === 'AWS::SecretsManager::Secret',
    );
    expect(
      secrets.map((secret: any) => [
        secret.environment,
        secret.name,
        secret.change,
        estimateMonthly(secret),
      ]),
    ).toEqual(
      ['dev', 'uat', 'prod'].map(environment => [
        environment,
        `sample-platform-ai/${environment}/sample-backend/database`,
        'create',
        expect.objectContaining({ status: 'ok', amount: '0.40' }),
      ]),
    );
  });

  it('gives the component a database in one commit that changes one line of its overlay', async () => {
    const before = await text(`${OVERLAY}/kustomization.yaml`);
    const { output, log } = await run(
      {
        environments: ['dev'],
        extensions: ['pgcrypto', 'pg_trgm', 'pgcrypto'],
      },
      { taskId: 'task-7' },
    );
    const [commit] = await platform.world.git.log(REPOSITORY, 'main', {
      limit: 1,
    });
    expect(output).toMatchObject({
      commitSha: commit.sha,
      environments: ['dev'],
      secretName: 'sample-backend-database',
      entityPath: 'gitops/catalog/sample-backend-database.yaml',
    });
    expect(commit.message).toContain('Fairway-Task: task-7');
    expect(await text(`${OVERLAY}/kustomization.yaml`)).toBe(
      `${before}components:\n  - database\n`,
    );
    const objects = (
      await Promise.all(
        ['credentials', 'database'].map(name =>
          text(`${OVERLAY}/database/${name}.yaml`),
        ),
      )
    ).flatMap(file => parseAllDocuments(file).map(one => one.toJS()));
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Password',
      'PushSecret',
      'ExternalSecret',
      'Role',
      'Database',
      'Extension',
      'Extension',
    ]);
    expect(objects[4]).toMatchObject({
      metadata: {
        annotations: { 'crossplane.io/external-name': 'sample_backend' },
      },
      spec: {
        deletionPolicy: 'Orphan',
        forProvider: { owner: 'sample_backend' },
        providerConfigRef: { name: 'sample-platform-ai-dev-db' },
      },
    });
    expect(parse(await text(output.entityPath))).toMatchObject({
      kind: 'Resource',
      metadata: { name: 'sample-backend-database' },
      spec: {
        dependencyOf: ['component:default/sample-backend'],
        dependsOn: ['resource:default/sample-platform-ai-dev-db'],
      },
    });
    expect(log.join('\n')).toContain(`Extended ${OVERLAY}/kustomization.yaml`);
  });

  it('gives it to a service that Fairway did not make, whatever its container is called, by the real kustomize', async () => {
    const base = 'gitops/base/sample-frontend/deployment.yaml';
    await platform.world.git.commit(REPOSITORY, {
      branch: 'main',
      message: 'Call it web',
      author: { name: 'P', email: 'p@example.com' },
      files: [
        {
          path: base,
          content: (
            await text(base)
          ).replace(/- name: sample-frontend$/m, '- name: web'),
        },
      ],
    });
    await run({ component: 'sample-frontend', environments: ['dev'] });
    const paths = (
      await platform.world.git.listFiles(REPOSITORY, 'main')
    ).filter((path: string) => path.includes('/sample-frontend/'));
    const folder = await mkdtemp(join(tmpdir(), 'fairway-database-'));
    try {
      await writeFiles(
        folder,
        new Map(
          await Promise.all(
            paths.map(
              async (path: string) => [path, await text(path)] as const,
            ),
          ),
        ),
      );
      const objects = await kustomizeBuildByAll(
        join(folder, 'gitops/overlays/dev/sample-frontend'),
      );
      const { containers } = objects.find(({ kind }) => kind === 'Deployment')
        .spec.template.spec;
      expect(containers.map(({ name }: any) => name)).toEqual(['web']);
      expect(containers[0].env.map(({ name }: any) => name)).toEqual(
        expect.arrayContaining(['PORT', 'DATABASE_URL']),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('F34 does nothing when it is run again', async () => {
    const before = await head();
    const { output, log } = await run({
      environments: ['dev'],
      extensions: ['pgcrypto', 'pg_trgm'],
    });
    expect(await head()).toBe(before);
    expect(output.commitSha).toBeUndefined();
    expect(log.join('\n')).toContain('nothing to do');
  });

  it.each([
    [{ component: 'nobody' }, 'There is no component:default/nobody'],
    [{ component: 'campaign-auth' }, 'choose its own platform'],
    [{ component: '../x' }, 'The component "../x" is no entity ref'],
    [{ component: '🚀' }, 'The component "??" is no entity ref'],
    [{ component: 'a_b' }, 'cannot be the name of a component'],
    [{ component: 'api:default/web' }, 'api:default/web is no component'],
    [
      { component: 'component:other/web' },
      'services of platforms are in default',
    ],
    [{ environments: ['moon'] }, 'moon'],
    [
      { component: 'sample-infrastructure' },
      'There is no gitops/overlays/dev/sample-infrastructure/kustomization.yaml',
    ],
  ])('F27 refuses %j and writes nothing', async (input, says) => {
    const before = await head();
    await expect(run(input)).rejects.toThrow(says);
    expect(await head()).toBe(before);
  });

  it('refuses platforms that do not run on Kubernetes, saying what to do', async () => {
    const component = seedComponents().find(
      entity => entity.spec?.system === 'mobilytics',
    )!.metadata.name;
    await expect(
      run({ system: 'system:default/mobilytics', component }),
    ).rejects.toThrow('does not run on Kubernetes');
  });

  it('refuses whoever may not change the platform', async () => {
    const permissions = mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(() => ({ result: AuthorizeResult.DENY })),
    });
    await expect(run({}, { permissions })).rejects.toThrow('You may not');
  });
});

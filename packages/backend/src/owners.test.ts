import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import templates from '@backstage/plugin-catalog-backend-module-scaffolder-entity-model';
import permissionPlugin from '@backstage/plugin-permission-backend';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import environmentKind from '@fairway/plugin-catalog-backend-module-platform-envs';
import platformPolicy from '@fairway/plugin-permission-backend-module-platform-policy';
import actions from '@fairway/plugin-scaffolder-backend-module-platform-envs';
import { allPeople, PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../../..');
const read = (...file: string[]) =>
  parse(fs.readFileSync(path.join(ROOT, ...file), 'utf8'));

interface Case {
  template: string;
  values: { name: string; system: string };
  /** A developer of that platform. */
  person: string;
}

/** Every template whose form asks for an owner, with values that it takes. */
const CASES: Case[] = (
  read('templates/all.yaml').spec.targets as string[]
).flatMap(target => {
  const folder = path.dirname(target);
  const { spec } = read('templates', target);
  const properties: Record<string, any> = Object.assign(
    {},
    ...[spec.parameters].flat().map((page: any) => page.properties),
  );
  if (!properties.owner) return [];
  const values = {
    ...Object.fromEntries(
      Object.entries(properties)
        .filter(([, schema]) => schema.default !== undefined)
        .map(([key, schema]) => [key, schema.default]),
    ),
    ...read('templates', folder, 'proof.yaml').cases.default.values,
  };
  return [
    { template: path.basename(folder), values, person: developerOf(values) },
  ];
});

function developerOf({ system }: { system: string }): string {
  const { login } = allPeople(PLATFORMS).find(
    ({ groups }) =>
      groups.length === 1 && system === `system:default/${groups[0]}`,
  )!;
  return `user:default/${login}`;
}

const DEVELOPER = 'user:default/sample-platform-developer';
const MINE = 'group:default/sample-platform-ai';
const THEIRS = 'group:default/platform-engineering';

const refusalOf = (person: string) =>
  `You may not make Platform Engineering (${THEIRS}) the owner: ${person} is not a member of it. Choose one of your groups (`;

/** As tokens of plugins that act for a person: they name the plugin, too. */
const authServiceFactory = createServiceFactory({
  service: coreServices.auth,
  deps: { plugin: coreServices.pluginMetadata },
  factory({ plugin }) {
    const auth = mockServices.auth({
      pluginId: plugin.getId(),
      disableDefaultAuthPolicy: false,
    });
    const tokenOf = auth.getPluginRequestToken.bind(auth);
    auth.getPluginRequestToken = async options => {
      const { onBehalfOf } = options;
      if (!auth.isPrincipal(onBehalfOf, 'user')) return tokenOf(options);
      return {
        token: mockCredentials.user.token(onBehalfOf.principal.userEntityRef, {
          actor: { subject: `plugin:${plugin.getId()}` },
        }),
      };
    };
    return auth;
  },
});

jest.setTimeout(90_000);

/**
 * The catalog, the policy and the scaffolder as the portal has them, and the
 * sandbox as GitHub and AWS: nobody but the server keeps anyone from anything.
 */
describe('the owner of what a template creates', () => {
  let folder: string;
  let sandbox: Sandbox;
  let backend: Awaited<ReturnType<typeof startTestBackend>>;
  const awsBefore = process.env.AWS_ENDPOINT_URL;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-owners-'));
    sandbox = await startSandbox({
      dataDir: folder,
      speed: 50,
      only: ['github', 'aws'],
    });
    const { github, aws } = sandbox.urls;
    process.env.AWS_ENDPOINT_URL = aws;
    const { host } = new URL(github);
    backend = await startTestBackend({
      features: [
        catalogPlugin,
        templates,
        environmentKind,
        permissionPlugin,
        platformPolicy,
        scaffolderPlugin,
        actions,
        authServiceFactory,
        permissionsServiceFactory,
        mockServices.scheduler.factory({
          includeInitialDelayedTasksOnStartup: true,
        }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost' },
            backend: { baseUrl: 'http://localhost' },
            permission: { enabled: true },
            platformEnvs: { gitHost: { host } },
            integrations: {
              github: [
                {
                  host,
                  apiBaseUrl: `${github}/api/v3`,
                  token: 'sandbox-github-token',
                },
              ],
            },
            aws: {
              mainAccount: {
                accessKeyId: 'AKIA000000000000SANDBOX',
                secretAccessKey: 'sandbox',
                region: 'us-east-1',
              },
              accountDefaults: { roleName: 'fairway' },
            },
            catalog: {
              processingInterval: { seconds: 1 },
              locations: ['catalog', 'templates'].map(name => ({
                type: 'file',
                target: path.join(ROOT, name, 'all.yaml'),
                rules: [
                  {
                    allow: [
                      'Component',
                      'System',
                      'Domain',
                      'API',
                      'Resource',
                      'Location',
                      'Environment',
                      'Group',
                      'User',
                      'Template',
                    ],
                  },
                ],
              })),
            },
          },
        }),
      ],
    });
    await until(async () => {
      const { body } = await request(backend.server)
        .post('/api/catalog/entities/by-refs')
        .set('authorization', mockCredentials.service.header())
        .send({
          entityRefs: [
            DEVELOPER,
            THEIRS,
            'user:default/platform-engineer',
            ...CASES.flatMap(({ template, values, person }) => [
              `template:default/${template}`,
              values.system,
              person,
            ]),
            ...PLATFORMS.flatMap(({ system, environments }) =>
              environments.map(
                ({ shortName }) => `environment:default/${system}-${shortName}`,
              ),
            ),
          ],
        });
      return body.items.every(
        (item: any) =>
          item && (item.kind !== 'User' || item.relations?.length > 0),
      );
    });
  });

  afterAll(async () => {
    await backend?.stop();
    await sandbox?.close();
    if (awsBefore === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = awsBefore;
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function until(done: () => Promise<unknown>): Promise<void> {
    while (!(await done())) {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  const post = (where: string, body: object, person = DEVELOPER) =>
    request(backend.server)
      .post(`/api/scaffolder${where}`)
      .set('authorization', mockCredentials.user.header(person))
      .send(body);

  async function planOf(values: object, person?: string) {
    const { body, status } = await post(
      '/platform-envs/plans',
      { templateRef: 'template:default/create-go-service', values },
      person,
    );
    expect([status, body.error]).toEqual([200, undefined]);
    return body;
  }

  const written = () =>
    Object.values(sandbox.world.counters.read()).flatMap(({ routes }) =>
      Object.keys(routes).filter(
        route => !/^GET |(Describe|List|Get|AssumeRole)/.test(route),
      ),
    );

  it.each(CASES)(
    'is a group of whoever starts $template, or the run ends before it creates anything',
    async ({ template, values, person }) => {
      const authorization = mockCredentials.user.header(person);
      sandbox.world.counters.reset();
      const before = sandbox.world.git.list();
      const { body, status } = await post(
        '/v2/tasks',
        {
          templateRef: `template:default/${template}`,
          values: { ...values, owner: THEIRS },
        },
        person,
      );
      expect([status, body.errors]).toEqual([201, undefined]);
      let task: any;
      await until(async () => {
        ({ body: task } = await request(backend.server)
          .get(`/api/scaffolder/v2/tasks/${body.id}`)
          .set('authorization', authorization));
        return !['open', 'processing'].includes(task.status);
      });
      expect(task.status).toBe('failed');
      const { body: events } = await request(backend.server)
        .get(`/api/scaffolder/v2/tasks/${body.id}/events`)
        .set('authorization', authorization);
      const completion = events.find(({ type }: any) => type === 'completion');
      expect(completion.body.error).toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining(refusalOf(person)),
      });
      expect(completion.body.error.message).toMatch(/Nothing was created$/);
      expect(written()).toEqual([]);
      expect(sandbox.world.git.list()).toEqual(before);
    },
  );

  const values = {
    name: 'order-intake',
    system: 'system:default/sample-platform-ai',
  };

  it('is told by the plan, at its field', async () => {
    const { findings, things } = await planOf({ ...values, owner: THEIRS });
    expect(things).toEqual([]);
    const [message, nextStep] = refusalOf(DEVELOPER).split(/\. (?=Choose)/);
    expect(findings).toEqual([
      {
        severity: 'blocking',
        field: 'owner',
        message,
        nextStep: expect.stringContaining(nextStep),
      },
    ]);
  });

  it('is told to assistants that plan for a person', async () => {
    const { body } = await post(
      `/.backstage/actions/v1/actions/${encodeURIComponent(
        'scaffolder:plan-run',
      )}/invoke`,
      {
        templateRef: 'template:default/create-go-service',
        values: { ...values, owner: THEIRS },
      },
    );
    expect(body.output.plan.findings).toEqual([
      expect.objectContaining({ severity: 'blocking', field: 'owner' }),
    ]);
  });

  it('may be any of their groups', async () => {
    for (const [person, owner] of [
      [DEVELOPER, MINE],
      ['user:default/sample-platform-lead', `${MINE}-leads`],
    ]) {
      const { findings } = await planOf({ ...values, owner }, person);
      expect(findings).toEqual([]);
    }
  });

  it('may be any group when platform engineering starts the run', async () => {
    const { findings } = await planOf(
      { ...values, owner: THEIRS },
      'user:default/platform-engineer',
    );
    expect(findings).toEqual([]);
  });

  it('is a group that exists', async () => {
    const { findings } = await planOf({ ...values, owner: `${MINE}-nobody` });
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'blocking',
        field: 'owner',
        message: expect.stringMatching(/^There is no group:default/),
      }),
    ]);
  });
});

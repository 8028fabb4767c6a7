import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  AuthorizeResult,
  DefinitivePolicyDecision,
} from '@backstage/plugin-permission-common';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import {
  ComponentPlan,
  componentPlanSchema,
} from '@fairway/plugin-platform-envs-common';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import {
  openSandboxPlatform,
  runAction,
  SandboxPlatform,
  seedEntities,
} from '../__testUtils__/sandboxPlatform';
import { createAddOverlaysAction } from '../actions/addOverlays';
import { createCreateRegistryAction } from '../actions/createRegistry';
import { createPublishRepositoryAction } from '../actions/publishRepository';
import { scaffolderModulePlatformEnvs } from '../module';

const TEMPLATES = resolve(__dirname, '../../../../templates');
const SYSTEM = 'system:default/sample-platform-ai';
const DEVELOPER = 'user:default/sample-platform-developer';

jest.setTimeout(60_000);

/** A template as the catalog has it after reading it from its folder. */
function templateEntity(name: string): Entity {
  const path = resolve(TEMPLATES, name, 'template.yaml');
  const entity = parse(readFileSync(path, 'utf8'));
  return {
    ...entity,
    metadata: {
      ...entity.metadata,
      annotations: {
        'backstage.io/managed-by-location': `file:${path}`,
        ...entity.metadata.annotations,
      },
    },
  };
}

const OTHERS: Entity[] = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'sample-platform-ai', namespace: 'default' },
    spec: { type: 'team', children: [] },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'sample-platform-developer', namespace: 'default' },
    spec: {},
    relations: [{ type: 'memberOf', targetRef: 'group:default/web-team' }],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'sample-platform-ai', namespace: 'default' },
    spec: { type: 'service', owner: 'group:default/mobilytics' },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: {
      name: 'empty-platform',
      namespace: 'default',
      annotations: {},
    },
    spec: { owner: 'group:default/sample-platform-ai' },
  },
  {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: {
      name: 'endless',
      namespace: 'default',
      annotations: {
        'backstage.io/managed-by-location': `file:${TEMPLATES}/create-go-service/template.yaml`,
      },
    },
    spec: {
      type: 'service',
      parameters: [
        { properties: { name: { type: 'string', pattern: '^(a+)+$' } } },
      ],
      steps: [
        {
          id: 'wait',
          action: 'debug:log',
          input: { message: '${{ parameters.name }}' },
        },
      ],
    },
  },
];

describe('POST /platform-envs/plans', () => {
  let platform: SandboxPlatform<Sandbox>;
  let baseUrl: string;
  let stopBackend: () => Promise<void>;
  const denied = new Set<string>();

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github', 'aws'] }),
    );
    const decide = async (
      requests: any[],
    ): Promise<DefinitivePolicyDecision[]> =>
      requests.map(({ permission }) => ({
        result: denied.has(permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      }));
    const backend = await startTestBackend({
      features: [
        mockServices.rootConfig.factory({ data: platform.config.get() }),
        mockServices.permissions.mock({
          authorize: decide,
          authorizeConditional: decide,
        }).factory,
        catalogServiceMock.factory({
          entities: [
            ...seedEntities(),
            ...OTHERS,
            templateEntity('create-go-service'),
            templateEntity('create-rust-service'),
          ],
        }),
        scaffolderPlugin,
        scaffolderModulePlatformEnvs,
      ],
    });
    stopBackend = () => backend.stop();
    const { port } = backend.server.address() as AddressInfo;
    baseUrl = `http://localhost:${port}/api/scaffolder`;
  });
  afterEach(() => {
    denied.clear();
    platform.world.faults.remove();
  });
  afterAll(async () => {
    await stopBackend();
    await platform.stop();
  });

  const values = {
    name: 'order-intake',
    system: SYSTEM,
    owner: 'group:default/sample-platform-ai',
    description: 'Takes orders from the web shop',
  };
  const post = async (body: unknown, headers: object = {}) => {
    const response = await fetch(`${baseUrl}/platform-envs/plans`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: mockCredentials.user.header(DEVELOPER),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  };
  const planOf = async (
    more: object = {},
    templateRef = 'template:default/create-go-service',
  ): Promise<ComponentPlan> => {
    const { status, body } = await post({
      templateRef,
      values: { ...values, ...more },
    });
    expect([status, body.error]).toEqual([200, undefined]);
    return componentPlanSchema.parse(body);
  };
  const byKind = (plan: ComponentPlan, kind: string) =>
    plan.things.filter(thing => thing.kind === kind);

  it.each(['create-go-service', 'create-rust-service'])(
    'says everything that %s would create, and creates nothing',
    async template => {
      const before = platform.world.git.list();
      const heads = await Promise.all(
        before.map(name => platform.world.git.resolve(name, 'main')),
      );
      platform.world.counters.reset();

      const plan = await planOf({}, `template:default/${template}`);

      expect(plan.findings).toEqual([]);
      expect(plan.summary).toMatch(/^Creates 1 repository, \d+ files/);
      expect(byKind(plan, 'repository')).toEqual([
        expect.objectContaining({
          name: 'sample-platform-ai/order-intake',
          change: 'create',
        }),
      ]);
      const files = byKind(plan, 'file');
      expect(files.length).toBeGreaterThan(15);
      expect(
        files.filter(file => file.content === undefined && !file.note),
      ).toEqual([]);
      expect(
        files.find(
          file =>
            file.where === 'sample-platform-ai/order-intake@main' &&
            file.name === 'README.md',
        )?.content,
      ).toContain('Takes orders from the web shop');
      expect(
        files.some(
          file =>
            file.where === 'sample-platform-ai/sample-platform-ai@main' &&
            /overlays\/prod\/order-intake/.test(file.name),
        ),
      ).toBe(true);
      expect(byKind(plan, 'awsResource')).toContainEqual(
        expect.objectContaining({
          resourceType: 'AWS::ECR::Repository',
          where: '111100000000/ap-southeast-2',
          change: 'create',
        }),
      );
      expect(byKind(plan, 'iam')).toContainEqual(
        expect.objectContaining({
          where: '111100000000',
          content: expect.stringContaining(
            'repo:sample-platform-ai/order-intake:ref:refs/heads/main',
          ),
        }),
      );
      expect(byKind(plan, 'catalogEntry')).toContainEqual(
        expect.objectContaining({
          name: 'component:default/order-intake',
          change: 'create',
        }),
      );
      expect(
        byKind(plan, 'deployment').map(({ environment }) => environment),
      ).toEqual(['dev', 'uat', 'prod']);
      expect(plan.costs.map(({ environment }) => environment)).toEqual([
        undefined,
        'dev',
        'uat',
        'prod',
      ]);
      expect(plan.total).toMatchObject({
        status: 'ok',
        amount: expect.stringMatching(/^\d+\.\d\d$/),
      });

      const { github, aws } = platform.world.counters.read();
      const routes = Object.keys(github.routes);
      expect(routes.length).toBeGreaterThan(1);
      expect(routes.filter(route => !route.startsWith('GET '))).toEqual([]);
      expect(Object.keys(aws.routes)).toContainEqual(
        expect.stringMatching(/DescribeStacks/),
      );
      expect(
        Object.keys(aws.routes).filter(route =>
          /(Create|Update|Put|Delete|Execute|Set|Tag)/.test(route),
        ),
      ).toEqual([]);
      expect(platform.world.git.list()).toEqual(before);
      expect(
        await Promise.all(
          before.map(name => platform.world.git.resolve(name, 'main')),
        ),
      ).toEqual(heads);
    },
  );

  it('F78 holds no token', async () => {
    const { text } = await post({
      templateRef: 'template:default/create-go-service',
      values,
    });
    expect(text).not.toContain('sandbox-github-token');
    expect(text).not.toContain('mock-user-token');
    expect(text).not.toContain('mock-service-token');
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}/);
  });

  it('F34 says what a run that died half way has left', async () => {
    const common = { system: SYSTEM, component: 'half-made' };
    await runAction(createCreateRegistryAction({ ...platform, pollMs: 20 }), {
      input: { ...common, owner: values.owner },
    });
    await runAction(createAddOverlaysAction(platform), { input: common });

    const plan = await planOf({ name: 'half-made' });

    expect(plan.findings).toEqual([]);
    expect(byKind(plan, 'repository')[0].change).toBe('create');
    expect(byKind(plan, 'awsResource').map(({ change }) => change)).toContain(
      'keep',
    );
    const desired = byKind(plan, 'file').filter(file =>
      file.where.startsWith('sample-platform-ai/sample-platform-ai@'),
    );
    expect(desired.length).toBeGreaterThan(5);
    expect(new Set(desired.map(({ change }) => change))).toEqual(
      new Set(['keep']),
    );
  });

  it('F33 tells all names that are taken at once, whose, and what to do', async () => {
    const plan = await planOf({ name: 'sample-platform-ai' });
    expect(plan.things).toEqual([]);
    expect(plan.summary).toBe(
      '2 things are in the way; nothing can be created yet.',
    );
    expect(plan.findings).toEqual([
      {
        severity: 'blocking',
        field: 'name',
        message:
          'component:default/sample-platform-ai is in the catalog already and belongs to group:default/mobilytics',
        nextStep: 'Choose another name',
      },
      {
        severity: 'blocking',
        field: 'name',
        message: expect.stringContaining(
          'The repository sample-platform-ai/sample-platform-ai exists and was not created by this task',
        ),
        nextStep: 'Choose another name',
      },
    ]);
  });

  it('F34 sends whoever starts over to the run that made the repository', async () => {
    const workspacePath = await mkdtemp(join(tmpdir(), 'fairway-'));
    await writeFile(join(workspacePath, 'README.md'), '# Begun\n');
    await runAction(createPublishRepositoryAction(platform), {
      input: { system: SYSTEM, component: 'begun-before' },
      taskId: 'run-that-died',
      workspacePath,
    });
    await rm(workspacePath, { recursive: true });

    const { findings } = await planOf({ name: 'begun-before' });

    expect(findings).toEqual([
      {
        severity: 'blocking',
        field: 'name',
        message: `The repository sample-platform-ai/begun-before exists and was not created by this task (run run-that-died made it for ${DEVELOPER})`,
        nextStep:
          'Choose another name, or open that run and press "Retry" if it stopped half way',
      },
    ]);
  });

  it('F36 tells whose a foreign image registry is', async () => {
    const { sdkCredentialProvider } =
      await platform.awsCredentials.getCredentialProvider({
        accountId: '111100000000',
      });
    const ecr = new ECRClient({
      region: 'ap-southeast-2',
      credentials: sdkCredentialProvider,
    });
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: 'images-of-others',
        tags: [{ Key: 'Owner', Value: 'payments' }],
      }),
    );
    ecr.destroy();

    const { findings } = await planOf({ name: 'images-of-others' });

    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'blocking',
        message: expect.stringMatching(/images-of-others.*Owner=payments/),
        nextStep: expect.stringMatching(/^Choose another name/),
      }),
    ]);
  });

  it.each([
    ['a reserved name', { name: 'kube-proxy' }, 'name', /belong to Kubernetes/],
    [
      'a platform without environments',
      { system: 'system:default/empty-platform' },
      'system',
      /no environment/,
    ],
    [
      'a platform that is not there',
      { system: 'system:default/nowhere' },
      'system',
      /There is no system:default\/nowhere/,
    ],
  ])('tells %s', async (_, more, field, message) => {
    const { findings } = await planOf(more);
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'blocking',
        field,
        message: expect.stringMatching(message),
        nextStep: expect.stringMatching(/^[A-Z].+/),
      }),
    ]);
  });

  it('tells whoever may not create components on a platform who may', async () => {
    denied.add('platform-envs.component.create');
    const { findings, things } = await planOf();
    expect(things).toEqual([]);
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'blocking',
        field: 'system',
        message: expect.stringContaining('You may not create components on'),
        nextStep: expect.stringMatching(/^Ask one of them/),
      }),
    ]);
  });

  it('tells whoever chose a group that is not theirs', async () => {
    denied.add('platform-envs.component.assign');
    const { findings, things } = await planOf({
      owner: 'group:default/sample-platform-ai',
    });
    expect(things).toEqual([]);
    expect(findings).toEqual([
      {
        severity: 'blocking',
        field: 'owner',
        message: `You may not make sample-platform-ai (group:default/sample-platform-ai) the owner: ${DEVELOPER} is not a member of it`,
        nextStep: expect.stringMatching(
          /^Choose one of your groups \(group:default\/web-team\)/,
        ),
      },
    ]);
  });

  it('warns of an owner that the catalog does not know', async () => {
    const { findings, things } = await planOf({
      owner: 'group:default/nobody',
    });
    expect(things.length).toBeGreaterThan(0);
    expect(findings).toEqual([
      expect.objectContaining({ severity: 'warning', field: 'owner' }),
    ]);
  });

  it.each([
    'scaffolder.task.create',
    'scaffolder.template.step.read',
    'scaffolder.action.execute',
  ])('answers 403 to people without %s', async permission => {
    denied.add(permission);
    platform.world.counters.reset();
    const { status, body } = await post({
      templateRef: 'template:default/create-go-service',
      values,
    });
    expect(status).toBe(403);
    expect(body.error.message).toMatch(/ask an administrator/);
    expect(platform.world.counters.read()).toEqual({});
  });

  it('answers 401 to nobody and 403 to other services', async () => {
    const nobody = await post('{}', {
      authorization: mockCredentials.none.header(),
    });
    expect(nobody.status).toBe(401);
    const service = await post('{}', {
      authorization: mockCredentials.service.header(),
    });
    expect(service.status).toBe(403);
  });

  it.each([
    ['template:default/nothing', 404],
    ['component:default/sample-platform-ai', 400],
    ['../../etc/passwd', 404],
    [`template:default/${'x'.repeat(400)}`, 400],
  ])('answers a template ref (case %#)', async (templateRef, expected) => {
    const { status, body } = await post({ templateRef, values });
    expect([status, typeof body.error.message]).toEqual([expected, 'string']);
  });

  it.each([
    ['F27', { name: '../../x' }, 'name', 'pattern'],
    ['F28', { name: '${{ secrets.x }}' }, 'name', 'pattern'],
    ['F29', { name: 'аbc' }, 'name', 'pattern'],
    ['F29', { description: 'x'.repeat(201) }, 'description', 'maxLength'],
    ['F29', { description: 'x'.repeat(1_000_000) }, 'description', 'maxLength'],
    ['F29', { lifecycle: 'eternal' }, 'lifecycle', 'enum'],
    ['F29', { trackSeconds: 'soon' }, 'trackSeconds', 'type'],
    ['F29', { name: undefined }, 'name', 'required'],
  ])(
    '%s answers 400 with field and rule to %j',
    async (_, more, field, rule) => {
      platform.world.counters.reset();
      const { status, body } = await post({
        templateRef: 'template:default/create-go-service',
        values: { ...values, ...more },
      });
      expect(status).toBe(400);
      expect(body.error.fields).toContainEqual({
        field,
        rule,
        message: expect.stringContaining(field),
      });
      expect(body.error.message.length).toBeLessThan(500);
      expect(platform.world.counters.read()).toEqual({});
    },
  );

  it('F29 says of a form of megabytes what to do', async () => {
    const { status, body } = await post({
      templateRef: 'template:default/create-go-service',
      values: { ...values, sizes: { ['x'.repeat(2_100_000)]: {} } },
    });
    expect([status, body.error.message]).toEqual([
      400,
      'A form holds at most 2 MB in all: shorten its texts',
    ]);
  });

  it('F30 stops a pattern that never ends, while others are served', async () => {
    const started = Date.now();
    let others = 0;
    const plan = post({
      templateRef: 'template:default/endless',
      values: { name: `${'a'.repeat(60)}!` },
    });
    const timer = setInterval(() => {
      others += 1;
    }, 20);
    const { status, body } = await plan;
    clearInterval(timer);
    expect(status).toBe(503);
    expect(body.error.message).toMatch(/pattern of the template/);
    expect(Date.now() - started).toBeLessThan(10_000);
    // The portal's own thread went on ticking.
    expect(others).toBeGreaterThan(20);
  });

  it('answers 503, not a plan, when GitHub cannot be asked', async () => {
    platform.world.faults.add({
      upstream: 'github',
      kind: 'status',
      status: 503,
    });
    const { status, body } = await post({
      templateRef: 'template:default/create-go-service',
      values,
    });
    expect(status).toBe(503);
    expect(body.error.message).toMatch(/could not be made/);
  });

  const invoke = async (input: object, authorization: string) => {
    const id = encodeURIComponent('scaffolder:plan-run');
    const response = await fetch(
      `${baseUrl}/.backstage/actions/v1/actions/${id}/invoke`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify(input),
      },
    );
    return { status: response.status, body: await response.json() };
  };
  const developer = mockCredentials.user.header(DEVELOPER);

  it('lets assistants plan for a person, without the contents of files', async () => {
    platform.world.counters.reset();
    const { status, body } = await invoke(
      { templateRef: 'template:default/create-go-service', values },
      developer,
    );
    expect([status, body.error]).toEqual([200, undefined]);
    const plan = componentPlanSchema.parse(body.output.plan);
    expect(plan.summary).toMatch(/^Creates 1 repository/);
    expect(plan.things.filter(thing => thing.content)).toEqual([]);
    expect(
      Object.keys(platform.world.counters.read().github.routes).filter(
        route => !route.startsWith('GET '),
      ),
    ).toEqual([]);
  });

  it('lets assistants plan with the rights of that person only', async () => {
    denied.add('platform-envs.component.create');
    const { body } = await invoke(
      { templateRef: 'template:default/create-go-service', values },
      developer,
    );
    expect(body.output.plan.findings).toEqual([
      expect.objectContaining({
        severity: 'blocking',
        message: expect.stringContaining('You may not create components on'),
      }),
    ]);
    const service = await invoke(
      { templateRef: 'template:default/create-go-service', values },
      mockCredentials.service.header(),
    );
    expect(service.status).toBe(403);
  });

  it('lists what assistants may do: of this module nothing but planning', async () => {
    const response = await fetch(`${baseUrl}/.backstage/actions/v1/actions`, {
      headers: { authorization: mockCredentials.service.header() },
    });
    const { actions } = (await response.json()) as { actions: any[] };
    expect(actions.find(({ name }) => name === 'plan-run')).toMatchObject({
      attributes: { readOnly: true, destructive: false, idempotent: true },
      schema: { input: { required: ['templateRef', 'values'] } },
      examples: [{ input: { templateRef: expect.any(String) } }],
    });
  });

  it('documents every action of the portal with schemas and an example', async () => {
    const response = await fetch(`${baseUrl}/v2/actions`, {
      headers: { authorization: developer },
    });
    const ours = ((await response.json()) as any[]).filter(({ id }) =>
      id.startsWith('fairway:'),
    );
    expect(ours.length).toBeGreaterThan(8);
    expect(
      ours.filter(
        ({ description, examples, schema }) =>
          !description ||
          !examples?.length ||
          !Object.keys(schema?.input?.properties ?? {}).length ||
          !Object.keys(schema?.output?.properties ?? {}).length,
      ),
    ).toEqual([]);
  });
});

import { mockServices } from '@backstage/backend-test-utils';
import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
} from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { runAction, seedEntities } from '../__testUtils__/sandboxPlatform';
import { anchorOf } from '../repository/runbookSections';
import { createPrepareRepositoryAction } from './prepareRepository';

const INPUT = {
  targetPath: './source',
  system: 'system:default/sample-platform-ai',
  component: 'order-intake',
  description: 'Takes orders from the web shop',
  type: 'service',
  owner: 'group:default/sample-platform-ai',
  language: 'go',
  ecosystems: ['gomod'],
};

/** The entity once the catalog has read the definition. */
const readIn = (api: any) => ({
  ...api,
  spec: { ...api.spec, definition: api.spec.definition.$text },
});

describe('fairway:repository:prepare', () => {
  let decision: AuthorizeResult.ALLOW | AuthorizeResult.DENY =
    AuthorizeResult.ALLOW;
  const action = createPrepareRepositoryAction({
    catalog: catalogServiceMock({ entities: seedEntities() }),
    permissions: mockServices.permissions.mock({
      authorize: async requests => requests.map(() => ({ result: decision })),
    }),
    integrations: ScmIntegrations.fromConfig(
      new ConfigReader({ integrations: { github: [{ host: 'github.com' }] } }),
    ),
    gitHost: 'github.com',
  });
  let workspacePath: string;
  beforeEach(async () => {
    workspacePath = await mkdtemp(join(tmpdir(), 'fairway-prepare-'));
  });
  afterEach(async () => {
    decision = AuthorizeResult.ALLOW;
    await rm(workspacePath, { recursive: true, force: true });
  });

  async function put(path: string, content = '') {
    await mkdir(dirname(join(workspacePath, path)), { recursive: true });
    await writeFile(join(workspacePath, path), content);
  }
  const read = (path: string) =>
    readFile(join(workspacePath, 'source', path), 'utf8');
  const prepare = (input: object = {}, isDryRun = false) =>
    runAction(action, {
      input: { ...INPUT, ...input },
      workspacePath,
      isDryRun,
    });
  async function files() {
    const entries = await readdir(workspacePath, {
      recursive: true,
      withFileTypes: true,
    });
    return entries
      .filter(entry => !entry.isDirectory())
      .map(entry => relative(workspacePath, join(entry.parentPath, entry.name)))
      .sort();
  }

  it('writes what every repository has', async () => {
    const { output } = await prepare();
    expect(await files()).toEqual(
      [
        '.editorconfig',
        '.github/CODEOWNERS',
        '.github/dependabot.yml',
        '.github/workflows/deliver.yml',
        'catalog-info.yaml',
        'docs/index.md',
        'docs/runbook.md',
        'mkdocs.yml',
        'observability/alerts.yaml',
        'observability/dashboard.json',
      ].map(path => join('source', path)),
    );
    expect(output.kept).toEqual([]);
    expect(await read('.github/CODEOWNERS')).toBe(
      '* @sample-platform-ai/sample-platform-ai\n',
    );
    expect(
      parse(await read('.github/dependabot.yml')).updates.map(
        (update: any) => update['package-ecosystem'],
      ),
    ).toEqual(['gomod', 'docker', 'github-actions']);
  });

  it('describes the component and its APIs for the catalog', async () => {
    await put('source/openapi.yaml');
    await put('source/proto/greeter.proto');
    await prepare({
      title: 'Order intake',
      tags: ['go', 'rest'],
      apis: [
        { type: 'openapi', path: 'openapi.yaml' },
        { type: 'grpc', path: 'proto/greeter.proto' },
      ],
      dependsOn: ['resource:default/orders-db'],
      consumesApis: ['payments'],
      environments: ['uat', 'dev'],
    });
    const [component, ...apis] = parseAllDocuments(
      await read('catalog-info.yaml'),
    ).map(document => document.toJS());
    await expect(
      componentEntityV1alpha1Validator.check(component),
    ).resolves.toBe(true);
    expect(component).toEqual({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'order-intake',
        title: 'Order intake',
        description: 'Takes orders from the web shop',
        annotations: {
          'github.com/project-slug': 'sample-platform-ai/order-intake',
          'backstage.io/techdocs-ref': 'dir:.',
          'backstage.io/kubernetes-id': 'order-intake',
          'argocd/app-selector': 'fairway.dev/component=order-intake',
          'fairway.dev/environments': 'dev,uat',
          'fairway.dev/runbook': '/docs/default/component/order-intake/runbook',
          'grafana/dashboard-selector': 'order-intake',
          'grafana/alert-label-selector': 'service=order-intake',
          'fairway.dev/language': 'go',
          'fairway.dev/created-by-task': 'task-1',
        },
        tags: ['go', 'rest'],
        links: [
          {
            title: 'Runbook',
            url: 'https://github.com/sample-platform-ai/order-intake/blob/main/docs/runbook.md',
            icon: 'docs',
            type: 'runbook',
          },
        ],
      },
      spec: {
        type: 'service',
        lifecycle: 'experimental',
        owner: 'group:default/sample-platform-ai',
        system: 'sample-platform-ai',
        providesApis: ['order-intake-api', 'order-intake-grpc'],
        consumesApis: ['api:default/payments'],
        dependsOn: ['resource:default/orders-db'],
      },
    });
    for (const api of apis) {
      await expect(apiEntityV1alpha1Validator.check(readIn(api))).resolves.toBe(
        true,
      );
    }
    expect(apis.map(api => api.spec.definition.$text)).toEqual([
      './openapi.yaml',
      './proto/greeter.proto',
    ]);
  });

  it.each([undefined, '', ' \n '])(
    'leaves out what nobody said it is for (%j)',
    async description => {
      await prepare({ description });
      const [component] = parseAllDocuments(
        await read('catalog-info.yaml'),
      ).map(document => document.toJS());
      expect(component.metadata).not.toHaveProperty('description');
      expect(parse(await read('mkdocs.yml'))).not.toHaveProperty(
        'site_description',
      );
      await expect(read('docs/index.md')).resolves.toMatch(
        /^# order-intake\n\nLooked after by `group:default\/sample-platform-ai`, in the repository \[/,
      );
    },
  );

  it('keeps what the skeleton has written', async () => {
    await put('source/docs/runbook.md', 'Ours');
    const { output } = await prepare();
    expect(output.kept).toEqual(['docs/runbook.md']);
    expect(await read('docs/runbook.md')).toBe('Ours');
  });

  it('gives the same bytes again', async () => {
    await prepare();
    const contents = () =>
      Promise.all(
        ['catalog-info.yaml', 'observability/dashboard.json'].map(read),
      );
    const before = await contents();
    await rm(join(workspacePath, 'source'), { recursive: true });
    await prepare();
    expect(await contents()).toEqual(before);
  });

  it.each([
    [
      'sample-platform-ai',
      'gitops/overlays/dev/order-intake/kustomization.yaml',
      /newTag/,
    ],
    ['mobilytics', 'deploy/sandbox/order-intake.tfvars.json', /image_digest/],
  ])(
    'delivers to the first environment of %s without a stored key',
    async (system, file, change) => {
      await prepare({ system: `system:default/${system}` });
      const text = await read('.github/workflows/deliver.yml');
      const workflow = parse(text);
      expect(workflow.permissions).toEqual({});
      expect(workflow.jobs.image.permissions).toEqual({
        contents: 'read',
        'id-token': 'write',
      });
      expect(workflow.jobs.release.permissions).toEqual({});
      expect(workflow.env.GITOPS_FILE).toBe(file);
      const set = workflow.jobs.release.steps.find(
        (step: any) => step.name === 'Set the image',
      );
      expect(set.run).toMatch(change);
      expect(text.match(/secrets\.\w+/g)).toEqual([
        'secrets.GITOPS_APP_PRIVATE_KEY',
      ]);
    },
  );

  it('links every alert to a section of the runbook that is there', async () => {
    await prepare({ metrics: ['http', 'grpc', 'consumer', 'jobs'] });
    const { spec } = parse(await read('observability/alerts.yaml'));
    const anchors = (await read('docs/runbook.md'))
      .split('\n')
      .filter(line => line.startsWith('## '))
      .map(line => anchorOf({ heading: line.slice(3), steps: [] }));
    const links = spec.groups[0].rules.map(
      (rule: any) => rule.annotations.runbook_url.split('#')[1],
    );
    expect(links).toHaveLength(11);
    expect(links.filter((anchor: string) => !anchors.includes(anchor))).toEqual(
      [],
    );
    expect(spec.groups[0].rules[0]).toEqual({
      alert: 'OrderIntakeHttpFailing',
      expr: '(sum by (environment) (rate(http_requests_total{service="order-intake",code=~"5.."}[5m])) or 0 * sum by (environment) (rate(http_requests_total{service="order-intake"}[5m]))) / sum by (environment) (rate(http_requests_total{service="order-intake"}[5m])) > 0.05',
      for: '10m',
      labels: {
        severity:
          '{{ if match "^(dev|uat)$" $labels.environment }}warning{{ else }}critical{{ end }}',
        service: 'order-intake',
        system: 'sample-platform-ai',
        team: 'sample-platform-ai',
      },
      annotations: {
        summary:
          '{{ $value | humanizePercentage }} of the requests of order-intake fail in {{ $labels.environment }}',
        runbook_url:
          'https://github.com/sample-platform-ai/order-intake/blob/main/docs/runbook.md#too-many-requests-fail',
      },
    });
  });

  it('shows rate, errors, latency and saturation on the dashboard', async () => {
    await prepare({
      metrics: [
        'http',
        {
          id: 'graphql',
          work: 'operations',
          total: 'graphql_operations_total',
          failed: 'result="error"',
          buckets: 'graphql_operation_duration_seconds_bucket',
          by: 'operation',
          slowAboveSeconds: 2,
        },
      ],
    });
    const { panels, tags, templating } = JSON.parse(
      await read('observability/dashboard.json'),
    );
    expect(tags).toEqual(['order-intake', 'sample-platform-ai']);
    expect(panels.map((panel: any) => panel.title)).toEqual([
      'Requests a second',
      'Share of requests that fail',
      'How long requests take',
      'Operations a second',
      'Share of operations that fail',
      'How long operations take',
      'CPU, cores',
      'Memory',
      'Goroutines',
    ]);
    expect(new Set(panels.map((panel: any) => panel.id)).size).toBe(9);
    expect(panels[0].targets[0].expr).toBe(
      'sum by (route) (rate(http_requests_total{service="order-intake",environment=~"$environment"}[5m]))',
    );
    expect(templating.list[1].query.query).toBe(
      'label_values(http_requests_total{service="order-intake"}, environment)',
    );
  });

  it('gives a library no delivery, runbook or alerts', async () => {
    const { output } = await prepare({ type: 'library' });
    expect(output.written).toEqual([
      '.editorconfig',
      '.github/CODEOWNERS',
      '.github/dependabot.yml',
      'catalog-info.yaml',
      'docs/index.md',
      'mkdocs.yml',
    ]);
    const { metadata } = parse(await read('catalog-info.yaml'));
    expect(metadata.annotations).not.toHaveProperty([
      'fairway.dev/environments',
    ]);
  });

  it('leaves delivery to what the skeleton has for it', async () => {
    await prepare({ type: 'website', delivery: 'own' });
    expect(await files()).toEqual(
      [
        '.editorconfig',
        '.github/CODEOWNERS',
        '.github/dependabot.yml',
        'catalog-info.yaml',
        'docs/index.md',
        'mkdocs.yml',
      ].map(path => `source/${path}`),
    );
  });

  it('describes a repository that is called otherwise than the component', async () => {
    await prepare({ repository: 'Order_Intake.v2' });
    expect(await read('catalog-info.yaml')).toContain(
      'sample-platform-ai/Order_Intake.v2',
    );
  });

  it('tells the files in a dry run', async () => {
    const { output } = await prepare({}, true);
    expect(output.planned).toHaveLength(10);
    expect(output.planned[0]).toEqual({
      kind: 'file',
      name: '.editorconfig',
      where: 'sample-platform-ai/order-intake@main',
      change: 'create',
      content: await read('.editorconfig'),
      sizeBytes: expect.any(Number),
    });
  });

  it.each([
    '${{ secrets.token }} and {{ 7*7 }} {% raw %}',
    `It's "quoted": # \\ @ & * ! | > % - Zoë 🚢`,
    '---\nkind: Template\n"\': ]}',
    '*/ --> </script>',
  ])('F28 keeps %j a text', async description => {
    await put('source/openapi.yaml');
    await prepare({
      description,
      title: description.slice(0, 80),
      apis: [{ type: 'openapi', path: 'openapi.yaml' }],
    });
    const documents = parseAllDocuments(await read('catalog-info.yaml'));
    expect(documents.map(document => document.toJS().kind)).toEqual([
      'Component',
      'API',
    ]);
    const line = description.replace(/\n/g, ' ');
    expect(documents[0].toJS().metadata.description).toBe(line);
    expect(parse(await read('mkdocs.yml')).site_description).toBe(line);
    expect(await read('docs/index.md')).toContain(line);
    // Whoever evaluates expressions is not given any.
    for (const path of [
      '.github/workflows/deliver.yml',
      '.github/dependabot.yml',
      'observability/alerts.yaml',
    ]) {
      expect(await read(path)).not.toContain(line);
    }
    expect(JSON.parse(await read('observability/dashboard.json')).title).toBe(
      line.slice(0, 80),
    );
  });

  it.each(['../x', './source/../../x', '/etc', '..\\x', '%2e%2e/x', 'a\0b'])(
    'F27 refuses to write to %j',
    async targetPath => {
      await expect(prepare({ targetPath })).rejects.toThrow(
        /targetPath|Relative path/,
      );
      expect(await files()).toEqual([]);
    },
  );

  it("refuses a group that is not the person's and writes nothing", async () => {
    decision = AuthorizeResult.DENY;
    await expect(prepare({})).rejects.toMatchObject({
      message: expect.stringMatching(/group:default\/sample-platform-ai/),
    });
    expect(await files()).toEqual([]);
  });

  it.each([
    ['component', '../../x'],
    ['component', '${{ secrets.x }}'],
    ['owner', 'group:default/../../x'],
    ['owner', '{{7*7}}'],
    ['dependsOn', ['resource:default/${{ secrets.x }}']],
    ['environments', ['../prod']],
    ['apis', [{ type: 'openapi', path: 'a/../../x' }]],
    ['apis', [{ type: 'openapi', path: 'missing.yaml' }]],
  ])('F27 F28 refuses %s %j and writes nothing', async (key, value) => {
    await expect(prepare({ [key]: value })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/\w+/),
    });
    expect(await files()).toEqual([]);
  });

  it('F31 refuses a link of the skeleton, wherever it leads', async () => {
    for (const to of ['/etc/passwd', './README.md']) {
      await put('source/a/README.md');
      await symlink(to, join(workspacePath, 'source/a/passwd'));
      await expect(prepare()).rejects.toThrow(
        'a/passwd is a symbolic link; a new repository may not contain any',
      );
      expect(await files()).toEqual(['source/a/README.md', 'source/a/passwd']);
      await rm(join(workspacePath, 'source'), { recursive: true });
    }
  });

  it.each(['source', 'source/docs', 'source/mkdocs.yml'])(
    'F31 does not follow a link at %s',
    async path => {
      const outside = await mkdtemp(join(tmpdir(), 'fairway-outside-'));
      await mkdir(dirname(join(workspacePath, path)), { recursive: true });
      await symlink(outside, join(workspacePath, path));
      await expect(prepare()).rejects.toThrow(/symbolic link|Relative path/);
      expect(await readdir(outside)).toEqual([]);
      await rm(outside, { recursive: true });
    },
  );
});

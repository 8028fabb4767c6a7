import { ScmIntegrations } from '@backstage/integration';
import { ConfigReader } from '@backstage/config';
import { componentEntityV1alpha1Validator } from '@backstage/catalog-model';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { templateEntityV1beta3Validator } from '@backstage/plugin-scaffolder-common';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { COMPONENT_NAME_PATTERN } from './platform/componentName';

const run = promisify(execFile);
const TEMPLATES = resolve(__dirname, '../../../templates');
const GO_SERVICE = join(TEMPLATES, 'create-go-service');

const VALUES = {
  name: 'order-intake',
  description: 'Takes orders from the web shop',
  owner: 'group:default/sample-platform-ai',
  ownerName: 'sample-platform-ai',
  lifecycle: 'experimental',
  taskId: '0b5a3c1e-2c6b-4a55-9a8e-7f4c2d1e0b9a',
  system: 'sample-platform-ai',
  githubOrg: 'sample-platform-ai',
  modulePath: 'github.com/sample-platform-ai/order-intake',
  repositoryUrl: 'https://github.com/sample-platform-ai/order-intake',
  runbookUrl:
    'https://github.com/sample-platform-ai/order-intake/blob/main/docs/runbook.md',
  runtime: 'eks',
  environments: 'dev,uat,prod',
  firstEnvironment: 'dev',
  gitopsRepository: 'sample-platform-ai/sample-platform-ai',
  gitopsBranch: 'main',
  gitopsPath: 'gitops',
  registryAccountId: '111100000000',
  registryRegion: 'ap-southeast-2',
  imageRepository:
    '111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/order-intake',
};

const AWKWARD: typeof VALUES = {
  ...VALUES,
  name: 'a1-b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0',
  description:
    'It\'s "quoted": ${{ secrets.token }} {{ 7*7 }} {% raw %} # \\ @ & * ! | > % — Zoë 🚢',
  modulePath:
    'localhost/sample-platform-ai/a1-b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0',
  environments: 'dev',
};

const ECS: typeof VALUES = {
  ...VALUES,
  runtime: 'ecs',
  environments: 'sandbox,dogfood,dev,staging,prod',
  firstEnvironment: 'sandbox',
  gitopsPath: 'deploy',
};

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Runs the very action that the template runs. */
async function render(
  skeleton: string,
  values: Record<string, string>,
  workspacePath: string,
): Promise<string> {
  const action = createFetchTemplateAction({
    reader: {} as any,
    integrations: ScmIntegrations.fromConfig(new ConfigReader({})),
  });
  await action.handler(
    createMockActionContext({
      input: {
        url: './skeleton',
        targetPath: './source',
        templateFileExtension: true,
        values,
      },
      workspacePath,
      templateInfo: {
        entityRef: 'template:default/test',
        baseUrl: pathToFileURL(
          join(skeleton, '..', 'template.yaml'),
        ).toString(),
      },
    }) as any,
  );
  return join(workspacePath, 'source');
}

describe('the Go service template', () => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'fairway-template-'));
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  it('is a template that the scaffolder accepts, and is listed', async () => {
    const template = parse(
      await readFile(join(GO_SERVICE, 'template.yaml'), 'utf8'),
    );
    await expect(templateEntityV1beta3Validator.check(template)).resolves.toBe(
      true,
    );
    const list = parse(await readFile(join(TEMPLATES, 'all.yaml'), 'utf8'));
    expect(list.spec.targets).toContain('./create-go-service/template.yaml');
  });

  it('F29 limits the length of every text, and its pattern is the one of the actions', async () => {
    const template = parse(
      await readFile(join(GO_SERVICE, 'template.yaml'), 'utf8'),
    );
    const properties = Object.assign(
      {},
      ...template.spec.parameters.map((page: any) => page.properties),
    );
    const unlimited = Object.entries<any>(properties)
      .filter(([, schema]) => schema.type === 'string' && !schema.enum)
      .filter(([, schema]) => typeof schema.maxLength !== 'number');
    expect(unlimited).toEqual([]);
    const inForm = new RegExp(properties.name.pattern);
    for (const name of ['abc', 'order-intake', 'a1-b2', 'a'.repeat(40)]) {
      expect([name, inForm.test(name)]).toEqual([name, true]);
      expect(COMPONENT_NAME_PATTERN.test(name)).toBe(true);
    }
    for (const name of [
      'ab',
      'Order',
      '1st',
      'a-',
      '-a',
      'a--b',
      'a'.repeat(41),
      'a_b',
      'a.b',
      '../x',
      'а-cyrillic',
      'a\nb',
      '',
    ]) {
      expect([name, inForm.test(name)]).toEqual([name, false]);
    }
  });

  describe.each([
    ['on EKS', VALUES],
    ['on ECS', ECS],
    ['with awkward values', AWKWARD],
  ])('%s', (_, values) => {
    it('renders every file', async () => {
      const source = await render(
        join(GO_SERVICE, 'skeleton'),
        values,
        workspace,
      );
      const skeleton = await filesBelow(join(GO_SERVICE, 'skeleton'));
      expect(await filesBelow(source)).toEqual(
        skeleton.map(file => file.replace(/\.njk$/, '')).sort(),
      );
    });

    it('renders YAML that can be read, with a catalog entry that is one', async () => {
      const source = await render(
        join(GO_SERVICE, 'skeleton'),
        values,
        workspace,
      );
      for (const file of await filesBelow(source)) {
        if (!/\.ya?ml$/.test(file)) continue;
        const documents = parseAllDocuments(
          await readFile(join(source, file), 'utf8'),
        );
        expect([file, documents.flatMap(document => document.errors)]).toEqual([
          file,
          [],
        ]);
      }
      const [component, api] = parseAllDocuments(
        await readFile(join(source, 'catalog-info.yaml'), 'utf8'),
      ).map(document => document.toJS());
      await expect(
        componentEntityV1alpha1Validator.check(component),
      ).resolves.toBe(true);
      expect(component.metadata).toMatchObject({
        name: values.name,
        description: values.description,
        annotations: {
          'fairway.dev/environments': values.environments,
          'fairway.dev/language': 'go',
          'backstage.io/kubernetes-id': values.name,
          'github.com/project-slug': `${values.githubOrg}/${values.name}`,
        },
      });
      expect(component.spec).toMatchObject({
        system: values.system,
        owner: values.owner,
        providesApis: [`${values.name}-api`],
      });
      expect(api.spec.definition).toEqual({ $text: './openapi.yaml' });
    });

    it('F28 keeps what looks like a template in a value as it is', async () => {
      const source = await render(
        join(GO_SERVICE, 'skeleton'),
        values,
        workspace,
      );
      const readme = await readFile(join(source, 'README.md'), 'utf8');
      expect(readme).toContain(values.description);
      const index = await readFile(join(source, 'docs/index.md'), 'utf8');
      expect(index).toContain(values.description);
    });

    it('keeps the expressions of GitHub Actions', async () => {
      const source = await render(
        join(GO_SERVICE, 'skeleton'),
        values,
        workspace,
      );
      const text = await readFile(
        join(source, '.github/workflows/ci.yml'),
        'utf8',
      );
      const workflow = parse(text);
      expect(workflow.permissions).toEqual({ contents: 'read' });
      expect(workflow.jobs.image.permissions).toEqual({
        contents: 'read',
        'id-token': 'write',
      });
      expect(workflow.jobs.image.outputs.digest).toBe(
        '${{ steps.build.outputs.digest }}',
      );
      expect(workflow.env.IMAGE).toBe(values.imageRepository);
      expect(workflow.env.GITOPS_FILE).toBe(
        values.runtime === 'ecs'
          ? `deploy/sandbox/${values.name}.tfvars.json`
          : `gitops/overlays/dev/${values.name}/kustomization.yaml`,
      );
      expect(text).not.toMatch(/values\.|{%|%}/);
      // A secret is named only where it is used, and none is written down.
      expect(text.match(/secrets\.\w+/g)).toEqual([
        'secrets.GITOPS_APP_PRIVATE_KEY',
      ]);
    });
  });

  const go = (() => {
    try {
      return execFileSync('go', ['version'], { encoding: 'utf8' }).trim();
    } catch {
      return undefined;
    }
  })();
  if (!go) {
    // eslint-disable-next-line no-console
    console.warn(
      'SKIPPED: go is not on PATH, so the generated service is neither built nor tested. Install Go 1.24 or newer.',
    );
  }
  (go ? describe : describe.skip)('built with Go', () => {
    it.each([
      ['ordinary', VALUES],
      ['awkward', AWKWARD],
    ])(
      'is formatted, passes vet, builds and passes its own tests with %s values',
      async (_, values) => {
        const cwd = await render(
          join(GO_SERVICE, 'skeleton'),
          values,
          workspace,
        );
        const env = {
          ...process.env,
          GOFLAGS: '-mod=mod',
          GOPROXY: 'off',
          GOTOOLCHAIN: 'local',
          GOWORK: 'off',
        };
        expect((await run('gofmt', ['-l', '.'], { cwd })).stdout).toBe('');
        await run('go', ['vet', './...'], { cwd, env });
        await run(
          'go',
          ['build', '-o', join(workspace, 'server'), './cmd/server'],
          {
            cwd,
            env,
          },
        );
        const { stdout } = await run('go', ['test', './...'], {
          cwd,
          env,
        }).catch(error => {
          throw new Error(`go test failed:\n${error.stdout}`);
        });
        expect(stdout).toContain('internal/server');
        expect(stdout).not.toMatch(/FAIL/);
      },
      240_000,
    );
  });
});

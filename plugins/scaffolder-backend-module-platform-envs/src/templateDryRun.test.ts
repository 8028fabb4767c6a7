import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { Sandbox, startSandbox } from '@fairway/sandbox';
import { readdir, readFile } from 'node:fs/promises';
import { AddressInfo } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import {
  SandboxPlatform,
  seedEntities,
  openSandboxPlatform,
} from './__testUtils__/sandboxPlatform';
import { scaffolderModulePlatformEnvs } from './module';

const TEMPLATE = resolve(__dirname, '../../../templates/create-go-service');

jest.setTimeout(60_000);

describe('a dry run of the Go service template', () => {
  let platform: SandboxPlatform<Sandbox>;
  let dryRun: (values: object) => Promise<{ status: number; body: any }>;
  let stopBackend: () => Promise<void>;

  beforeAll(async () => {
    platform = await openSandboxPlatform(options =>
      startSandbox({ ...options, only: ['github', 'aws'] }),
    );
    const backend = await startTestBackend({
      features: [
        mockServices.rootConfig.factory({ data: platform.config.get() }),
        catalogServiceMock.factory({ entities: seedEntities() }),
        scaffolderPlugin,
        scaffolderModulePlatformEnvs,
      ],
    });
    stopBackend = () => backend.stop();
    const template = parse(
      await readFile(join(TEMPLATE, 'template.yaml'), 'utf8'),
    );
    const files = (
      await readdir(TEMPLATE, { recursive: true, withFileTypes: true })
    ).filter(entry => entry.isFile());
    const directoryContents = await Promise.all(
      files.map(async entry => {
        const path = join(entry.parentPath, entry.name);
        return {
          path: relative(TEMPLATE, path),
          base64Content: (await readFile(path)).toString('base64'),
        };
      }),
    );
    const { port } = backend.server.address() as AddressInfo;
    dryRun = async values => {
      const response = await fetch(
        `http://localhost:${port}/api/scaffolder/v2/dry-run`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: mockCredentials.user.header(
              'user:default/sample-platform-developer',
            ),
          },
          body: JSON.stringify({ template, values, directoryContents }),
        },
      );
      return { status: response.status, body: await response.json() };
    };
  });
  afterAll(async () => {
    await stopBackend();
    await platform.stop();
  });

  const values = {
    name: 'order-intake',
    system: 'system:default/sample-platform-ai',
    owner: 'group:default/sample-platform-ai',
    description: 'Takes orders from the web shop',
  };

  it.each([
    ['system:default/sample-platform-ai', 'dev'],
    ['system:default/campaign-lifecycle-platform', 'dev'],
    ['system:default/cornjacket-platform', 'dev'],
    ['system:default/mobilytics', 'sandbox'],
  ])('plans everything for %s and creates nothing', async (system, first) => {
    const before = platform.world.git.list();
    const { status, body } = await dryRun({ ...values, system });
    expect([status, body.error]).toEqual([200, undefined]);
    const log = body.log
      .map((entry: any) => entry.body.message)
      .join('\n') as string;
    expect(log).toMatch(/Repository .*\/order-intake: gets created, private/);
    expect(log).toMatch(/gets created by a CloudFormation stack/);
    expect(log).toContain('Would create ');
    expect(log).toContain(
      `Would follow order-intake until it is healthy in ${first}`,
    );
    const paths = body.directoryContents.map((file: any) => file.path);
    expect(paths).toContain('source/cmd/server/main.go');
    expect(platform.world.git.list()).toEqual(before);
  });

  it('F33 stops before anything is created when a name is taken', async () => {
    const { status, body } = await dryRun({
      ...values,
      name: 'sample-platform-ai',
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toContain(
      'The repository sample-platform-ai/sample-platform-ai exists and was not created by this task',
    );
  });

  it.each([
    '../../x',
    '/etc/passwd',
    '%2e%2e%2f',
    '..\\x',
    'a\0b',
    '${{ secrets.x }}',
    '{{7*7}}',
    'x'.repeat(100_000),
    'аbc',
  ])(
    'F27 F28 F29 answers 400 to a hostile name before any action',
    async name => {
      const { status } = await dryRun({ ...values, name });
      expect(status).toBe(400);
    },
  );

  it('F28 keeps a description that looks like a template', async () => {
    const description = 'Literally ${{ secrets.token }} and {{ 7*7 }}, 49 not';
    const { body } = await dryRun({ ...values, description });
    const readme = body.directoryContents.find(
      (file: any) => file.path === 'source/README.md',
    );
    expect(Buffer.from(readme.base64Content, 'base64').toString()).toContain(
      description,
    );
  });
});

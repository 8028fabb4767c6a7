import { coreServices } from '@backstage/backend-plugin-api';
import {
  mockServices,
  ServiceFactoryTester,
} from '@backstage/backend-test-utils';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRootLogger } from './rootLogger';

const WRITER = path.resolve(__dirname, '../scripts/writeConfigSchema.cjs');

const CONFIG = {
  integrations: { github: [{ host: 'github.com', token: 'canary-github' }] },
  platformEnvs: {
    argocd: {
      instances: {
        main: { url: 'https://argocd.example.com', token: 'canary-argocd' },
      },
    },
  },
  auth: {
    providers: {
      oidc: {
        production: {
          metadataUrl: 'https://id.example.com',
          clientId: 'fairway',
          clientSecret: 'canary-oidc',
        },
      },
    },
  },
  kubernetes: {
    clusterLocatorMethods: [
      {
        type: 'config',
        clusters: [
          {
            name: 'prod',
            url: 'https://eks.example.com',
            authProvider: 'serviceAccount',
            serviceAccountToken: 'canary-kubernetes',
          },
        ],
      },
    ],
  },
};

describe('rootLogger', () => {
  let folder: string;
  let schemaFile: string;
  let printed: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'root-logger-'));
    schemaFile = path.join(folder, 'schema.json');
    execFileSync(process.execPath, [WRITER, schemaFile]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(() => {
    printed = '';
    const out = (console as unknown as { _stdout: NodeJS.WriteStream })._stdout;
    jest.spyOn(out, 'write').mockImplementation(text => {
      printed += text;
      return true;
    });
  });

  afterEach(() => jest.restoreAllMocks());

  const start = (file: string, config = {}) =>
    ServiceFactoryTester.from(createRootLogger(file), {
      dependencies: [
        mockServices.rootConfig.factory({ data: { ...CONFIG, ...config } }),
      ],
    }).getSubject();

  it('F78 keeps every secret of Backstage, its plugins and ours out of the log', async () => {
    const logger = await start(schemaFile);
    logger.info(
      'canary-github canary-argocd canary-oidc canary-kubernetes fairway',
    );
    expect(printed).not.toContain('canary-');
    expect(printed).toMatch(/\*\*\* \*\*\* \*\*\* \*\*\* fairway/);
  });

  it('heeds level overrides', async () => {
    const logger = await start(schemaFile, {
      backend: {
        logger: {
          overrides: [{ matchers: { plugin: 'loud' }, level: 'error' }],
        },
      },
    });
    logger.child({ plugin: 'loud' }).info('not this');
    logger.child({ plugin: 'other' }).info('but this');
    expect(printed).not.toContain('not this');
    expect(printed).toContain('but this');
  });

  it('does not start without the schemas', async () => {
    const broken = path.join(folder, 'broken.json');
    writeFileSync(broken, '{}');
    await expect(start(broken)).rejects.toThrow(/schema/);
    await expect(start(path.join(folder, 'none.json'))).rejects.toThrow(
      /no such file/,
    );
  });

  it('stands in for the root logger', () => {
    expect(createRootLogger(schemaFile)).toMatchObject({
      service: coreServices.rootLogger,
    });
  });
});

import {
  createServiceFactory,
  coreServices,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import catalogLogs from '@backstage/plugin-catalog-backend-module-logs';
import platformEnvironments from '@fairway/plugin-catalog-backend-module-platform-envs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { parseAllDocuments, stringify } from 'yaml';

const SEED = path.resolve(
  __dirname,
  '../../../catalog/sample-platform-ai/environments.yaml',
);

const good: any[] = parseAllDocuments(fs.readFileSync(SEED, 'utf8')).map(d =>
  d.toJS(),
);

/** A good environment of the seed, under another name and with one mistake. */
function broken(shortName: string, mistake: object): any {
  const { metadata, spec, ...rest } = good[0];
  return {
    ...rest,
    metadata: { ...metadata, name: `sample-platform-ai-${shortName}` },
    spec: { ...spec, shortName, ...mistake },
  };
}

const BROKEN = {
  tier: broken('tier', { tier: 'production' }),
  region: broken('region', {
    regions: [{ name: 'ap-southeast-9', role: 'primary' }],
  }),
  owner: broken('owner', { owner: undefined }),
  account: broken('account', { awsAccountId: '1111' }),
};

/** Field that each mistake is in, and the words that say what was written. */
const FIELDS: Array<[keyof typeof BROKEN, RegExp]> = [
  ['tier', /spec\.tier is "production"; it must be one of /],
  [
    'region',
    /spec\.regions\[0\]\.name is "ap-southeast-9"; it must be one of /,
  ],
  [
    'owner',
    /spec\.owner is missing; it must be a reference to a group or user/,
  ],
  ['account', /spec\.awsAccountId is "1111"; it must be twelve digits/],
];

describe('F54 broken Environment files', () => {
  let folder: string;
  let backend: Awaited<ReturnType<typeof startTestBackend>>;
  const warnings: string[] = [];

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairway-environments-'));
    const file = path.join(folder, 'environments.yaml');
    fs.writeFileSync(
      file,
      [good[0], ...Object.values(BROKEN), good[1], good[2]]
        .map(entity => stringify(entity))
        .join('---\n'),
    );
    const logger = mockServices.logger.mock();
    logger.child.mockReturnValue(logger);
    for (const level of ['warn', 'error'] as const) {
      logger[level].mockImplementation(message => {
        warnings.push(message);
      });
    }
    backend = await startTestBackend({
      features: [
        catalogPlugin,
        catalogLogs,
        platformEnvironments,
        createServiceFactory({
          service: coreServices.logger,
          deps: {},
          factory: () => logger,
        }),
        mockServices.scheduler.factory({
          includeInitialDelayedTasksOnStartup: true,
        }),
        mockServices.rootConfig.factory({
          data: {
            backend: { baseUrl: 'http://localhost' },
            catalog: {
              processingInterval: { seconds: 1 },
              locations: [
                {
                  type: 'file',
                  target: file,
                  rules: [{ allow: ['Environment'] }],
                },
              ],
            },
          },
        }),
      ],
    });
  });

  afterAll(async () => {
    await backend?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function names(): Promise<string[]> {
    const { body } = await request(backend.server)
      .get('/api/catalog/entities?filter=kind=environment')
      .expect(200);
    return body.map((entity: any) => entity.metadata.name).sort();
  }

  async function eventually(check: () => Promise<boolean>) {
    for (let i = 0; i < 100 && !(await check()); i++) {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  it('leave the good ones of the same file unharmed', async () => {
    await eventually(async () => (await names()).length >= good.length);
    expect(await names()).toEqual(
      good.map(entity => entity.metadata.name).sort(),
    );
  }, 30_000);

  it.each(FIELDS)(
    'give one error for a bad %s that names the field',
    async (shortName, words) => {
      const ref = `environment:default/sample-platform-ai-${shortName}`;
      const about = () =>
        [...new Set(warnings)].filter(message => message.includes(ref));
      await eventually(async () => about().length > 0);
      expect(about()).toHaveLength(1);
      expect(about()[0]).toMatch(words);
      expect(about()[0].match(/spec\./g)).toHaveLength(1);
    },
    30_000,
  );

  it('give no error for anything else', () => {
    const others = warnings.filter(
      message =>
        !FIELDS.some(([shortName]) =>
          message.includes(`sample-platform-ai-${shortName}`),
        ),
    );
    expect(others).toEqual([]);
  });
});

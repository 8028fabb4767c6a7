import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';
import { ConfigSchema } from '@backstage/config-loader';
import { configSchemaExtensionPoint } from '@backstage/plugin-app-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { appConfigSchema, readConfigSchema } from './configSchema';

const SERIALIZED = {
  backstageConfigSchemaVersion: 1,
  schemas: [
    {
      packageName: 'app',
      path: 'config.json',
      value: {
        type: 'object',
        properties: {
          app: {
            type: 'object',
            properties: {
              title: { type: 'string', visibility: 'frontend' },
              key: { type: 'string', visibility: 'secret' },
            },
          },
        },
      },
    },
  ],
};

describe('configSchema', () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-schema-'));
    file = path.join(folder, 'schema.json');
    writeFileSync(file, JSON.stringify(SERIALIZED));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is translated once for all who ask', async () => {
    expect(await readConfigSchema(file)).toBe(await readConfigSchema(file));
  });

  it('is what the app tells the browser by, without secrets', async () => {
    let schema: ConfigSchema | undefined;
    const app = createBackendPlugin({
      pluginId: 'app',
      register(env) {
        env.registerExtensionPoint(configSchemaExtensionPoint, {
          setConfigSchema(given) {
            schema = given;
          },
        });
        env.registerInit({ deps: {}, async init() {} });
      },
    });
    const { server } = await startTestBackend({
      features: [app, appConfigSchema(file)],
    });
    server.close();
    expect(schema).toBe(await readConfigSchema(file));
    expect(
      schema!.process(
        [{ data: { app: { title: 'Fairway', key: 'k' } }, context: 'test' }],
        { visibility: ['frontend'] },
      ),
    ).toEqual([{ data: { app: { title: 'Fairway' } }, context: 'test' }]);
  });

  it('F78 fails where the file is none', async () => {
    const none = path.join(folder, 'none.json');
    await expect(readConfigSchema(none)).rejects.toThrow(/no such file/);
  });
});

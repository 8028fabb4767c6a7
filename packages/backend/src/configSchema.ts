import { createBackendModule } from '@backstage/backend-plugin-api';
import { ConfigSchema, loadConfigSchema } from '@backstage/config-loader';
import { configSchemaExtensionPoint } from '@backstage/plugin-app-node';
import { readFile } from 'node:fs/promises';

const loaded = new Map<string, Promise<ConfigSchema>>();

/**
 * The schema of all configuration, from the one file that
 * `scripts/writeConfigSchema.cjs` wrote. To translate it takes half a second, so
 * all who ask share one.
 *
 * @param file - path of that file
 * @throws Error - the file is missing or not a serialized schema.
 */
export function readConfigSchema(file: string): Promise<ConfigSchema> {
  let schema = loaded.get(file);
  if (!schema) {
    schema = readFile(file, 'utf8').then(text =>
      loadConfigSchema({ serialized: JSON.parse(text) }),
    );
    loaded.set(file, schema);
  }
  return schema;
}

/**
 * Has the app's backend tell the browser what the schema in a file marks as
 * visible there, instead of translating the schema of the app's bundle.
 *
 * @param file - path of the file
 */
export function appConfigSchema(file: string) {
  return createBackendModule({
    pluginId: 'app',
    moduleId: 'config-schema',
    register(env) {
      env.registerInit({
        deps: { app: configSchemaExtensionPoint },
        async init({ app }) {
          app.setConfigSchema(await readConfigSchema(file));
        },
      });
    },
  });
}

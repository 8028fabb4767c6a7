import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { createConfigSecretEnumerator } from '@backstage/backend-defaults/rootConfig';
import {
  rootLoggerServiceFactory,
  WinstonLogger,
  WinstonLoggerLevelOverride,
} from '@backstage/backend-defaults/rootLogger';
import { Config } from '@backstage/config';
import { readConfigSchema } from './configSchema';

/**
 * Backstage's root logger, for a start from source: it learns which
 * configuration values are secrets, and so kept out of the log, from the one
 * file that `scripts/writeConfigSchema.cjs` wrote, instead of collecting and
 * translating the schemas of all workspaces at each start.
 *
 * @param schemaFile - path of that file
 * @throws Error - the file is missing or not a serialized schema; nothing is
 *   logged without redaction.
 */
export function createRootLogger(schemaFile: string) {
  return createServiceFactory({
    service: coreServices.rootLogger,
    deps: { config: coreServices.rootConfig },
    async factory({ config }) {
      const schema = await readConfigSchema(schemaFile);
      const logger = WinstonLogger.create({
        meta: {
          service: 'backstage',
          ...config.getOptionalConfig('backend.logger.meta')?.get(),
        },
        level:
          process.env.LOG_LEVEL ??
          config.getOptionalString('backend.logger.level') ??
          'info',
        format: WinstonLogger.colorFormat(),
      });
      const secretsOf = await createConfigSecretEnumerator({ logger, schema });
      const apply = () => {
        logger.addRedactions(secretsOf(config));
        logger.setLevelOverrides(readOverrides(config));
      };
      apply();
      config.subscribe?.(apply);
      return logger;
    },
  });
}

function readOverrides(config: Config): WinstonLoggerLevelOverride[] {
  const overrides =
    config.getOptionalConfigArray('backend.logger.overrides') ?? [];
  return overrides.map(override => ({
    level: override.getString('level'),
    matchers: override.getConfig('matchers').get(),
  }));
}

/** The root logger that this start uses. */
export const rootLogger = process.env.FAIRWAY_CONFIG_SCHEMA
  ? createRootLogger(process.env.FAIRWAY_CONFIG_SCHEMA)
  : rootLoggerServiceFactory;

import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { Knex } from 'knex';

/** Where the migrations of this package are. */
export const MIGRATIONS_DIRECTORY = resolvePackagePath(
  '@fairway/plugin-platform-envs-backend',
  'migrations',
);

/** The plugin's database, brought to the newest schema unless that is switched off. */
export async function migrate(database: DatabaseService): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await knex.migrate.latest({ directory: MIGRATIONS_DIRECTORY });
  }
  return knex;
}

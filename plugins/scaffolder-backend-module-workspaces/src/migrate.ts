import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { Knex } from 'knex';

/** The scaffolder has migrations of its own in the same database. */
export const MIGRATIONS = {
  directory: resolvePackagePath(
    '@fairway/plugin-scaffolder-backend-module-workspaces',
    'migrations',
  ),
  tableName: 'fairway_workspaces_migrations',
};

/** The scaffolder's database with our table in it, unless migrations are switched off. */
export async function migrate(database: DatabaseService): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) await knex.migrate.latest(MIGRATIONS);
  return knex;
}

import { TestDatabases } from '@backstage/backend-test-utils';

const POSTGRES = 'BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING';

/**
 * The databases that stores and migrations are tested on: SQLite always, and
 * PostgreSQL where the environment variable names one. `./fairway test` starts
 * one for that; elsewhere its absence is said out loud.
 */
export function storeDatabases(): TestDatabases {
  if (!process.env[POSTGRES]) {
    process.stderr.write(
      `\n*** NOT TESTED ON POSTGRESQL: ${POSTGRES} is not set. Run ./fairway test, or set it. ***\n\n`,
    );
    return TestDatabases.create({ ids: ['SQLITE_3'] });
  }
  return TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
}

import { readdirSync } from 'node:fs';
import { storeDatabases } from '../__testUtils__/testDatabases';
import { MIGRATIONS_DIRECTORY } from './migrate';

describe('migrations', () => {
  const databases = storeDatabases();
  const migrations = readdirSync(MIGRATIONS_DIRECTORY).filter(name =>
    name.endsWith('.js'),
  );
  const options = { directory: MIGRATIONS_DIRECTORY };

  it.each(databases.eachSupportedId())(
    'F68 go up, all the way down and up again on %s, and twice is once',
    async id => {
      const knex = await databases.init(id);
      await knex.migrate.latest(options);
      await knex('snapshot').insert({
        name: 'board',
        content: '{}',
        saved_at: '2026-01-01T00:00:00.000Z',
      });
      const [, again] = await knex.migrate.latest(options);
      expect(again).toEqual([]);
      await expect(knex('snapshot').select()).resolves.toHaveLength(1);

      await knex.migrate.rollback(options, true);
      await expect(knex.schema.hasTable('snapshot')).resolves.toBe(false);
      const [, up] = await knex.migrate.latest(options);
      expect(up).toHaveLength(migrations.length);
    },
  );
});

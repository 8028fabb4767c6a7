import { storeDatabases } from './__testUtils__/testDatabases';
import { MIGRATIONS } from './migrate';

const TABLE = 'scaffolder_task_workspaces';

describe('migrations', () => {
  const databases = storeDatabases();

  it.each(databases.eachSupportedId())(
    'go up, down and up again on %s, and twice is once',
    async id => {
      const knex = await databases.init(id);
      await knex.migrate.latest(MIGRATIONS);
      await knex(TABLE).insert({ task_id: '1', workspace: Buffer.from('a') });
      const [, again] = await knex.migrate.latest(MIGRATIONS);
      expect(again).toEqual([]);
      await expect(knex(TABLE).select()).resolves.toHaveLength(1);

      await knex.migrate.rollback(MIGRATIONS, true);
      await expect(knex.schema.hasTable(TABLE)).resolves.toBe(false);
      const [, up] = await knex.migrate.latest(MIGRATIONS);
      expect(up).toHaveLength(1);
    },
  );

  it.each(databases.eachSupportedId())(
    "leave the table of Backstage's own module as it is on %s",
    async id => {
      const knex = await databases.init(id);
      await knex.schema.createTable(TABLE, table => {
        table.string('task_id').primary();
        table.binary('workspace').notNullable();
      });
      await knex(TABLE).insert({ task_id: '1', workspace: Buffer.from('a') });
      await knex.migrate.latest(MIGRATIONS);
      await expect(knex(TABLE).select('task_id')).resolves.toEqual([
        { task_id: '1' },
      ]);
    },
  );
});

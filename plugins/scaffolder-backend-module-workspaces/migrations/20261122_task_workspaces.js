// @ts-check

/**
 * The same table as that of Backstage's own module, which may have made it
 * before: runs that were begun under it go on.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async knex => {
  if (await knex.schema.hasTable('scaffolder_task_workspaces')) return;
  await knex.schema.createTable('scaffolder_task_workspaces', table => {
    table.comment('Files of runs that have not completed');
    table.string('task_id').primary().notNullable();
    table
      .binary('workspace')
      .notNullable()
      .comment('A tar archive, compressed with gzip or not');
    table
      .timestamp('created_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.dropTable('scaffolder_task_workspaces');
};

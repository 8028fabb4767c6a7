// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async knex => {
  await knex.schema.createTable('cost_day', table => {
    table.comment('The bill by day, system, environment and component');
    table.string('day', 10).notNullable().comment('UTC day, YYYY-MM-DD');
    table.string('system').notNullable().comment('Tag value; empty: untagged');
    table
      .string('environment')
      .notNullable()
      .comment('Tag value; empty: untagged');
    table
      .string('component')
      .notNullable()
      .comment('Tag value; empty: untagged');
    table.string('amount', 64).notNullable().comment('Decimal');
    table.string('currency', 3).notNullable();
    table.boolean('estimated').notNullable();
    table.primary(['day', 'system', 'environment', 'component']);
  });
  await knex.schema.createTable('cost_pull', table => {
    table.comment('One row: when the bill was last read, and how it went');
    table.integer('id').primary();
    table.string('observed_at', 32).comment('ISO 8601 UTC of the last success');
    table.text('message').comment('What is wrong, when something is');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.dropTable('cost_pull');
  await knex.schema.dropTable('cost_day');
};

// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async knex => {
  await knex.schema.createTable('snapshot', table => {
    table.comment('The last known picture, loaded at start');
    table.string('name').primary();
    table.text('content', 'longtext').notNullable().comment('JSON');
    table.string('saved_at').notNullable().comment('ISO 8601 UTC');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.dropTable('snapshot');
};

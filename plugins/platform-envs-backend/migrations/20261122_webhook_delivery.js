/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('webhook_delivery', table => {
    table.comment(
      'Deliveries of webhooks that were taken, so that none is acted on twice',
    );
    table.string('id', 100).primary().comment('As the Git host names it');
    table
      .string('received_at', 30)
      .notNullable()
      .index()
      .comment('ISO 8601 UTC');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('webhook_delivery');
};

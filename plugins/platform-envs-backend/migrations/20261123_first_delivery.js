// @ts-check

/**
 * Times are whole milliseconds since 1970 UTC.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async knex => {
  await knex.schema.createTable('first_delivery', table => {
    table.comment('A new component on its way to its first environment');
    table.string('id', 26).primary().comment('ULID');
    table.string('component_ref').notNullable();
    table.string('system_ref').notNullable();
    table.string('environment_ref').notNullable();
    table.string('environment_name', 63).notNullable();
    table.string('requested_by').notNullable().index();
    table
      .string('task_id', 64)
      .notNullable()
      .comment('Scaffolder task; empty when none made it');
    table.string('repository').notNullable().comment('owner/name');
    table.text('repository_url').notNullable();
    table.text('image').notNullable().comment('Without tag or digest');
    table.string('state', 16).notNullable();
    table.text('progress').notNullable().comment('JSON: steps and the like');
    table
      .integer('version')
      .notNullable()
      .comment('Grows by one with every change; a write with an old one fails');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('observed_at').notNullable();
    table.bigInteger('ended_at');
    table.bigInteger('next_look_at').notNullable();
    table.unique(['component_ref', 'environment_ref', 'task_id']);
    table.index(['state', 'next_look_at']);
  });
  await knex.schema.createTable('first_delivery_notice', table => {
    table.comment('What its requester is told, once each');
    table.increments('id');
    table
      .string('delivery_id', 26)
      .notNullable()
      .references('first_delivery.id')
      .index();
    table.string('outcome', 16).notNullable();
    table.text('payload').notNullable().comment('JSON');
    table.integer('attempts').notNullable().defaultTo(0);
    table.bigInteger('sent_at');
    table.unique(['delivery_id', 'outcome']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.dropTable('first_delivery_notice');
  await knex.schema.dropTable('first_delivery');
};

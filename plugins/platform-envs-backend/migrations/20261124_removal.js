// @ts-check

/**
 * Times are whole milliseconds since 1970 UTC.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async knex => {
  await knex.schema.createTable('removal', table => {
    table.comment('A request to take a component away');
    table.string('id', 26).primary().comment('ULID');
    table.string('component_ref').notNullable();
    table.string('system_ref').notNullable();
    table.string('requested_by').notNullable();
    table.string('state', 16).notNullable().index();
    table
      .integer('version')
      .notNullable()
      .comment('Grows by one with every change; equals the number of events');
    table.text('document').notNullable().comment('JSON of the whole');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['component_ref']);
  });
  await knex.raw(
    `CREATE UNIQUE INDEX removal_one_open
       ON removal (component_ref)
       WHERE state IN ('WAITING', 'APPROVED', 'RUNNING')`,
  );

  await knex.schema.createTable('removal_event', table => {
    table.comment(
      'The record: append-only, each row sealed with the one before',
    );
    table.string('removal_id', 26).notNullable();
    table.integer('sequence').notNullable();
    table.bigInteger('at').notNullable();
    table.string('actor').notNullable();
    table.string('event', 32).notNullable();
    table.string('from_state', 16);
    table.string('to_state', 16).notNullable();
    table.text('message').notNullable();
    table.text('details').notNullable().comment('JSON');
    table.string('prev_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
    table.primary(['removal_id', 'sequence']);
  });
  await addAppendOnlyTriggers(knex);

  await knex.schema.createTable('removal_notice', table => {
    table.comment('Who is still to be told of what, once each');
    table.increments('id');
    table
      .string('removal_id', 26)
      .notNullable()
      .references('removal.id')
      .index();
    table.string('key', 100).notNullable();
    table.text('payload').notNullable().comment('JSON');
    table.integer('attempts').notNullable().defaultTo(0);
    table.bigInteger('sent_at');
    table.unique(['removal_id', 'key']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.dropTable('removal_notice');
  await knex.schema.dropTable('removal_event');
  if (isPostgres(knex)) {
    await knex.raw('DROP FUNCTION removal_event_is_append_only()');
  }
  await knex.schema.dropTable('removal');
};

/** @param {import('knex').Knex} knex */
async function addAppendOnlyTriggers(knex) {
  if (isPostgres(knex)) {
    await knex.raw(`
      CREATE FUNCTION removal_event_is_append_only() RETURNS trigger AS $$
      BEGIN
        RAISE EXCEPTION 'removal_event is append-only';
      END
      $$ LANGUAGE plpgsql`);
    await knex.raw(`
      CREATE TRIGGER removal_event_no_change
        BEFORE UPDATE OR DELETE ON removal_event
        FOR EACH ROW EXECUTE FUNCTION removal_event_is_append_only()`);
    await knex.raw(`
      CREATE TRIGGER removal_event_no_truncate
        BEFORE TRUNCATE ON removal_event
        FOR EACH STATEMENT EXECUTE FUNCTION removal_event_is_append_only()`);
    return;
  }
  for (const action of ['UPDATE', 'DELETE']) {
    await knex.raw(`
      CREATE TRIGGER removal_event_no_${action.toLocaleLowerCase('en-US')}
        BEFORE ${action} ON removal_event
        BEGIN SELECT RAISE(ABORT, 'removal_event is append-only'); END`);
  }
}

/** @param {import('knex').Knex} knex */
function isPostgres(knex) {
  return knex.client.config.client === 'pg';
}

// @ts-check

const IN_PROGRESS = "('WRITING', 'SYNCING', 'VERIFYING')";

/**
 * Times are whole milliseconds since 1970 UTC, by the database's own clock.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async knex => {
  await knex.schema.createTable('promotion', table => {
    table.comment('One attempt to bring one release to one environment');
    table.string('id', 26).primary().comment('ULID');
    table.string('kind', 16).notNullable();
    table.string('component_ref').notNullable();
    table.string('from_environment_ref');
    table.string('to_environment_ref').notNullable();
    table.string('requested_by').notNullable();
    table.text('reason').notNullable();
    table.string('state', 16).notNullable().index();
    table
      .integer('version')
      .notNullable()
      .comment('Grows by one with every change; equals the number of events');
    table
      .integer('epoch')
      .notNullable()
      .defaultTo(0)
      .comment('Grows when a worker takes over; a write with an old one fails');
    table.text('plan').comment('JSON');
    table.string('plan_digest', 64);
    table.text('policy').notNullable().comment('JSON');
    table.string('idempotency_key').notNullable();
    table.string('request_hash', 64).notNullable();
    table.string('commit_sha', 40);
    table.text('failure').comment('JSON');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.bigInteger('expires_at');
    table.bigInteger('state_since').notNullable();
    table.bigInteger('healthy_since').comment('Begin of the soak');
    table.integer('attempts').notNullable().defaultTo(0);
    table.bigInteger('next_attempt_at').comment('Not to be worked on before');
    table.text('blocked_by').comment('Why nothing happens now, for people');
    table.string('lease_owner');
    table.bigInteger('lease_until');
    table.unique(['requested_by', 'idempotency_key']);
    table.index(['component_ref', 'to_environment_ref']);
  });
  await knex.raw(
    `CREATE UNIQUE INDEX promotion_one_in_progress
       ON promotion (component_ref, to_environment_ref)
       WHERE state IN ${IN_PROGRESS}`,
  );

  await knex.schema.createTable('promotion_approval', table => {
    table.comment('The decision of one person on one plan');
    table.increments('sequence');
    table
      .string('promotion_id', 26)
      .notNullable()
      .references('promotion.id')
      .index();
    table.string('actor').notNullable();
    table.string('verdict', 16).notNullable();
    table.text('comment').notNullable();
    table.string('plan_digest', 64).notNullable();
    table.text('groups').notNullable().comment('JSON');
    table.bigInteger('at').notNullable();
    table.text('voided_reason');
  });
  await knex.raw(
    `CREATE UNIQUE INDEX promotion_approval_once
       ON promotion_approval (promotion_id, actor, plan_digest)
       WHERE voided_reason IS NULL`,
  );

  await knex.schema.createTable('promotion_event', table => {
    table.comment(
      'The record: append-only, each row sealed with the one before',
    );
    table.string('promotion_id', 26).notNullable();
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
    table.primary(['promotion_id', 'sequence']);
  });
  await addAppendOnlyTriggers(knex);

  await knex.schema.createTable('promotion_outbox', table => {
    table.comment('What is still to leave the house, once each');
    table.increments('id');
    table
      .string('promotion_id', 26)
      .notNullable()
      .references('promotion.id')
      .index();
    table.string('effect', 32).notNullable();
    table.string('key', 80).notNullable();
    table.text('payload').notNullable().comment('JSON');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('done_at');
    table.integer('attempts').notNullable().defaultTo(0);
    table.unique(['promotion_id', 'effect', 'key']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.dropTable('promotion_outbox');
  await knex.schema.dropTable('promotion_event');
  if (isPostgres(knex)) {
    await knex.raw('DROP FUNCTION promotion_event_is_append_only()');
  }
  await knex.schema.dropTable('promotion_approval');
  await knex.schema.dropTable('promotion');
};

/** @param {import('knex').Knex} knex */
async function addAppendOnlyTriggers(knex) {
  if (isPostgres(knex)) {
    await knex.raw(`
      CREATE FUNCTION promotion_event_is_append_only() RETURNS trigger AS $$
      BEGIN
        RAISE EXCEPTION 'promotion_event is append-only';
      END
      $$ LANGUAGE plpgsql`);
    await knex.raw(`
      CREATE TRIGGER promotion_event_no_change
        BEFORE UPDATE OR DELETE ON promotion_event
        FOR EACH ROW EXECUTE FUNCTION promotion_event_is_append_only()`);
    await knex.raw(`
      CREATE TRIGGER promotion_event_no_truncate
        BEFORE TRUNCATE ON promotion_event
        FOR EACH STATEMENT EXECUTE FUNCTION promotion_event_is_append_only()`);
    return;
  }
  for (const action of ['UPDATE', 'DELETE']) {
    await knex.raw(`
      CREATE TRIGGER promotion_event_no_${action.toLocaleLowerCase('en-US')}
        BEFORE ${action} ON promotion_event
        BEGIN SELECT RAISE(ABORT, 'promotion_event is append-only'); END`);
  }
}

/** @param {import('knex').Knex} knex */
function isPostgres(knex) {
  return knex.client.config.client === 'pg';
}

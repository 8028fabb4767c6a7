// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async knex => {
  await knex.schema.alterTable('cost_pull', table => {
    table
      .text('systems')
      .comment('JSON list: for which systems the bill was read last');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async knex => {
  await knex.schema.alterTable('cost_pull', table => {
    table.dropColumn('systems');
  });
};

import { mockServices } from '@backstage/backend-test-utils';
import { Promotion, transition } from '@fairway/plugin-platform-envs-common';
import knexFactory, { Knex } from 'knex';
import { anApproval, aPromotion } from '../__testUtils__/promotions';
import { startPostgres } from './__testUtils__/startPostgres';
import { DatabasePromotionStore } from './DatabasePromotionStore';
import { migrate, MIGRATIONS_DIRECTORY } from './migrate';

jest.setTimeout(60_000);

const record = {
  actor: 'user:default/x',
  event: 'requested',
  message: 'Asked',
};

let postgres: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const engines: Array<[string, () => Promise<Knex>]> = [
  [
    'SQLite',
    async () =>
      knexFactory({
        client: 'better-sqlite3',
        connection: ':memory:',
        useNullAsDefault: true,
      }),
  ],
  [
    'PostgreSQL',
    async () => {
      const name = `test_${Math.random().toString(36).slice(2)}`;
      const admin = knexFactory({
        client: 'pg',
        connection: postgres.connectionString,
      });
      await admin.raw(`CREATE DATABASE ${name}`);
      await admin.destroy();
      return knexFactory({
        client: 'pg',
        connection: postgres.connectionString.replace(/postgres$/, name),
      });
    },
  ],
];

describe.each(engines)('DatabasePromotionStore on %s', (_, connect) => {
  let knex: Knex;
  let store: DatabasePromotionStore;

  beforeEach(async () => {
    knex = await connect();
    store = new DatabasePromotionStore(
      await migrate(mockServices.database({ knex })),
    );
  });
  afterEach(() => knex.destroy());

  const add = (overrides: Partial<Promotion> = {}, key = 'key', hash = 'h') =>
    store.create({
      promotion: aPromotion(overrides),
      idempotencyKey: key,
      requestHash: hash,
      record,
    });
  const { id } = aPromotion();
  const approve = (actor: string) =>
    store.update(id, ({ promotion }, at) => ({
      promotion: transition(promotion, {
        type: 'decided',
        at: at.toISOString(),
        approval: anApproval({ actor, at: at.toISOString() }),
      }),
      record: { actor, event: 'approved', message: 'Yes' },
      outbox: [{ effect: 'notify', key: actor, payload: { to: actor } }],
    }));
  const fail = (fence?: { epoch: number }) =>
    store.update(
      id,
      ({ promotion }, at) => ({
        promotion: transition(promotion, {
          type: 'failed',
          at: at.toISOString(),
          kind: 'failed',
          message: 'No',
        }),
        record: { ...record, event: 'failed' },
      }),
      fence,
    );

  it('gives back what it was given', async () => {
    const { stored, created } = await add();
    expect(created).toBe(true);
    expect(stored.promotion).toEqual(aPromotion());
    expect((await store.get(id))?.promotion).toEqual(aPromotion());
    expect(await store.get('01K')).toBeUndefined();
  });

  it('tells the time by the database', async () => {
    const difference = Math.abs((await store.now()).getTime() - Date.now());
    expect(difference).toBeLessThan(5000);
  });

  it('F02 gives the same promotion for the same key, and refuses another body', async () => {
    await add();
    const again = await add({ id: '01K0000000000000000000000B' });
    expect(again).toMatchObject({
      created: false,
      stored: { promotion: { id } },
    });
    await expect(add({}, 'key', 'other')).rejects.toMatchObject({
      statusCode: 422,
    });
    expect(await store.list({})).toHaveLength(1);
    expect(await store.events(id)).toHaveLength(1);
  });

  it('keeps a decision, its line of the record and its effects together', async () => {
    await add();
    const { promotion } = await approve('user:default/lead');
    expect(promotion).toMatchObject({ state: 'APPROVED', version: 2 });
    expect(promotion.approvals[0]).toMatchObject({
      actor: 'user:default/lead',
      groups: ['group:default/sample-leads'],
    });
    expect(await store.events(id)).toMatchObject([
      { sequence: 1, toState: 'WAITING' },
      { sequence: 2, fromState: 'WAITING', toState: 'APPROVED' },
    ]);
    expect(await store.pendingEffects('notify')).toMatchObject([
      { promotionId: id, payload: { to: 'user:default/lead' } },
    ]);
    expect(await store.verifyRecord(id)).toEqual([]);
  });

  it('F01 counts one decision when a hundred come at once', async () => {
    await add();
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, () => approve('user:default/lead')),
    );
    expect(results.filter(r => r.status === 'fulfilled')).toHaveLength(1);
    const stored = await store.get(id);
    expect(stored?.promotion.approvals).toHaveLength(1);
    expect(await knex('promotion_outbox')).toHaveLength(1);
    expect(await store.events(id)).toHaveLength(2);
  });

  it('F80 changes nothing when the record cannot be written', async () => {
    await add();
    // Takes the place in the record that the next change needs.
    await knex('promotion_event').insert({
      promotion_id: id,
      sequence: 2,
      at: 0,
      actor: 'x',
      event: 'x',
      to_state: 'x',
      message: 'x',
      details: '{}',
      prev_hash: 'x',
      hash: 'x',
    });
    await expect(approve('user:default/lead')).rejects.toThrow();
    const stored = await store.get(id);
    expect(stored?.promotion).toEqual(aPromotion());
    expect(await knex('promotion_outbox')).toHaveLength(0);
  });

  it('F79 lets nobody change or delete the record, and notices who does', async () => {
    await add();
    await approve('user:default/lead');
    await expect(
      knex('promotion_event').update({ actor: 'user:default/other' }),
    ).rejects.toThrow(/append-only/);
    await expect(knex('promotion_event').delete()).rejects.toThrow(
      /append-only/,
    );
    const isPostgres = knex.client.config.client === 'pg';
    // SQLite has no such statement.
    const truncate = isPostgres
      ? knex.raw('TRUNCATE promotion_event')
      : Promise.reject(new Error('append-only'));
    await expect(truncate).rejects.toThrow(/append-only/);
    const disarm = isPostgres
      ? ['ALTER TABLE promotion_event DISABLE TRIGGER ALL']
      : [
          'DROP TRIGGER promotion_event_no_update',
          'DROP TRIGGER promotion_event_no_delete',
        ];
    for (const statement of disarm) await knex.raw(statement);
    await knex('promotion_event')
      .where({ sequence: 1 })
      .update({ actor: 'user:default/other' });
    expect(await store.verifyRecord(id)).toEqual([
      `Line 1 of the record of ${id} was changed.`,
    ]);
    await knex('promotion_event').where({ sequence: 2 }).delete();
    expect((await store.verifyRecord(id)).join(' ')).toMatch(
      /does not end where the promotion stands/,
    );
  });

  it('F12 lets one promotion at a time be in progress in a place', async () => {
    await add({ state: 'WRITING' });
    const other = { id: '01K0000000000000000000000B' };
    await expect(add({ ...other, state: 'SYNCING' }, 'b')).rejects.toThrow();
    await add({ ...other, state: 'APPROVED', approvals: [anApproval()] }, 'b');
    await expect(
      store.update(other.id, ({ promotion }, at) => ({
        promotion: transition(promotion, {
          type: 'claimed',
          at: at.toISOString(),
        }),
        record,
      })),
    ).rejects.toThrow(/slot_busy/);
    expect((await store.get(other.id))?.promotion.state).toBe('APPROVED');
  });

  it('F17 refuses the writes of a worker that was overtaken', async () => {
    await add();
    const first = await store.acquireLease(id, 'one', 30);
    expect(first).toBe(1);
    expect(await store.acquireLease(id, 'two', 30)).toBeUndefined();
    await knex('promotion').update({ lease_until: 0 });
    const second = await store.acquireLease(id, 'two', 30);
    expect(second).toBe(2);
    await expect(fail({ epoch: first! })).rejects.toThrow(/taken over/);
    await expect(
      store.saveProgress(id, { attempts: 3 }, { epoch: first! }),
    ).rejects.toThrow(/taken over/);
    expect(await store.renewLease(id, first!, 30)).toBe(false);
    await store.releaseLease(id, first!);
    expect(await store.acquireLease(id, 'three', 30)).toBeUndefined();
    expect((await fail({ epoch: second! })).promotion.state).toBe('FAILED');
  });

  it('gives a lease to one of many', async () => {
    await add();
    const leases = await Promise.all(
      Array.from({ length: 20 }, (__, i) =>
        store.acquireLease(id, `worker-${i}`, 30),
      ),
    );
    expect(leases.filter(Boolean)).toEqual([1]);
  });

  it('lists what is due, and nothing that has ended, is leased or is to wait', async () => {
    const ids = ['A', 'B', 'C', 'D'].map(
      letter => `01K000000000000000000000A${letter}`,
    );
    for (const [index, key] of ids.entries()) {
      await add(
        { id: key, toEnvironmentRef: `environment:default/e${index}` },
        key,
      );
    }
    await knex('promotion').where('id', ids[1]).update({ state: 'FAILED' });
    await store.acquireLease(ids[2], 'other', 30);
    await knex('promotion')
      .where('id', ids[3])
      .update({ next_attempt_at: Date.now() + 60_000 });
    expect(await store.listDue()).toEqual([ids[0]]);
  });

  it('keeps and clears what the worker notes', async () => {
    await add();
    const epoch = (await store.acquireLease(id, 'one', 30))!;
    const healthySince = '2026-03-01T11:00:00.000Z';
    await store.saveProgress(
      id,
      { healthySince, attempts: 2, blockedBy: 'Argo CD is silent' },
      { epoch },
    );
    expect(await store.get(id)).toMatchObject({
      promotion: { blockedBy: 'Argo CD is silent', version: 1 },
      progress: { healthySince, attempts: 2 },
    });
    await store.saveProgress(id, { blockedBy: undefined }, { epoch });
    const { promotion, progress } = (await store.get(id))!;
    expect(promotion.blockedBy).toBeUndefined();
    expect(progress.healthySince).toBe(healthySince);
  });

  it('sends an effect until it is done, and gives up in the end', async () => {
    await add();
    await approve('user:default/lead');
    const [effect] = await store.pendingEffects('notify');
    await store.markEffect(effect.id, 'failed');
    expect((await store.pendingEffects('notify'))[0].attempts).toBe(1);
    await store.markEffect(effect.id, 'done');
    expect(await store.pendingEffects('notify')).toEqual([]);
  });

  it('lists by state, component, target and requester, newest first', async () => {
    await add({ createdAt: '2026-03-01T09:00:00.000Z' }, 'a');
    await add(
      {
        id: '01K0000000000000000000000B',
        state: 'FAILED',
        requestedBy: 'user:default/other',
      },
      'b',
    );
    const ids = async (query: Parameters<typeof store.list>[0]) =>
      (await store.list(query)).map(s => s.promotion.id.slice(-1));
    expect(await ids({})).toEqual(['B', 'A']);
    expect(await ids({ states: ['WAITING'] })).toEqual(['A']);
    expect(await ids({ requestedBy: 'user:default/other' })).toEqual(['B']);
    expect(await ids({ toEnvironmentRef: 'environment:default/none' })).toEqual(
      [],
    );
    expect(await ids({ limit: 1 })).toEqual(['B']);
  });

  it('can be migrated down and up again', async () => {
    await add();
    const directory = MIGRATIONS_DIRECTORY;
    await knex.migrate.rollback({ directory }, true);
    expect(await knex.schema.hasTable('promotion')).toBe(false);
    await knex.migrate.latest({ directory });
    const { created } = await add();
    expect(created).toBe(true);
    // Run again by another replica: nothing to do.
    await knex.migrate.latest({ directory });
    expect(await store.list({})).toHaveLength(1);
  });
});

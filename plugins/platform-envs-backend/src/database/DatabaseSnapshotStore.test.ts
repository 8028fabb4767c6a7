import { mockServices } from '@backstage/backend-test-utils';
import { z } from 'zod';
import { storeDatabases } from '../__testUtils__/testDatabases';
import { DatabaseSnapshotStore } from './DatabaseSnapshotStore';
import { migrate } from './migrate';

const shape = z.object({ rows: z.array(z.string()) });

describe('DatabaseSnapshotStore', () => {
  const databases = storeDatabases();

  describe.each(databases.eachSupportedId())('on %s', id => {
    async function setUp() {
      const knex = await databases.init(id);
      await migrate(mockServices.database({ knex }));
      const logger = mockServices.logger.mock();
      return { knex, logger, store: new DatabaseSnapshotStore(knex, logger) };
    }

    it('gives back what was saved last', async () => {
      const { store } = await setUp();
      await expect(store.load('board', shape)).resolves.toBeUndefined();
      await store.save('board', { rows: ['a'] });
      await store.save('board', { rows: ['b', 'ü €'] });
      await expect(store.load('board', shape)).resolves.toEqual({
        rows: ['b', 'ü €'],
      });
    });

    it('holds a large picture', async () => {
      const { store } = await setUp();
      const rows = Array.from({ length: 20_000 }, (_, i) => `row ${i}`);
      await store.save('board', { rows });
      const loaded = await store.load('board', shape);
      expect(loaded?.rows).toHaveLength(20_000);
    });

    it.each([
      ['is not JSON', '{"rows": ["a"'],
      ['has another shape', '{"rows": 7}'],
      ['is null', 'null'],
    ])('F85 drops a snapshot that %s', async (_, content) => {
      const { knex, logger, store } = await setUp();
      await knex('snapshot').insert({
        name: 'board',
        content,
        saved_at: '2026-01-01T00:00:00.000Z',
      });
      await expect(store.load('board', shape)).resolves.toBeUndefined();
      expect(logger.warn).toHaveBeenCalledTimes(1);
      await expect(knex('snapshot').select()).resolves.toEqual([]);
    });

    it('saves and deletes many, and gives those back that begin so', async () => {
      const { store } = await setUp();
      const names = Array.from({ length: 250 }, (_, i) => `a_b/${i}`);
      await store.saveAll(
        new Map([...names, 'aXb/0', 'a_b', '%'].map(n => [n, { rows: [n] }])),
        [],
      );
      const found = await store.loadAll('a_b/', shape);
      expect([...found.keys()].sort()).toEqual([...names].sort());
      expect(found.get('a_b/7')).toEqual({ rows: ['a_b/7'] });
      await store.saveAll(new Map([['a_b/1', { rows: ['new'] }]]), ['a_b/0']);
      const after = await store.loadAll('a_b/', shape);
      expect(after.size).toBe(249);
      expect(after.get('a_b/1')).toEqual({ rows: ['new'] });
      await expect(store.loadAll('%', shape)).resolves.toEqual(
        new Map([['%', { rows: ['%'] }]]),
      );
    });

    it('F85 drops of many only those that cannot be used', async () => {
      const { knex, logger, store } = await setUp();
      await store.saveAll(
        new Map<string, unknown>([
          ['d/1', { rows: ['1'] }],
          ['d/2', { rows: 2 }],
        ]),
        [],
      );
      const found = await store.loadAll('d/', shape);
      expect([...found.keys()]).toEqual(['d/1']);
      expect(logger.warn).toHaveBeenCalledTimes(1);
      await expect(knex('snapshot').pluck('name')).resolves.toEqual(['d/1']);
    });

    it('lets two writers save at once', async () => {
      const { knex, store } = await setUp();
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.save('board', { rows: [String(i)] }),
        ),
      );
      await expect(knex('snapshot').select()).resolves.toHaveLength(1);
    });
  });
});

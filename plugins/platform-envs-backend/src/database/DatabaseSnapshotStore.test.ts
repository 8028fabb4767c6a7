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

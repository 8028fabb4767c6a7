import { mockServices } from '@backstage/backend-test-utils';
import { storeDatabases } from '../__testUtils__/testDatabases';
import { DatabaseWebhookDeliveryStore } from './DatabaseWebhookDeliveryStore';
import { migrate } from './migrate';

describe('DatabaseWebhookDeliveryStore', () => {
  const databases = storeDatabases();

  describe.each(databases.eachSupportedId())('on %s', id => {
    async function setUp() {
      const knex = await databases.init(id);
      await migrate(mockServices.database({ knex }));
      let now = Date.parse('2026-03-10T12:00:00Z');
      const options = {
        now: () => new Date((now += 1_000)),
        max: 10,
        cleanEvery: 5,
      };
      const store = new DatabaseWebhookDeliveryStore(knex, options);
      const other = new DatabaseWebhookDeliveryStore(knex, options);
      const wait = (ms: number) => {
        now += ms;
      };
      return { knex, store, other, wait };
    }

    it('F70 lets one of all replicas take a delivery, once', async () => {
      const { store, other } = await setUp();
      const taken = await Promise.all(
        Array.from({ length: 30 }, (_, i) => (i % 2 ? store : other).take('a')),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      await expect(store.take('a')).resolves.toBe(false);
      await expect(other.take('b')).resolves.toBe(true);
    });

    it('keeps no more than it needs', async () => {
      const { knex, store, wait } = await setUp();
      for (let i = 0; i < 40; i++) await store.take(`early-${i}`);
      const rows = await knex('webhook_delivery').select();
      expect(rows.length).toBeLessThanOrEqual(15);
      await expect(store.take('early-39')).resolves.toBe(false);
      wait(5 * 24 * 60 * 60_000);
      for (let i = 0; i < 5; i++) await store.take(`late-${i}`);
      const left = await knex('webhook_delivery').select('id');
      expect(left.every(row => row.id.startsWith('late'))).toBe(true);
    });
  });
});

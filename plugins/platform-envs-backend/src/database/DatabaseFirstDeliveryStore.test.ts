import { mockServices } from '@backstage/backend-test-utils';
import { FirstDelivery } from '@fairway/plugin-platform-envs-common';
import { storeDatabases } from '../__testUtils__/testDatabases';
import { DatabaseFirstDeliveryStore } from './DatabaseFirstDeliveryStore';
import { FirstDeliveryNotice } from './FirstDeliveryStore';
import { migrate } from './migrate';

const AT = '2026-11-21T10:00:00.000Z';
const later = (ms: number) => new Date(Date.parse(AT) + ms);

const notice: FirstDeliveryNotice = {
  recipient: 'user:default/developer',
  title: 'greeter runs in dev',
  description: 'Healthy.',
  link: '/catalog/default/component/greeter/delivery',
  severity: 'normal',
};

function aDelivery(
  id: string,
  changes: Partial<FirstDelivery> = {},
): FirstDelivery {
  return {
    id: id.padEnd(26, '0'),
    componentRef: 'component:default/greeter',
    systemRef: 'system:default/shop',
    environmentRef: 'environment:default/shop-dev',
    environmentName: 'dev',
    requestedBy: 'user:default/developer',
    taskId: 'task-1',
    repository: 'shop/greeter',
    state: 'following',
    sentence: 'Waiting.',
    steps: [
      {
        id: 'image',
        title: 'Image built',
        state: 'running',
        at: AT,
        sentence: 'CI builds it.',
        link: { title: 'Build', url: 'http://ci/1' },
      },
    ],
    createdAt: AT,
    observedAt: AT,
    ...changes,
  };
}

const entry = (delivery: FirstDelivery) => ({
  delivery,
  image: '1.dkr.ecr.x.amazonaws.com/greeter',
  repositoryUrl: 'http://git/shop/greeter',
});

describe('DatabaseFirstDeliveryStore', () => {
  const databases = storeDatabases();

  describe.each(databases.eachSupportedId())('on %s', id => {
    async function setUp() {
      const knex = await databases.init(id);
      await migrate(mockServices.database({ knex }));
      return {
        store: new DatabaseFirstDeliveryStore(knex),
        other: new DatabaseFirstDeliveryStore(knex),
      };
    }

    it('gives back what it was given, once for each task', async () => {
      const { store, other } = await setUp();
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? store : other).create(entry(aDelivery(`A${i}`))),
        ),
      );
      expect(made.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(made.map(m => m.stored.delivery.id)).size).toBe(1);
      const { stored } = made[0];
      expect(stored).toEqual({
        ...entry(aDelivery('A0', { id: stored.delivery.id })),
        version: 1,
      });
      const next = await store.create(
        entry(aDelivery('B', { taskId: 'task-2' })),
      );
      expect(next.created).toBe(true);
    });

    it('lets one of two replicas save what both saw, with one notice', async () => {
      const { store, other } = await setUp();
      const { stored } = await store.create(entry(aDelivery('A')));
      const seen = {
        ...stored,
        delivery: {
          ...stored.delivery,
          state: 'delivered' as const,
          endedAt: later(60_000).toISOString(),
        },
      };
      const saved = await Promise.all([
        store.save(seen, { nextLookAt: later(1), notice }),
        other.save(seen, { nextLookAt: later(1), notice }),
      ]);
      expect([...saved].sort()).toEqual([false, true]);
      const pending = await other.pendingNotices();
      expect(pending).toMatchObject([{ outcome: 'delivered', notice }]);
      await store.markNotice(pending[0].id, 'failed');
      expect(await store.pendingNotices()).toHaveLength(1);
      await store.markNotice(pending[0].id, 'sent');
      expect(await store.pendingNotices()).toEqual([]);
      await expect(store.get(stored.delivery.id)).resolves.toMatchObject({
        delivery: { state: 'delivered', endedAt: later(60_000).toISOString() },
        version: 2,
      });
    });

    it('tells an outcome once, however often it comes about', async () => {
      const { store } = await setUp();
      let { stored } = await store.create(entry(aDelivery('A')));
      for (const state of ['stopped', 'following', 'stopped'] as const) {
        await store.save(
          { ...stored, delivery: { ...stored.delivery, state } },
          { nextLookAt: later(1), notice },
        );
        stored = (await store.get(stored.delivery.id))!;
      }
      const outcomes = (await store.pendingNotices()).map(n => n.outcome);
      expect(outcomes).toEqual(['stopped', 'following']);
    });

    it('lists those that are due, the one that waited longest first, and none that ended', async () => {
      const { store } = await setUp();
      for (const [name, ms, state] of [
        ['A', 3_000, 'following'],
        ['B', 1_000, 'stopped'],
        ['C', 9_000, 'following'],
        ['D', 0, 'delivered'],
      ] as const) {
        const { stored } = await store.create(
          entry(aDelivery(name, { taskId: name })),
        );
        await store.save(
          { ...stored, delivery: { ...stored.delivery, state } },
          { nextLookAt: later(ms) },
        );
      }
      const names = async (at: number) =>
        (await store.listDue(later(at), 10)).map(s => s.delivery.id[0]);
      expect(await names(5_000)).toEqual(['B', 'A']);
      const c = 'C'.padEnd(26, '0');
      await store.lookSoon(c, later(500));
      expect(await names(5_000)).toEqual(['C', 'B', 'A']);
      expect(await store.countOpen()).toBe(3);
      const mine = await store.list({
        requestedBy: 'user:default/developer',
        limit: 2,
      });
      expect(mine.map(s => s.delivery.id[0])).toEqual(['D', 'C']);
      expect(
        await store.list({ requestedBy: 'user:default/other', limit: 9 }),
      ).toEqual([]);
      expect(
        await store.list({ states: ['delivered'], limit: 9 }),
      ).toHaveLength(1);
    });
  });
});

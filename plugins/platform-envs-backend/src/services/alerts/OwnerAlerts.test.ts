import { mockServices } from '@backstage/backend-test-utils';
import {
  OverviewCell,
  OverviewRow,
} from '@fairway/plugin-platform-envs-common';
import { MemorySnapshotStore } from '../../__testUtils__/MemorySnapshotStore';
import { EnvironmentService } from '../EnvironmentService';
import { OwnerAlerts } from './OwnerAlerts';

const PATIENCE = {
  degraded: 60_000,
  missing: 60_000,
  'out-of-sync': 10 * 60_000,
};

const PROD = 'environment:default/shop-prod';
const DEV = 'environment:default/shop-dev';

interface Sent {
  recipients: { entityRef: string };
  payload: Record<string, string>;
}

function setUp(store = new MemorySnapshotStore()) {
  let now = new Date('2026-03-10T12:00:00Z');
  const states = new Map<string, OverviewCell['state']>();
  const owners = new Map<string, string>();
  const sent: Sent[] = [];
  let isDown = false;
  const row = (name: string): OverviewRow => ({
    component: {
      ref: `component:default/${name}`,
      name,
      type: 'service',
      lifecycle: 'production',
      ownerRef: owners.get(name) ?? 'group:default/shop',
      systemRef: 'system:default/shop',
    },
    cells: [DEV, PROD].map(
      environmentRef =>
        ({
          componentRef: `component:default/${name}`,
          environmentRef,
          state: states.get(`${name} ${environmentRef}`) ?? 'healthy',
          sentence: `${states.get(`${name} ${environmentRef}`) ?? 'Healthy'}.`,
        } as OverviewCell),
    ),
    findings: [],
  });
  const alerts = new OwnerAlerts({
    environments: {
      getBoard: () =>
        ({
          rows: ['cart', 'pay', 'search', 'stock', 'web'].map(row),
          environments: [
            { ref: DEV, title: 'shop dev', tier: 'dev' },
            { ref: PROD, title: 'shop prod', tier: 'prod' },
          ],
        } as ReturnType<EnvironmentService['getBoard']>),
    },
    notifications: {
      async send(notification: unknown) {
        if (isDown) throw new Error('no connection');
        sent.push(notification as Sent);
      },
    } as never,
    store,
    logger: mockServices.logger.mock(),
    patience: PATIENCE,
    now: () => now,
  });
  return {
    alerts,
    sent,
    store,
    owners,
    is: (name: string, environmentRef: string, state: OverviewCell['state']) =>
      states.set(`${name} ${environmentRef}`, state),
    setDown: (down: boolean) => {
      isDown = down;
    },
    /** Looks, a minute later. */
    after: async (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
      await alerts.check();
      return sent.splice(0);
    },
  };
}

describe('OwnerAlerts', () => {
  it('tells the owner once when a deployment stays degraded, and once when it is well again', async () => {
    const { is, after } = setUp();
    is('cart', PROD, 'degraded');
    expect(await after(0)).toEqual([]);
    expect(await after(1)).toEqual([
      {
        recipients: { type: 'entity', entityRef: 'group:default/shop' },
        payload: {
          title: 'cart is degraded in shop prod',
          description: 'cart: degraded.',
          link: '/catalog/default/component/cart/delivery',
          severity: 'critical',
          topic: 'deployments',
          scope: `deployments:${PROD}:group:default/shop`,
        },
      },
    ]);
    expect(await after(1)).toEqual([]);
    expect(await after(600)).toEqual([]);
    is('cart', PROD, 'healthy');
    expect(await after(1)).toMatchObject([
      {
        payload: {
          title: 'cart is well again in shop prod',
          severity: 'low',
          scope: `deployments:${PROD}:group:default/shop`,
        },
      },
    ]);
    expect(await after(1)).toEqual([]);
  });

  it('waits longer for what is out of sync, and says nothing of what passes', async () => {
    const { is, after } = setUp();
    is('cart', DEV, 'out-of-sync');
    is('pay', DEV, 'degraded');
    await after(0);
    is('pay', DEV, 'healthy');
    expect(await after(9)).toEqual([]);
    expect(await after(1)).toMatchObject([
      {
        payload: {
          title: 'cart is out of sync in shop dev',
          severity: 'normal',
        },
      },
    ]);
  });

  it('takes neither silence nor a rollout for a recovery', async () => {
    const { is, after } = setUp();
    is('cart', PROD, 'degraded');
    await after(0);
    expect(await after(1)).toHaveLength(1);
    is('cart', PROD, 'unknown');
    expect(await after(60)).toEqual([]);
    is('cart', PROD, 'progressing');
    expect(await after(1)).toEqual([]);
    is('cart', PROD, 'degraded');
    expect(await after(5)).toEqual([]);
    is('cart', PROD, 'healthy');
    expect(await after(1)).toHaveLength(1);
  });

  it('tells of a turn for the worse', async () => {
    const { is, after } = setUp();
    is('cart', PROD, 'out-of-sync');
    await after(0);
    expect(await after(10)).toHaveLength(1);
    is('cart', PROD, 'degraded');
    expect(await after(1)).toEqual([]);
    expect(await after(1)).toMatchObject([
      { payload: { title: 'cart is degraded in shop prod' } },
    ]);
  });

  it('puts what happens together into one notification for each owner and environment', async () => {
    const { is, after, owners } = setUp();
    owners.set('web', 'group:default/fronts');
    for (const name of ['cart', 'pay', 'search', 'stock', 'web']) {
      is(name, PROD, 'degraded');
    }
    is('pay', DEV, 'missing');
    await after(0);
    const told = await after(1);
    expect(told.map(({ payload }) => payload.title).sort()).toEqual([
      'cart, pay, search and 1 more are degraded in shop prod',
      'pay is missing in shop dev',
      'web is degraded in shop prod',
    ]);
    const [first] = told.filter(t => /more/.test(t.payload.title));
    expect(first.payload.link).toBe(
      '/environments?platform=system%3Adefault%2Fshop',
    );
    expect(first.payload.description.split('\n')).toHaveLength(4);
  });

  it('says which is bad when another recovers at the same time', async () => {
    const { is, after } = setUp();
    is('cart', PROD, 'degraded');
    await after(0);
    await after(1);
    is('cart', PROD, 'healthy');
    is('pay', PROD, 'degraded');
    is('stock', PROD, 'out-of-sync');
    await after(0);
    expect(await after(10)).toMatchObject([
      {
        payload: {
          title: 'pay and stock are in trouble in shop prod',
          severity: 'critical',
        },
      },
    ]);
  });

  it('repeats nothing after a restart', async () => {
    const { is, after, store } = setUp();
    is('cart', PROD, 'degraded');
    await after(0);
    expect(await after(1)).toHaveLength(1);
    const next = setUp(store);
    next.is('cart', PROD, 'degraded');
    expect(await next.after(5)).toEqual([]);
    next.is('cart', PROD, 'healthy');
    expect(await next.after(1)).toHaveLength(1);
  });

  it('tries again when the notification could not be sent', async () => {
    const { is, after, setDown } = setUp();
    is('cart', PROD, 'degraded');
    await after(0);
    setDown(true);
    expect(await after(1)).toEqual([]);
    setDown(false);
    expect(await after(1)).toHaveLength(1);
    is('cart', PROD, 'healthy');
    setDown(true);
    expect(await after(1)).toEqual([]);
    setDown(false);
    expect(await after(1)).toHaveLength(1);
    expect(await after(1)).toEqual([]);
  });
});

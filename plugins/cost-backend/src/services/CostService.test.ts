import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { ServiceUnavailableError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { CostLine, CostSource } from '../CostSource';
import { CostStore } from '../database/CostStore';
import { CostService } from './CostService';

const NOW = new Date('2026-03-15T10:00:00Z');

const environment = (system: string, shortName: string, order: number) => ({
  apiVersion: 'fairway.dev/v1alpha1',
  kind: 'Environment',
  metadata: { name: `${system}-${shortName}`, title: `${system} ${shortName}` },
  spec: {
    shortName,
    promotionOrder: order,
    planCostPerMonth: { amount: '500.00', currency: 'USD' },
  },
  relations: [{ type: 'partOf', targetRef: `system:default/${system}` }],
});

const component = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'web' },
  relations: [
    { type: 'partOf', targetRef: 'system:default/shop' },
    { type: 'runsIn', targetRef: 'environment:default/shop-dev' },
    { type: 'runsIn', targetRef: 'environment:default/shop-prod' },
  ],
};

const line = (options: Partial<CostLine> & { amount: string }): CostLine => ({
  day: '2026-03-02',
  system: 'shop',
  environment: 'dev',
  component: 'web',
  estimated: false,
  cost: { amount: options.amount, currency: 'USD' },
  ...options,
});

describe('CostService', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  async function setUp(
    getCost: CostSource['getCost'] | undefined,
    databaseId: Parameters<typeof databases.init>[0] = 'SQLITE_3',
  ) {
    const knex = await databases.init(databaseId);
    let now = NOW;
    const entities: Entity[] = [
      environment('shop', 'prod', 2),
      environment('shop', 'dev', 1),
      component,
    ];
    const service = new CostService({
      store: await CostStore.create(mockServices.database({ knex })),
      catalog: {
        ...catalogServiceMock(),
        getEntities: (...args) =>
          catalogServiceMock({ entities }).getEntities(...args),
        getEntityByRef: (...args) =>
          catalogServiceMock({ entities }).getEntityByRef(...args),
      },
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
      pullInterval: { hours: 8 },
      now: () => now,
      source: getCost && { getCost },
    });
    return {
      service,
      entities,
      passHours: (hours: number) =>
        (now = new Date(now.getTime() + hours * 3_600_000)),
    };
  }

  it.each(databases.eachSupportedId())(
    'adds the bill up by environment and shows the remainder on %p',
    async databaseId => {
      const { service } = await setUp(
        async () => [
          line({ amount: '0.1' }),
          line({ amount: '0.2', day: '2026-03-03' }),
          line({
            amount: '7',
            component: '',
            day: '2026-03-03',
            estimated: true,
          }),
          line({ amount: '40', environment: 'prod', day: '2026-02-10' }),
          line({ amount: '3', environment: 'gone' }),
          line({ amount: '5', system: '', environment: '', component: '' }),
        ],
        databaseId,
      );
      await service.pull();
      const overview = await service.getOverview();
      expect(overview.period).toEqual({
        start: '2026-03-01',
        end: '2026-03-16',
      });
      expect(overview.environments.map(env => env.shortName)).toEqual([
        'dev',
        'prod',
      ]);
      const [dev, prod] = overview.environments;
      expect(dev.cost).toEqual({
        status: 'ok',
        value: { amount: '7.3', currency: 'USD' },
        observedAt: NOW.toISOString(),
        estimated: true,
      });
      expect(dev.daily).toEqual([
        { day: '2026-03-02', amount: '0.1' },
        { day: '2026-03-03', amount: '7.2' },
      ]);
      expect(dev.components[0]).toEqual({
        cost: { amount: '7', currency: 'USD' },
      });
      expect(prod.cost).toMatchObject({ status: 'unavailable' });
      expect(prod.previousMonth).toMatchObject({ value: { amount: '40' } });
      expect(overview.unallocated).toMatchObject({ value: { amount: '8' } });
      expect(overview.total).toMatchObject({ value: { amount: '15.3' } });
    },
  );

  it('F44 says "no line tagged" where the bill has nothing, never $0', async () => {
    const { service } = await setUp(async () => []);
    await service.pull();
    const { environments } = await service.getOverview();
    expect(environments[0].cost).toEqual({
      status: 'unavailable',
      reason:
        'The bill has no line tagged dev; is the cost allocation tag active?',
      observedAt: NOW.toISOString(),
    });
  });

  it('F44 asks for no tag of what runs on machines of developers', async () => {
    const { service, entities } = await setUp(async () => []);
    const local = environment('shop', 'local', 0);
    entities.push({ ...local, spec: { ...local.spec, runtime: 'local' } });
    await service.pull();
    const { environments } = await service.getOverview();
    const absent = {
      status: 'unavailable',
      reason:
        'It runs on the machine of whoever starts it, which is on no bill',
    };
    expect(environments[0]).toMatchObject({
      shortName: 'local',
      cost: absent,
      previousMonth: absent,
    });
  });

  it('keeps the last good figures when the provider fails', async () => {
    let fail = false;
    const { service, passHours } = await setUp(async () => {
      if (fail)
        throw new ServiceUnavailableError(
          'Cost Explorer throttles our requests',
        );
      return [line({ amount: '9' })];
    });
    await service.pullWhenDue();
    fail = true;
    passHours(9);
    await service.pullWhenDue();
    const overview = await service.getOverview();
    expect(overview.message).toBe('Cost Explorer throttles our requests');
    expect(overview.observedAt).toBe(NOW.toISOString());
    expect(overview.environments[0].cost).toMatchObject({
      value: { amount: '9' },
    });
  });

  it('asks the provider only when it is due', async () => {
    const getCost = jest.fn().mockResolvedValue([line({ amount: '1' })]);
    const { service, passHours } = await setUp(getCost);
    await service.pullWhenDue();
    passHours(7);
    await service.pullWhenDue();
    expect(getCost).toHaveBeenCalledTimes(1);
    passHours(1);
    await service.pullWhenDue();
    expect(getCost).toHaveBeenCalledTimes(2);
    expect(getCost.mock.calls[0]).toEqual([
      { start: '2026-02-01', end: '2026-03-16' },
      ['shop'],
    ]);
  });

  it('reads it again, once, for systems that the catalog got to know after it', async () => {
    const getCost = jest.fn(async (_, systems: string[]) =>
      systems.map(system => line({ amount: '1', system })),
    );
    const { service, entities } = await setUp(getCost);
    const costOf = async (system: string) =>
      (await service.getOverview()).environments.find(
        env => env.systemRef === `system:default/${system}`,
      )!.cost;
    await service.pullWhenDue();

    entities.push(environment('lab', 'dev', 1));
    expect(await costOf('lab')).toMatchObject({
      status: 'unavailable',
      isPending: true,
      reason: expect.stringContaining('before the catalog had lab'),
    });
    await service.pullWhenDue();
    entities.push(environment('post', 'dev', 1));
    await service.pullWhenDue();
    // it may still grow
    expect(getCost).toHaveBeenCalledTimes(1);

    await service.pullWhenDue();
    expect(getCost).toHaveBeenCalledTimes(2);
    expect(getCost.mock.lastCall![1]).toEqual(['lab', 'post', 'shop']);
    expect(await costOf('lab')).toMatchObject({ value: { amount: '1' } });

    entities.pop();
    await service.pullWhenDue();
    await service.pullWhenDue();
    expect(getCost).toHaveBeenCalledTimes(2);
  });

  it('says that it is not configured', async () => {
    const { service } = await setUp(undefined);
    await service.pull();
    const overview = await service.getOverview();
    expect(overview.message).toContain('cost.aws.accountId');
    expect(overview.total).toMatchObject({ status: 'unavailable' });
  });

  it('gives a component by the environments it runs in', async () => {
    const { service } = await setUp(async () => [
      line({ amount: '4' }),
      line({ amount: '6', component: 'other' }),
      line({ amount: '2', system: 'elsewhere' }),
    ]);
    await service.pull();
    const cost = await service.getComponentCost('component:default/web');
    expect(cost.total).toMatchObject({ value: { amount: '4' } });
    expect(
      cost.environments.map(env => [env.shortName, env.cost.status]),
    ).toEqual([
      ['dev', 'ok'],
      ['prod', 'unavailable'],
    ]);
    await expect(
      service.getComponentCost('component:default/nobody'),
    ).rejects.toThrow('There is no component component:default/nobody');
  });

  it('F44 says of a new component that it has no cost yet, and when the bill is read again', async () => {
    const { service } = await setUp(async () => [
      line({ amount: '6', component: 'other' }),
      line({ amount: '1', component: '', environment: 'prod' }),
    ]);
    await service.pull();
    const cost = await service.getComponentCost('component:default/web');
    const [dev, prod] = cost.environments;
    expect(dev.cost).toMatchObject({
      status: 'unavailable',
      isPending: true,
      reason: expect.stringContaining('nothing of web in dev yet'),
    });
    expect(prod.cost).toEqual({
      status: 'unavailable',
      reason:
        'Nothing on the bill of prod is tagged with a component; is the cost allocation tag active?',
      observedAt: NOW.toISOString(),
    });
    expect(cost.total).toMatchObject({
      status: 'unavailable',
      isPending: true,
    });
    expect(cost.shared).toBeUndefined();
    expect(cost.observedAt).toBe('2026-03-15T10:00:00.000Z');
    expect(cost.nextReadingAt).toBe('2026-03-15T18:00:00.000Z');
  });

  it("keeps apart what of a component is in none of its environments, such as its images'", async () => {
    const { service } = await setUp(async () => [
      line({ amount: '4' }),
      line({ amount: '0.5', environment: 'shared' }),
    ]);
    await service.pull();
    const cost = await service.getComponentCost('component:default/web');
    expect(cost.shared).toMatchObject({ value: { amount: '0.5' } });
    expect(cost.total).toMatchObject({ value: { amount: '4.5' } });
  });
});

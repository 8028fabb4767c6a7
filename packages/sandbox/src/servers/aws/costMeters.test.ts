import {
  GetCostAndUsageWithResourcesCommand,
  GetCostForecastCommand,
} from '@aws-sdk/client-cost-explorer';
import {
  ElastiCacheClient,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import {
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  StopDBClusterCommand,
} from '@aws-sdk/client-rds';
import { CostRig, startCosts } from './__testUtils__/startCosts';

const DEV = '111100000001';
const DAY_MS = 86_400_000;

describe('Cost Explorer, what exists', () => {
  let costs: CostRig;
  let rds: RDSClient;
  beforeAll(async () => {
    costs = await startCosts();
    rds = new RDSClient(costs.aws.as(DEV));
  });
  afterAll(() => costs.close());

  const nextDay = (day: string) =>
    new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

  /** Dollars by usage type of a service in the account, on a day. */
  const dayOf = async (
    Start: string,
    service = 'Amazon Relational Database Service',
    accountId = DEV,
  ): Promise<Record<string, number>> => {
    const { results } = await costs.ask(
      {
        TimePeriod: { Start, End: nextDay(Start) },
        Granularity: 'DAILY',
        Filter: { Dimensions: { Key: 'SERVICE', Values: [service] } },
        GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
      },
      costs.clientOf(accountId),
    );
    return Object.fromEntries(
      results[0].Groups!.map(({ Keys, Metrics }) => [
        Keys![0],
        Number(Metrics!.UnblendedCost.Amount),
      ]),
    );
  };
  const forecast = async () => {
    const { Total } = await costs.clientOf(DEV).send(
      new GetCostForecastCommand({
        TimePeriod: { Start: '2026-05-01', End: '2026-06-01' },
        Granularity: 'MONTHLY',
        Metric: 'UNBLENDED_COST',
        Filter: {
          Dimensions: {
            Key: 'SERVICE',
            Values: ['Amazon Relational Database Service'],
          },
        },
      }),
    );
    return Number(Total!.Amount);
  };

  it('charges an instance from its creation to its deletion, by its class', async () => {
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'reports',
        Engine: 'postgres',
        DBInstanceClass: 'db.r6g.large',
        AllocatedStorage: 200,
        MasterUsername: 'postgres',
        MasterUserPassword: 'sandbox-password',
        Tags: [
          { Key: 'Environment', Value: 'dev' },
          { Key: 'Owner', Value: 'reporting' },
        ],
      }),
    );
    const statusOf = async () =>
      (
        await rds.send(
          new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'reports' }),
        )
      ).DBInstances![0].DBInstanceStatus!;
    await costs.aws.soon(statusOf, status => status === 'available');
    const before = await dayOf('2026-03-17');
    expect(before).not.toHaveProperty('APS2-InstanceUsage:db.r6g.large');

    costs.aws.world.clock.advance(2 * DAY_MS);
    const first = await dayOf('2026-03-18');
    const whole = await dayOf('2026-03-19');
    // Twelve hours of the first day, less the seconds it took to make it.
    expect(first['APS2-InstanceUsage:db.r6g.large']).toBeCloseTo(12 * 0.225, 1);
    expect(whole['APS2-InstanceUsage:db.r6g.large']).toBe(24 * 0.225);
    expect(whole['APS2-RDS:GP3-Storage']).toBeCloseTo(
      (200 * 0.115 * 24) / 730,
      6,
    );
    const { ResultsByTime } = await costs.clientOf(DEV).send(
      new GetCostAndUsageWithResourcesCommand({
        TimePeriod: { Start: '2026-03-19', End: '2026-03-20' },
        Granularity: 'DAILY',
        Metrics: ['UsageQuantity'],
        Filter: {
          And: [
            { Tags: { Key: 'Environment', Values: ['dev'] } },
            {
              Dimensions: {
                Key: 'USAGE_TYPE',
                Values: ['APS2-InstanceUsage:db.r6g.large'],
              },
            },
          ],
        },
        GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
      }),
    );
    expect(ResultsByTime![0].Groups).toEqual([
      {
        Keys: [`arn:aws:rds:ap-southeast-2:${DEV}:db:reports`],
        Metrics: { UsageQuantity: { Amount: '24', Unit: 'Hrs' } },
      },
    ]);

    await rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: 'reports',
        DBInstanceClass: 'db.r6g.xlarge',
        ApplyImmediately: true,
      }),
    );
    await costs.aws.soon(statusOf, status => status === 'available');
    costs.aws.world.clock.advance(2 * DAY_MS);
    const larger = await dayOf('2026-03-21');
    expect(larger['APS2-InstanceUsage:db.r6g.xlarge']).toBe(24 * 0.45);
    expect(larger).not.toHaveProperty('APS2-InstanceUsage:db.r6g.large');
    // What was paid before stays.
    expect(await dayOf('2026-03-19')).toEqual(whole);

    await rds.send(
      new DeleteDBInstanceCommand({
        DBInstanceIdentifier: 'reports',
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      }),
    );
    await costs.aws.soon(
      () =>
        statusOf().catch((error: Error) =>
          error.name === 'DBInstanceNotFoundFault' ? 'gone' : error.name,
        ),
      status => status === 'gone',
    );
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(Object.keys(await dayOf('2026-03-23')).sort()).toEqual(
      Object.keys(before).sort(),
    );
  });

  it('charges a stopped cluster for its storage only, and expects so', async () => {
    const today = costs.aws.world.clock.now().toISOString().slice(0, 10);
    const running = await dayOf('2026-03-17');
    expect(running['APS2-InstanceUsage:db.t4g.medium']).toBeCloseTo(
      24 * 0.073,
      6,
    );
    const expectedBefore = await forecast();
    await rds.send(
      new StopDBClusterCommand({
        DBClusterIdentifier: 'sample-platform-ai-dev',
      }),
    );
    await costs.aws.soon(
      () => rds.send(new DescribeDBClustersCommand({})),
      ({ DBClusters }) => DBClusters![0].Status === 'stopped',
    );
    costs.aws.world.clock.advance(2 * DAY_MS);
    const stopped = await dayOf(nextDay(today));
    expect(stopped).not.toHaveProperty('APS2-InstanceUsage:db.t4g.medium');
    expect(stopped['APS2-Aurora:StorageUsage']).toBeGreaterThan(0);
    expect(expectedBefore - (await forecast())).toBeCloseTo(31 * 24 * 0.073, 4);
  });

  it('charges cache nodes by their type', async () => {
    const account = costs.aws.world.platforms
      .find(({ system }) => system === 'mobilytics')!
      .environments.find(({ shortName }) => shortName === 'prod')!;
    const [region] = account.regions;
    const before = await dayOf(
      '2026-03-17',
      'Amazon ElastiCache',
      account.accountId!,
    );
    expect(Object.values(before)).toEqual([expect.closeTo(2 * 24 * 0.219, 6)]);
    const today = costs.aws.world.clock.now().toISOString().slice(0, 10);
    await new ElastiCacheClient(costs.aws.as(account.accountId!, region)).send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: 'mobilytics-prod',
        CacheNodeType: 'cache.r7g.xlarge',
        ApplyImmediately: true,
      }),
    );
    costs.aws.world.clock.advance(2 * DAY_MS);
    const after = await dayOf(
      nextDay(today),
      'Amazon ElastiCache',
      account.accountId!,
    );
    expect(Object.entries(after)).toEqual([
      [
        expect.stringContaining('NodeUsage:cache.r7g.xlarge'),
        expect.closeTo(2 * 24 * 0.438, 6),
      ],
    ]);
  });
});

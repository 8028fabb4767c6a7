import {
  Expression,
  GetCostForecastCommand,
} from '@aws-sdk/client-cost-explorer';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  DescribeNodegroupCommand,
  EKSClient,
  UpdateNodegroupConfigCommand,
} from '@aws-sdk/client-eks';
import { CostRig, startCosts } from './__testUtils__/startCosts';

const ECS_DEV = '333300000001';
const ECS_REGION = 'us-west-2';
const CLUSTER = 'cornjacket-platform-dev';
const EKS_PROD = '222200000003';
const EKS_CLUSTER = 'campaign-lifecycle-platform-prod';
const DAY_MS = 86_400_000;
const FARGATE = 'Amazon Elastic Container Service';
const NODES = 'Amazon Elastic Compute Cloud - Compute';
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

/** Dollars an hour of a task with a quarter vCPU and half a gibibyte, ARM on Spot. */
const SMALL_SPOT = 0.3 * (0.25 * 0.03238 + 0.5 * 0.00356);
/** The same on x86, on demand. */
const SMALL = 0.25 * 0.04048 + 0.5 * 0.004445;

describe('Cost Explorer, compute', () => {
  let costs: CostRig;
  beforeAll(async () => {
    costs = await startCosts();
  });
  afterAll(() => costs.close());

  const ecs = () => new ECSClient(costs.aws.as(ECS_DEV, ECS_REGION));
  const eks = () => new EKSClient(costs.aws.as(EKS_PROD, 'us-east-1'));
  const today = () => costs.aws.world.clock.now().toISOString().slice(0, 10);
  const dayAfter = (day: string, days = 1) =>
    new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

  /** Dollars by usage type of a service in an account, on a day. */
  const dayOf = async (
    Start: string,
    accountId: string,
    service: string,
    component?: string,
  ): Promise<Record<string, number>> => {
    const ofService: Expression = {
      Dimensions: { Key: 'SERVICE', Values: [service] },
    };
    const { results } = await costs.ask(
      {
        TimePeriod: { Start, End: dayAfter(Start) },
        Granularity: 'DAILY',
        Filter:
          component === undefined
            ? ofService
            : {
                And: [
                  ofService,
                  { Tags: { Key: 'Component', Values: [component] } },
                ],
              },
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
  const sum = (amounts: Record<string, number>) =>
    Object.values(amounts).reduce((total, amount) => total + amount, 0);
  const tasksOf = async (component: string, day: string) =>
    sum(await dayOf(day, ECS_DEV, FARGATE, component));

  const settled = (service: string) =>
    costs.aws.soon(
      () =>
        ecs().send(
          new DescribeServicesCommand({
            cluster: CLUSTER,
            services: [service],
          }),
        ),
      ({ services }) =>
        services![0].runningCount === services![0].desiredCount &&
        services![0].pendingCount === 0 &&
        services![0].deployments!.length <= 1 &&
        services![0].deployments!.every(
          ({ rolloutState }) => rolloutState === 'COMPLETED',
        ),
    );
  const update = async (input: UpdateServiceCommandInput) => {
    await ecs().send(new UpdateServiceCommand({ cluster: CLUSTER, ...input }));
    await settled(input.service!);
  };
  const define = async (
    family: string,
    cpu: string,
    memory: string,
    image = 'public.ecr.aws/nginx/nginx:1',
  ) =>
    (
      await ecs().send(
        new RegisterTaskDefinitionCommand({
          family,
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu,
          memory,
          containerDefinitions: [{ name: family, image }],
        }),
      )
    ).taskDefinition!.taskDefinitionArn!;

  it('charges the tasks of a service, by what runs: twice as many cost twice as much from then on', async () => {
    const service = 'cornjacket-query';
    const before = dayAfter(today(), -1);
    expect(await dayOf(before, ECS_DEV, FARGATE, service)).toEqual({
      'USW2-SpotUsage-Fargate-ARM-vCPU-Hours:perCPU': expect.closeTo(
        24 * 0.25 * 0.03238 * 0.3,
        6,
      ),
      'USW2-SpotUsage-Fargate-ARM-GB-Hours': expect.closeTo(
        24 * 0.5 * 0.00356 * 0.3,
        6,
      ),
    });
    const changed = today();
    await update({ service, desiredCount: 2 });
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(await tasksOf(service, before)).toBeCloseTo(24 * SMALL_SPOT, 6);
    // The clock stood at noon, and stands some seconds later.
    expect(await tasksOf(service, changed)).toBeCloseTo(36 * SMALL_SPOT, 4);
    expect(await tasksOf(service, dayAfter(changed))).toBeCloseTo(
      48 * SMALL_SPOT,
      6,
    );
    const { results } = await costs.ask({
      TimePeriod: { Start: dayAfter(changed), End: dayAfter(changed, 2) },
      Granularity: 'DAILY',
      Metrics: ['UsageQuantity'],
      Filter: {
        And: [
          { Tags: { Key: 'Component', Values: [service] } },
          { Tags: { Key: 'Environment', Values: ['dev'] } },
          {
            Dimensions: {
              Key: 'USAGE_TYPE',
              Values: ['USW2-SpotUsage-Fargate-ARM-vCPU-Hours:perCPU'],
            },
          },
        ],
      },
    });
    expect(results[0].Total!.UsageQuantity).toEqual({
      Amount: '12',
      Unit: 'vCPU-Hours',
    });
  });

  it('charges a larger task for its size, and no more when its service is deleted', async () => {
    const service = 'billing';
    await ecs().send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: service,
        taskDefinition: await define(service, '256', '512'),
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        propagateTags: 'SERVICE',
        tags: [
          { key: 'Component', value: service },
          { key: 'Owner', value: 'billing' },
        ],
      }),
    );
    await settled(service);
    const created = today();
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(await tasksOf(service, dayAfter(created, -1))).toBe(0);
    const small = await dayOf(dayAfter(created), ECS_DEV, FARGATE, service);
    expect(small).toEqual({
      'USW2-Fargate-vCPU-Hours:perCPU': expect.closeTo(6 * 0.04048, 6),
      'USW2-Fargate-GB-Hours': expect.closeTo(12 * 0.004445, 6),
    });

    await update({
      service,
      taskDefinition: await define(service, '1024', '2048'),
    });
    const resized = today();
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(await tasksOf(service, dayAfter(resized))).toBeCloseTo(
      4 * 24 * SMALL,
      6,
    );

    await ecs().send(
      new DeleteServiceCommand({ cluster: CLUSTER, service, force: true }),
    );
    await costs.aws.soon(
      () =>
        ecs().send(
          new DescribeServicesCommand({
            cluster: CLUSTER,
            services: [service],
          }),
        ),
      ({ services }) => services![0].status === 'INACTIVE',
    );
    const deleted = today();
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(await dayOf(dayAfter(deleted), ECS_DEV, FARGATE, service)).toEqual(
      {},
    );
    // What was paid before stays.
    expect(await dayOf(dayAfter(created), ECS_DEV, FARGATE, service)).toEqual(
      small,
    );
  });

  it('charges a task that is run by hand with its own tags, and next to nothing for one whose image is not there', async () => {
    const run = async (family: string, image: string) =>
      (
        await ecs().send(
          new RunTaskCommand({
            cluster: CLUSTER,
            launchType: 'FARGATE',
            networkConfiguration: NETWORK,
            tags: [{ key: 'Component', value: family }],
            taskDefinition: await define(family, '256', '512', image),
          }),
        )
      ).tasks![0].taskArn!;
    const tasks = [
      await run('watcher', 'public.ecr.aws/nginx/nginx:1'),
      await run(
        'absent',
        '333300000000.dkr.ecr.us-west-2.amazonaws.com/cornjacket-none:1',
      ),
    ];
    await costs.aws.soon(
      async () =>
        (
          await ecs().send(
            new DescribeTasksCommand({ cluster: CLUSTER, tasks }),
          )
        ).tasks!.map(({ lastStatus }) => lastStatus),
      statuses => statuses.join() === 'RUNNING,STOPPED',
    );
    const started = today();
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(await tasksOf('watcher', dayAfter(started))).toBeCloseTo(
      24 * SMALL,
      6,
    );
    expect(await tasksOf('absent', dayAfter(started))).toBe(0);
    expect(await tasksOf('absent', started)).toBeLessThan(0.001);
  });

  /** What the instances of the node group are expected to cost on a day to come. */
  const forecastOfNodes = async () => {
    const Start = dayAfter(today(), 7);
    const { Total } = await costs.clientOf(EKS_PROD).send(
      new GetCostForecastCommand({
        TimePeriod: { Start, End: dayAfter(Start) },
        Granularity: 'DAILY',
        Metric: 'UNBLENDED_COST',
        Filter: {
          Dimensions: { Key: 'USAGE_TYPE', Values: ['BoxUsage:t3.xlarge'] },
        },
      }),
    );
    return Number(Total!.Amount);
  };

  it('charges a cluster and the instances of its node groups, as many as there are', async () => {
    const before = dayAfter(today(), -1);
    const usual = await dayOf(before, EKS_PROD, NODES);
    expect(usual['BoxUsage:t3.xlarge']).toBeCloseTo(3 * 24 * 0.1664, 6);
    expect(usual['BoxUsage:r6g.large']).toBeCloseTo(2 * 24 * 0.1008, 6);
    expect(
      await dayOf(
        before,
        EKS_PROD,
        'Amazon Elastic Container Service for Kubernetes',
      ),
    ).toEqual({ 'AmazonEKS-Hours:perCluster': expect.closeTo(2.4, 6) });

    const scale = async (desiredSize: number) => {
      await eks().send(
        new UpdateNodegroupConfigCommand({
          clusterName: EKS_CLUSTER,
          nodegroupName: 'apps',
          scalingConfig: { desiredSize },
        }),
      );
      await costs.aws.soon(
        () =>
          eks().send(
            new DescribeNodegroupCommand({
              clusterName: EKS_CLUSTER,
              nodegroupName: 'apps',
            }),
          ),
        ({ nodegroup }) => nodegroup!.status === 'ACTIVE',
      );
    };
    const expectedBefore = await forecastOfNodes();
    const scaled = today();
    await scale(6);
    expect((await forecastOfNodes()) - expectedBefore).toBeCloseTo(
      3 * 24 * 0.1664,
      4,
    );
    costs.aws.world.clock.advance(2 * DAY_MS);
    const instances = async (day: string) =>
      (await dayOf(day, EKS_PROD, NODES))['BoxUsage:t3.xlarge'];
    expect(await instances(before)).toBe(usual['BoxUsage:t3.xlarge']);
    expect(await instances(dayAfter(scaled))).toBeCloseTo(6 * 24 * 0.1664, 6);

    const shrunk = today();
    await scale(2);
    costs.aws.world.clock.advance(2 * DAY_MS);
    expect(await instances(dayAfter(shrunk))).toBeCloseTo(2 * 24 * 0.1664, 6);
    expect(await instances(dayAfter(scaled))).toBeCloseTo(6 * 24 * 0.1664, 6);
  });

  it('remembers across a restart, and forgets when the world is reset', async () => {
    const service = 'cornjacket-event-handler';
    const before = dayAfter(today(), -1);
    await update({ service, desiredCount: 3 });
    const changed = today();
    costs.aws.world.clock.advance(2 * DAY_MS);
    const days = async () => [
      await dayOf(before, ECS_DEV, FARGATE),
      await dayOf(dayAfter(changed), ECS_DEV, FARGATE),
      await dayOf('2026-03-20', EKS_PROD, NODES),
      await dayOf(before, EKS_PROD, NODES),
    ];
    expect(await tasksOf(service, before)).toBeCloseTo(24 * SMALL_SPOT, 6);
    const kept = await days();
    await costs.aws.restart();
    expect(await days()).toEqual(kept);
    expect(await tasksOf(service, dayAfter(changed))).toBeCloseTo(
      72 * SMALL_SPOT,
      6,
    );

    await costs.aws.world.runResetTasks();
    expect(await tasksOf(service, '2026-03-17')).toBeCloseTo(
      24 * SMALL_SPOT,
      6,
    );
    expect(await tasksOf('watcher', dayAfter(changed))).toBe(0);
  });
});

import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeClustersCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListServiceDeploymentsCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  paginateListServices,
} from '@aws-sdk/client-ecs';
import { seedDigest } from '../../world/platforms';
import {
  CLUSTER,
  DEV,
  EcsRig,
  IMAGE,
  messagesOf,
  REGION,
  startEcsRig,
} from './__testUtils__/startEcsRig';

describe('ECS, the seeded past', () => {
  let rig: EcsRig;
  beforeEach(async () => {
    rig = await startEcsRig();
  });
  afterEach(() => rig.aws.close());

  it('has one cluster for each environment, in its own account and region', async () => {
    const { clusterArns } = await rig.ecs.send(new ListClustersCommand({}));
    expect(clusterArns).toEqual([
      `arn:aws:ecs:us-west-2:${DEV}:cluster/${CLUSTER}`,
    ]);
    const { clusters, failures } = await rig.ecs.send(
      new DescribeClustersCommand({
        clusters: [CLUSTER, 'other'],
        include: ['STATISTICS', 'SETTINGS', 'TAGS'],
      }),
    );
    expect(clusters![0]).toMatchObject({
      status: 'ACTIVE',
      runningTasksCount: 7,
      activeServicesCount: 7,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      tags: expect.arrayContaining([{ key: 'Environment', value: 'dev' }]),
    });
    expect(failures).toEqual([
      {
        arn: `arn:aws:ecs:us-west-2:${DEV}:cluster/other`,
        reason: 'MISSING',
      },
    ]);
    for (const client of [
      new ECSClient(rig.aws.as(DEV, 'us-east-1')),
      new ECSClient(rig.aws.as('111100000001', REGION)),
    ]) {
      expect(
        (await client.send(new ListClustersCommand({}))).clusterArns,
      ).toEqual([]);
    }
  });

  it('lists services page by page', async () => {
    const names: string[] = [];
    let pages = 0;
    for await (const { serviceArns } of paginateListServices(
      { client: rig.ecs, pageSize: 3 },
      { cluster: CLUSTER },
    )) {
      pages += 1;
      names.push(...serviceArns!.map(arn => arn.split('/').pop()!));
    }
    expect(pages).toBe(3);
    expect(names).toHaveLength(7);
    expect(names).toContain('cornjacket-ai-inference');
  });

  it('runs each service steadily on the image that was released, by digest', async () => {
    const service = await rig.describeOne();
    expect(service).toMatchObject({
      status: 'ACTIVE',
      desiredCount: 1,
      runningCount: 1,
      pendingCount: 0,
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      deployments: [
        {
          status: 'PRIMARY',
          rolloutState: 'COMPLETED',
          rolloutStateReason: expect.stringMatching(
            /^ECS deployment ecs-svc\/\d{19} completed\.$/,
          ),
        },
      ],
      tags: expect.arrayContaining([
        { key: 'Component', value: 'cornjacket-ingestion' },
        { key: 'System', value: 'cornjacket-platform' },
        { key: 'Environment', value: 'dev' },
      ]),
    });
    expect(messagesOf(service)[0]).toBe(
      '(service cornjacket-ingestion) has reached a steady state.',
    );
    const { taskDefinition } = await rig.ecs.send(
      new DescribeTaskDefinitionCommand({
        taskDefinition: service.taskDefinition,
      }),
    );
    expect(taskDefinition!.revision).toBeGreaterThan(2);
    expect(taskDefinition!.containerDefinitions![0]).toMatchObject({
      image: `${IMAGE}@${seedDigest('cornjacket-ingestion', '0.14.0')}`,
      environment: expect.arrayContaining([
        { name: 'RELEASE', value: '0.14.0' },
      ]),
      logConfiguration: { logDriver: 'awslogs' },
    });
    const { taskArns } = await rig.ecs.send(
      new ListTasksCommand({
        cluster: CLUSTER,
        serviceName: 'cornjacket-ingestion',
      }),
    );
    const { tasks } = await rig.ecs.send(
      new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
    );
    expect(tasks![0]).toMatchObject({
      lastStatus: 'RUNNING',
      healthStatus: 'HEALTHY',
      startedBy: service.deployments![0].id,
      group: 'service:cornjacket-ingestion',
    });
    expect(tasks![0].containers).toEqual([
      expect.objectContaining({
        imageDigest: seedDigest('cornjacket-ingestion', '0.14.0'),
      }),
      expect.objectContaining({ name: 'otel-collector' }),
    ]);
  });

  it('remembers earlier revisions and deployments', async () => {
    const { taskDefinitionArns } = await rig.ecs.send(
      new ListTaskDefinitionsCommand({
        familyPrefix: 'cornjacket-ingestion',
        sort: 'DESC',
      }),
    );
    expect(taskDefinitionArns!.length).toBeGreaterThan(2);
    expect(taskDefinitionArns![0]).toBe(
      (await rig.describeOne()).taskDefinition,
    );
    const { serviceDeployments } = await rig.ecs.send(
      new ListServiceDeploymentsCommand({
        cluster: CLUSTER,
        service: 'cornjacket-ingestion',
        status: ['SUCCESSFUL'],
      }),
    );
    expect(serviceDeployments).toHaveLength(taskDefinitionArns!.length);
    const { serviceRevisions, failures } = await rig.ecs.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [
          serviceDeployments![1].targetServiceRevisionArn!,
          'arn:aws:ecs:us-west-2:333300000001:service-revision/x/y/1',
        ],
      }),
    );
    expect(serviceRevisions![0].taskDefinition).toBe(taskDefinitionArns![1]);
    expect(failures).toEqual([
      {
        arn: 'arn:aws:ecs:us-west-2:333300000001:service-revision/x/y/1',
        reason: 'MISSING',
      },
    ]);
  });

  it('says every six hours that a service is steady', async () => {
    const before = messagesOf(await rig.describeOne()).length;
    rig.aws.world.clock.advance(13 * 3_600_000);
    const { events } = await rig.describeOne();
    expect(events!.length).toBe(Math.min(100, before + 2));
    expect(
      events![0].createdAt!.getTime() - events![1].createdAt!.getTime(),
    ).toBe(6 * 3_600_000);
  });

  it('sends CPU and memory metrics of services', async () => {
    const { Datapoints } = await new CloudWatchClient(
      rig.aws.as(DEV, REGION),
    ).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [
          { Name: 'ClusterName', Value: CLUSTER },
          { Name: 'ServiceName', Value: 'cornjacket-tsdb-writer' },
        ],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(),
        Period: 60,
        Statistics: ['Average'],
      }),
    );
    expect(Datapoints!.length).toBeGreaterThan(5);
    expect(Datapoints![0].Average).toBeGreaterThan(1);
    expect(Datapoints![0].Average).toBeLessThan(80);
  });
});

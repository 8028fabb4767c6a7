import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListServiceDeploymentsCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  paginateListServices,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  Service,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import { seedDigest } from '../../world/platforms';
import { AwsRig, startAws } from './__testUtils__/startAws';

const DEV = '333300000001';
const STAGING = '444400000004';
const REGION = 'us-west-2';
const CLUSTER = 'cornjacket-platform-dev';
const IMAGE =
  '333300000000.dkr.ecr.us-west-2.amazonaws.com/cornjacket-ingestion';
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

describe('ECS', () => {
  let aws: AwsRig;
  let ecs: ECSClient;
  beforeEach(async () => {
    aws = await startAws();
    ecs = new ECSClient(aws.as(DEV, REGION));
  });
  afterEach(() => aws.close());

  const describeOne = async (
    service = 'cornjacket-ingestion',
    cluster = CLUSTER,
    client = ecs,
  ): Promise<Service> => {
    const { services } = await client.send(
      new DescribeServicesCommand({
        cluster,
        services: [service],
        include: ['TAGS'],
      }),
    );
    return services![0];
  };
  const settled = (service?: string) =>
    aws.soon(
      () => describeOne(service),
      ({ deployments }) =>
        deployments!.length === 1 &&
        deployments![0].rolloutState === 'COMPLETED',
    );
  const messages = (service: Service) =>
    service.events!.map(({ message }) => message!);
  const register = async (image: string, family = 'cornjacket-ingestion') => {
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: family, image }],
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  };
  const update = (input: Partial<UpdateServiceCommandInput>) =>
    ecs.send(
      new UpdateServiceCommand({
        cluster: CLUSTER,
        service: 'cornjacket-ingestion',
        ...input,
      }),
    );

  describe('the seeded past', () => {
    it('has one cluster for each environment, in its own account and region', async () => {
      const { clusterArns } = await ecs.send(new ListClustersCommand({}));
      expect(clusterArns).toEqual([
        `arn:aws:ecs:us-west-2:${DEV}:cluster/${CLUSTER}`,
      ]);
      const { clusters, failures } = await ecs.send(
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
        new ECSClient(aws.as(DEV, 'us-east-1')),
        new ECSClient(aws.as('111100000001', REGION)),
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
        { client: ecs, pageSize: 3 },
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
      const service = await describeOne();
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
      expect(messages(service)[0]).toBe(
        '(service cornjacket-ingestion) has reached a steady state.',
      );
      const { taskDefinition } = await ecs.send(
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
      const { taskArns } = await ecs.send(
        new ListTasksCommand({
          cluster: CLUSTER,
          serviceName: 'cornjacket-ingestion',
        }),
      );
      const { tasks } = await ecs.send(
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
      const { taskDefinitionArns } = await ecs.send(
        new ListTaskDefinitionsCommand({
          familyPrefix: 'cornjacket-ingestion',
          sort: 'DESC',
        }),
      );
      expect(taskDefinitionArns!.length).toBeGreaterThan(2);
      expect(taskDefinitionArns![0]).toBe((await describeOne()).taskDefinition);
      const { serviceDeployments } = await ecs.send(
        new ListServiceDeploymentsCommand({
          cluster: CLUSTER,
          service: 'cornjacket-ingestion',
          status: ['SUCCESSFUL'],
        }),
      );
      expect(serviceDeployments).toHaveLength(taskDefinitionArns!.length);
      const { serviceRevisions, failures } = await ecs.send(
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
      const before = messages(await describeOne()).length;
      aws.world.clock.advance(13 * 3_600_000);
      const { events } = await describeOne();
      expect(events!.length).toBe(Math.min(100, before + 2));
      expect(
        events![0].createdAt!.getTime() - events![1].createdAt!.getTime(),
      ).toBe(6 * 3_600_000);
    });

    it('sends CPU and memory metrics of services', async () => {
      const { Datapoints } = await new CloudWatchClient(
        aws.as(DEV, REGION),
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

  describe('a rolling deployment', () => {
    it('starts the new tasks before it stops the old ones, and completes', async () => {
      const before = await describeOne();
      const taskDefinition = await register(
        `${IMAGE}@${seedDigest('cornjacket-ingestion', '0.13.2')}`,
      );
      const { service } = await update({ taskDefinition });
      expect(service!.deployments).toMatchObject([
        {
          status: 'PRIMARY',
          taskDefinition,
          rolloutState: 'IN_PROGRESS',
          rolloutStateReason: expect.stringMatching(/in progress\.$/),
        },
        { status: 'ACTIVE', taskDefinition: before.taskDefinition },
      ]);
      let least = Infinity;
      const statuses = new Set<string>();
      const after = await aws.soon(
        async () => {
          const now = await describeOne();
          least = Math.min(least, now.runningCount!);
          const { taskArns } = await ecs.send(
            new ListTasksCommand({
              cluster: CLUSTER,
              startedBy: now.deployments![0].id,
            }),
          );
          if (taskArns!.length) {
            const { tasks } = await ecs.send(
              new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
            );
            tasks!.forEach(task => statuses.add(task.lastStatus!));
          }
          return now;
        },
        ({ deployments }) =>
          deployments!.length === 1 &&
          deployments![0].rolloutState === 'COMPLETED',
      );
      expect(least).toBe(1);
      expect([...statuses]).toEqual(
        expect.arrayContaining(['PROVISIONING', 'PENDING', 'RUNNING']),
      );
      const id = after.deployments![0].id;
      expect(messages(after).slice(0, 2)).toEqual([
        '(service cornjacket-ingestion) has reached a steady state.',
        `(service cornjacket-ingestion) (deployment ${id}) deployment completed.`,
      ]);
      expect(messages(after)).toContainEqual(
        expect.stringMatching(
          /^\(service cornjacket-ingestion\) has started 1 tasks: \(task [0-9a-f]{32}\)\.$/,
        ),
      );
      const { taskArns } = await ecs.send(
        new ListTasksCommand({
          cluster: CLUSTER,
          serviceName: 'cornjacket-ingestion',
          desiredStatus: 'STOPPED',
        }),
      );
      const stopped = await aws.soon(
        () =>
          ecs.send(
            new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
          ),
        ({ tasks }) => tasks![0].lastStatus === 'STOPPED',
      );
      expect(stopped.tasks![0]).toMatchObject({
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: `Scaling activity initiated by (deployment ${id})`,
        containers: [{ exitCode: 0 }, { exitCode: 0 }],
      });
    });

    it('opens the circuit breaker when the image is in no registry, and rolls back', async () => {
      const before = await describeOne();
      const missing = `${IMAGE}@sha256:${'0'.repeat(64)}`;
      await update({ taskDefinition: await register(missing) });
      const failed = await aws.soon(
        () => describeOne(),
        ({ deployments }) =>
          deployments!.some(d => d.rolloutState === 'FAILED'),
      );
      expect(failed.deployments).toMatchObject([
        {
          status: 'PRIMARY',
          taskDefinition: before.taskDefinition,
          rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${
            before.deployments![0].id
          }.`,
        },
        {
          status: 'ACTIVE',
          failedTasks: 3,
          rolloutState: 'FAILED',
          rolloutStateReason:
            'ECS deployment circuit breaker: tasks failed to start.',
        },
      ]);
      const after = await settled();
      expect(after.taskDefinition).toBe(before.taskDefinition);
      expect(after.runningCount).toBe(1);
      expect(messages(after)).toEqual(
        expect.arrayContaining([
          `(service cornjacket-ingestion) (deployment ${
            failed.deployments![1].id
          }) deployment failed: tasks failed to start.`,
          `(service cornjacket-ingestion) rolling back to deployment ${
            before.deployments![0].id
          }.`,
        ]),
      );
      const { taskArns } = await ecs.send(
        new ListTasksCommand({
          cluster: CLUSTER,
          startedBy: failed.deployments![1].id,
          desiredStatus: 'STOPPED',
        }),
      );
      expect(taskArns).toHaveLength(3);
      const { tasks } = await ecs.send(
        new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
      );
      expect(tasks![0]).toMatchObject({
        stopCode: 'TaskFailedToStart',
        stoppedReason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${missing}: ${missing}: not found`,
      });
      const { serviceDeployments } = await ecs.send(
        new ListServiceDeploymentsCommand({
          cluster: CLUSTER,
          service: 'cornjacket-ingestion',
        }),
      );
      const { serviceDeployments: described } = await ecs.send(
        new DescribeServiceDeploymentsCommand({
          serviceDeploymentArns: [serviceDeployments![0].serviceDeploymentArn!],
        }),
      );
      expect(described![0]).toMatchObject({
        status: 'ROLLBACK_SUCCESSFUL',
        deploymentCircuitBreaker: {
          status: 'TRIGGERED',
          failureCount: 3,
          threshold: 3,
        },
        rollback: {
          serviceRevisionArn: described![0].sourceServiceRevisions![0].arn,
        },
      });
    });

    it('refuses images of a registry that does not let the account in', async () => {
      await update({
        taskDefinition: await register(
          `444400000000.dkr.ecr.us-east-1.amazonaws.com/mobilytics-api@${seedDigest(
            'mobilytics-api',
            '0.9.0',
          )}`,
        ),
      });
      const { tasks } = await aws.soon(
        async () => {
          const { taskArns } = await ecs.send(
            new ListTasksCommand({
              cluster: CLUSTER,
              serviceName: 'cornjacket-ingestion',
              desiredStatus: 'STOPPED',
            }),
          );
          return taskArns!.length
            ? ecs.send(
                new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
              )
            : { tasks: [] };
        },
        answer => answer.tasks!.length > 0,
      );
      expect(tasks![0].stoppedReason).toMatch(
        /^CannotPullContainerError: .* 403 Forbidden$/,
      );
    });

    it('scales without a new deployment, and stays steady', async () => {
      const before = await describeOne();
      await update({ desiredCount: 3 });
      const after = await aws.soon(
        () => describeOne(),
        ({ runningCount, pendingCount }) =>
          runningCount === 3 && pendingCount === 0,
      );
      expect(after.deployments).toHaveLength(1);
      expect(after.deployments![0].id).toBe(before.deployments![0].id);
      await update({ desiredCount: 0 });
      const none = await aws.soon(
        () => describeOne(),
        ({ runningCount }) => runningCount === 0,
      );
      expect(none).toMatchObject({ desiredCount: 0, pendingCount: 0 });
    });

    it('deploys the same task definition anew when forced', async () => {
      const before = await describeOne();
      await update({ forceNewDeployment: true });
      const after = await settled();
      expect(after.taskDefinition).toBe(before.taskDefinition);
      expect(after.deployments![0].id).not.toBe(before.deployments![0].id);
    });
  });

  it('goes from blue to green with traffic, bake time and clean-up', async () => {
    const client = new ECSClient(aws.as(STAGING, 'us-east-1'));
    const cluster = 'mobilytics-staging';
    const { service } = await client.send(
      new UpdateServiceCommand({
        cluster,
        service: 'mobilytics-api',
        forceNewDeployment: true,
      }),
    );
    expect(service!.deploymentConfiguration!.strategy).toBe('BLUE_GREEN');
    const arn = service!.currentServiceDeployment!;
    const stages: string[] = [];
    const weights: Record<string, number> = {};
    let most = 0;
    const done = await aws.soon(
      async () => {
        const { serviceDeployments } = await client.send(
          new DescribeServiceDeploymentsCommand({
            serviceDeploymentArns: [arn],
          }),
        );
        const [deployment] = serviceDeployments!;
        const stage = deployment.lifecycleStage;
        if (stage && stages[stages.length - 1] !== stage) {
          stages.push(stage);
          weights[stage] =
            deployment.targetServiceRevision!.requestedProductionTrafficWeight!;
        }
        most = Math.max(
          most,
          (await describeOne('mobilytics-api', cluster, client)).runningCount!,
        );
        return deployment;
      },
      ({ status }) => status === 'SUCCESSFUL',
    );
    expect(stages).toEqual([
      'RECONCILE_SERVICE',
      'SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
      'CLEAN_UP',
    ]);
    expect(weights).toMatchObject({ SCALE_UP: 0, BAKE_TIME: 100 });
    expect(most).toBe(4);
    expect(done.finishedAt).toBeInstanceOf(Date);
  });

  describe('situations', () => {
    it.each([
      [
        'exit',
        'EssentialContainerExited',
        'Essential container in task exited',
        1,
      ],
      [
        'oom',
        'EssentialContainerExited',
        'Essential container in task exited',
        137,
      ],
      [
        'unhealthy',
        'ServiceSchedulerInitiated',
        /^Task failed ELB health checks in \(target-group arn:/,
        0,
      ],
    ])('lets tasks fail by %s', async (kind, stopCode, reason, exitCode) => {
      await aws.world.scenarios.start('ecs-degraded', {
        component: 'cornjacket-ingestion',
        environment: 'dev',
        kind,
      });
      const { tasks } = await aws.soon(
        async () => {
          const { taskArns } = await ecs.send(
            new ListTasksCommand({
              cluster: CLUSTER,
              serviceName: 'cornjacket-ingestion',
              desiredStatus: 'STOPPED',
            }),
          );
          return taskArns!.length > 1
            ? ecs.send(
                new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
              )
            : { tasks: [] };
        },
        answer => answer.tasks!.length > 1,
      );
      expect(tasks![0].stopCode).toBe(stopCode);
      expect(tasks![0].stoppedReason).toMatch(reason);
      expect(tasks![0].containers![0].exitCode).toBe(exitCode);
      await aws.world.scenarios.start('calm');
      const after = await aws.soon(
        () => describeOne(),
        ({ runningCount, pendingCount }) =>
          runningCount === 1 && pendingCount === 0,
      );
      expect(after.deployments![0].rolloutState).toBe('COMPLETED');
    });

    it('loses images and says so in the stopped tasks', async () => {
      await aws.world.scenarios.start('ecs-image-missing', {
        component: 'cornjacket-query',
        environment: 'dev',
      });
      const failed = await aws.soon(
        () => describeOne('cornjacket-query'),
        ({ deployments }) =>
          deployments!.some(d => d.rolloutState === 'FAILED'),
      );
      expect(failed.runningCount).toBe(1);
      await expect(
        aws.world.scenarios.start('ecs-image-missing', {
          component: 'sample-backend',
        }),
      ).rejects.toThrow(/no ECS service runs component "sample-backend"/);
    });
  });

  it('creates, drains and deletes a service', async () => {
    const taskDefinition = await register(
      'public.ecr.aws/nginx/nginx:1',
      'web',
    );
    const create = () =>
      ecs.send(
        new CreateServiceCommand({
          cluster: CLUSTER,
          serviceName: 'web',
          taskDefinition,
          desiredCount: 2,
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
          tags: [{ key: 'Component', value: 'web' }],
        }),
      );
    const { service } = await create();
    expect(service).toMatchObject({ runningCount: 0, launchType: 'FARGATE' });
    await expect(create()).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    });
    expect((await settled('web')).runningCount).toBe(2);
    const remove = (force: boolean) =>
      ecs.send(
        new DeleteServiceCommand({ cluster: CLUSTER, service: 'web', force }),
      );
    await expect(remove(false)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect((await remove(true)).service!.status).toBe('DRAINING');
    await aws.soon(
      () => describeOne('web'),
      ({ status }) => status === 'INACTIVE',
    );
    await expect(
      update({ service: 'web', desiredCount: 1 }),
    ).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
  });

  it('runs a task to its end and stops another on request', async () => {
    const taskDefinition = await register(
      'public.ecr.aws/x/migrate:1',
      'migrate',
    );
    const run = async (command?: string[]) => {
      const { tasks } = await ecs.send(
        new RunTaskCommand({
          cluster: CLUSTER,
          taskDefinition,
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
          startedBy: 'test',
          overrides: { containerOverrides: [{ name: 'migrate', command }] },
        }),
      );
      return tasks![0].taskArn!;
    };
    const job = await run(['migrate', 'up']);
    const server = await run();
    const state = (arn: string) => async () =>
      (
        await ecs.send(
          new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] }),
        )
      ).tasks![0];
    const ended = await aws.soon(
      state(job),
      ({ lastStatus }) => lastStatus === 'STOPPED',
    );
    expect(ended).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 0 }],
    });
    expect((await state(server)()).lastStatus).toBe('RUNNING');
    await ecs.send(
      new StopTaskCommand({ cluster: CLUSTER, task: server, reason: 'enough' }),
    );
    expect(
      await aws.soon(
        state(server),
        ({ lastStatus }) => lastStatus === 'STOPPED',
      ),
    ).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
  });

  it('counts revisions up and never twice, also after one is deregistered', async () => {
    const first = await register('nginx:1', 'web');
    await ecs.send(
      new DeregisterTaskDefinitionCommand({ taskDefinition: first }),
    );
    expect(await register('nginx:2', 'web')).toMatch(/web:2$/);
    const { taskDefinition } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }),
    );
    expect(taskDefinition).toMatchObject({
      status: 'INACTIVE',
      deregisteredAt: expect.any(Date),
    });
    await expect(update({ taskDefinition: 'web:1' })).rejects.toMatchObject({
      name: 'ClientException',
      message: 'TaskDefinition is inactive',
    });
    const { families } = await ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'w' }),
    );
    expect(families).toEqual(['web']);
  });

  it('tags what has an ARN', async () => {
    const { serviceArn } = await describeOne();
    await ecs.send(
      new TagResourceCommand({
        resourceArn: serviceArn,
        tags: [{ key: 'Owner', value: 'a' }],
      }),
    );
    await ecs.send(
      new UntagResourceCommand({
        resourceArn: serviceArn,
        tagKeys: ['System'],
      }),
    );
    const { tags } = await ecs.send(
      new ListTagsForResourceCommand({ resourceArn: serviceArn }),
    );
    expect(tags).toContainEqual({ key: 'Owner', value: 'a' });
    expect(tags!.map(({ key }) => key)).not.toContain('System');
    expect((await describeOne()).tags).toEqual(tags);
  });

  it('offers the capacity providers of Fargate', async () => {
    const { capacityProviders, failures } = await ecs.send(
      new DescribeCapacityProvidersCommand({
        capacityProviders: ['FARGATE_SPOT', 'mine'],
      }),
    );
    expect(capacityProviders).toMatchObject([
      { name: 'FARGATE_SPOT', status: 'ACTIVE' },
    ]);
    expect(failures).toMatchObject([{ reason: 'MISSING' }]);
  });

  it('answers wrong calls with the errors of ECS', async () => {
    const calls: Array<[Promise<unknown>, string, RegExp]> = [
      [
        ecs.send(
          new DescribeServicesCommand({ cluster: 'no', services: ['a'] }),
        ),
        'ClusterNotFoundException',
        /^Cluster not found\.$/,
      ],
      [
        ecs.send(
          new DescribeServicesCommand({
            cluster: CLUSTER,
            services: Array.from({ length: 11 }, (_, n) => `s${n}`),
          }),
        ),
        'InvalidParameterException',
        /\w/,
      ],
      [update({ service: 'no' }), 'ServiceNotFoundException', /\w/],
      [
        update({ taskDefinition: 'no' }),
        'ClientException',
        /^TaskDefinition not found\.$/,
      ],
      [update({ desiredCount: -1 }), 'InvalidParameterException', /\w/],
      [
        ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'no' })),
        'ClientException',
        /^Unable to describe task definition\.$/,
      ],
      [
        ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: 'no' })),
        'InvalidParameterException',
        /\w/,
      ],
      [
        ecs.send(
          new ListTasksCommand({ cluster: CLUSTER, nextToken: 'nonsense' }),
        ),
        'InvalidParameterException',
        /\w/,
      ],
      [
        ecs.send(
          new RegisterTaskDefinitionCommand({
            family: 'x',
            networkMode: 'awsvpc',
            requiresCompatibilities: ['FARGATE'],
            cpu: '256',
            memory: '9999',
            containerDefinitions: [{ name: 'x', image: 'x' }],
          }),
        ),
        'ClientException',
        /^No Fargate configuration exists for given values\.$/,
      ],
    ];
    for (const [call, name, message] of calls) {
      await expect(call).rejects.toMatchObject({
        name,
        message: expect.stringMatching(message),
      });
    }
    const { failures } = await ecs.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: ['no'] }),
    );
    expect(failures).toEqual([
      {
        arn: `arn:aws:ecs:us-west-2:${DEV}:service/${CLUSTER}/no`,
        reason: 'MISSING',
      },
    ]);
  });

  it('goes on after a restart with a deployment that was under way', async () => {
    await update({ forceNewDeployment: true });
    const { deployments } = await describeOne();
    await aws.restart();
    ecs = new ECSClient(aws.as(DEV, REGION));
    expect((await describeOne()).deployments![0].id).toBe(deployments![0].id);
    expect((await settled()).deployments![0].id).toBe(deployments![0].id);
  });

  it('goes back to the seed on reset', async () => {
    const before = await describeOne();
    await register('nginx:1', 'web');
    await update({ desiredCount: 4 });
    await aws.world.runResetTasks();
    expect((await describeOne()).desiredCount).toBe(before.desiredCount);
    const { families } = await ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'web' }),
    );
    expect(families).toEqual([]);
  });
});

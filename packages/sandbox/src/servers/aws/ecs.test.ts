import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeCapacityProvidersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import {
  CLUSTER,
  DEV,
  EcsRig,
  REGION,
  startEcsRig,
} from './__testUtils__/startEcsRig';

const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

describe('ECS', () => {
  let rig: EcsRig;
  beforeEach(async () => {
    rig = await startEcsRig();
  });
  afterEach(() => rig.aws.close());

  it('creates, drains and deletes a service', async () => {
    const taskDefinition = await rig.register(
      'public.ecr.aws/nginx/nginx:1',
      'web',
    );
    const create = () =>
      rig.ecs.send(
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
    expect((await rig.settled('web')).runningCount).toBe(2);
    const remove = (force: boolean) =>
      rig.ecs.send(
        new DeleteServiceCommand({ cluster: CLUSTER, service: 'web', force }),
      );
    await expect(remove(false)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect((await remove(true)).service!.status).toBe('DRAINING');
    await rig.aws.soon(
      () => rig.describeOne('web'),
      ({ status }) => status === 'INACTIVE',
    );
    await expect(
      rig.update({ service: 'web', desiredCount: 1 }),
    ).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
  });

  it('runs a task to its end and stops another on request', async () => {
    const taskDefinition = await rig.register(
      'public.ecr.aws/x/migrate:1',
      'migrate',
    );
    const run = async (command?: string[]) => {
      const { tasks } = await rig.ecs.send(
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
        await rig.ecs.send(
          new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn] }),
        )
      ).tasks![0];
    const ended = await rig.aws.soon(
      state(job),
      ({ lastStatus }) => lastStatus === 'STOPPED',
    );
    expect(ended).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 0 }],
    });
    expect((await state(server)()).lastStatus).toBe('RUNNING');
    await rig.ecs.send(
      new StopTaskCommand({ cluster: CLUSTER, task: server, reason: 'enough' }),
    );
    expect(
      await rig.aws.soon(
        state(server),
        ({ lastStatus }) => lastStatus === 'STOPPED',
      ),
    ).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
  });

  it('counts revisions up and never twice, also after one is deregistered', async () => {
    const first = await rig.register('nginx:1', 'web');
    await rig.ecs.send(
      new DeregisterTaskDefinitionCommand({ taskDefinition: first }),
    );
    expect(await rig.register('nginx:2', 'web')).toMatch(/web:2$/);
    const { taskDefinition } = await rig.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }),
    );
    expect(taskDefinition).toMatchObject({
      status: 'INACTIVE',
      deregisteredAt: expect.any(Date),
    });
    await expect(rig.update({ taskDefinition: 'web:1' })).rejects.toMatchObject(
      {
        name: 'ClientException',
        message: 'TaskDefinition is inactive',
      },
    );
    const { families } = await rig.ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'w' }),
    );
    expect(families).toEqual(['web']);
  });

  it('tags what has an ARN', async () => {
    const { serviceArn } = await rig.describeOne();
    await rig.ecs.send(
      new TagResourceCommand({
        resourceArn: serviceArn,
        tags: [{ key: 'Owner', value: 'a' }],
      }),
    );
    await rig.ecs.send(
      new UntagResourceCommand({
        resourceArn: serviceArn,
        tagKeys: ['System'],
      }),
    );
    const { tags } = await rig.ecs.send(
      new ListTagsForResourceCommand({ resourceArn: serviceArn }),
    );
    expect(tags).toContainEqual({ key: 'Owner', value: 'a' });
    expect(tags!.map(({ key }) => key)).not.toContain('System');
    expect((await rig.describeOne()).tags).toEqual(tags);
  });

  it('offers the capacity providers of Fargate', async () => {
    const { capacityProviders, failures } = await rig.ecs.send(
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
        rig.ecs.send(
          new DescribeServicesCommand({ cluster: 'no', services: ['a'] }),
        ),
        'ClusterNotFoundException',
        /^Cluster not found\.$/,
      ],
      [
        rig.ecs.send(
          new DescribeServicesCommand({
            cluster: CLUSTER,
            services: Array.from({ length: 11 }, (_, n) => `s${n}`),
          }),
        ),
        'InvalidParameterException',
        /\w/,
      ],
      [rig.update({ service: 'no' }), 'ServiceNotFoundException', /\w/],
      [
        rig.update({ taskDefinition: 'no' }),
        'ClientException',
        /^TaskDefinition not found\.$/,
      ],
      [rig.update({ desiredCount: -1 }), 'InvalidParameterException', /\w/],
      [
        rig.ecs.send(
          new DescribeTaskDefinitionCommand({ taskDefinition: 'no' }),
        ),
        'ClientException',
        /^Unable to describe task definition\.$/,
      ],
      [
        rig.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: 'no' })),
        'InvalidParameterException',
        /\w/,
      ],
      [
        rig.ecs.send(
          new ListTasksCommand({ cluster: CLUSTER, nextToken: 'nonsense' }),
        ),
        'InvalidParameterException',
        /\w/,
      ],
      [
        rig.ecs.send(
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
    const { failures } = await rig.ecs.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: ['no'] }),
    );
    expect(failures).toEqual([
      {
        arn: `arn:aws:ecs:us-west-2:${DEV}:service/${CLUSTER}/no`,
        reason: 'MISSING',
      },
    ]);
  });

  it('goes back to the seed on reset', async () => {
    const before = await rig.describeOne();
    await rig.register('nginx:1', 'web');
    await rig.update({ desiredCount: 4 });
    await rig.aws.world.runResetTasks();
    expect((await rig.describeOne()).desiredCount).toBe(before.desiredCount);
    const { families } = await rig.ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'web' }),
    );
    expect(families).toEqual([]);
  });

  it('makes a cluster once, and deletes it when nothing is in it', async () => {
    const create = () =>
      rig.ecs.send(new CreateClusterCommand({ clusterName: 'jobs' }));
    const { cluster } = await create();
    expect(cluster).toMatchObject({
      clusterArn: `arn:aws:ecs:${REGION}:${DEV}:cluster/jobs`,
      status: 'ACTIVE',
    });
    expect((await create()).cluster!.clusterArn).toBe(cluster!.clusterArn);
    const remove = (name: string) =>
      rig.ecs.send(new DeleteClusterCommand({ cluster: name }));
    expect((await remove('jobs')).cluster!.status).toBe('INACTIVE');
    await expect(remove(CLUSTER)).rejects.toMatchObject({
      name: 'ClusterContainsServicesException',
    });
    await expect(remove('none')).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
    await expect(
      rig.ecs.send(new CreateClusterCommand({ clusterName: 'a b' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it.each([
    [{ schedulingStrategy: 'DAEMON' as const }, /not supported on Fargate/],
    [{ deploymentController: { type: 'EXTERNAL' as const } }, /EXTERNAL/],
    [{ deploymentConfiguration: { strategy: 'CANARY' as const } }, /CANARY/],
  ])('refuses a service with %j', async (change, message) => {
    await expect(
      rig.ecs.send(
        new CreateServiceCommand({
          cluster: CLUSTER,
          serviceName: 'other',
          taskDefinition: 'cornjacket-ingestion',
          desiredCount: 1,
          networkConfiguration: NETWORK,
          ...change,
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(message),
    });
  });
});

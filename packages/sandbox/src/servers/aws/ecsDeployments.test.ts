import {
  DescribeServiceDeploymentsCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { seedDigest } from '../../world/platforms';
import {
  CLUSTER,
  EcsRig,
  IMAGE,
  messagesOf,
  startEcsRig,
} from './__testUtils__/startEcsRig';

const STAGING = '444400000004';

describe('ECS, deployments', () => {
  let rig: EcsRig;
  beforeEach(async () => {
    rig = await startEcsRig();
  });
  afterEach(() => rig.aws.close());

  describe('a rolling deployment', () => {
    it('starts the new tasks before it stops the old ones, and completes', async () => {
      const before = await rig.describeOne();
      const taskDefinition = await rig.register(
        `${IMAGE}@${seedDigest('cornjacket-ingestion', '0.13.2')}`,
      );
      const { service } = await rig.update({ taskDefinition });
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
      const after = await rig.aws.soon(
        async () => {
          const now = await rig.describeOne();
          least = Math.min(least, now.runningCount!);
          const { taskArns } = await rig.ecs.send(
            new ListTasksCommand({
              cluster: CLUSTER,
              startedBy: now.deployments![0].id,
            }),
          );
          if (taskArns!.length) {
            const { tasks } = await rig.ecs.send(
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
      expect(messagesOf(after).slice(0, 2)).toEqual([
        '(service cornjacket-ingestion) has reached a steady state.',
        `(service cornjacket-ingestion) (deployment ${id}) deployment completed.`,
      ]);
      expect(messagesOf(after)).toContainEqual(
        expect.stringMatching(
          /^\(service cornjacket-ingestion\) has started 1 tasks: \(task [0-9a-f]{32}\)\.$/,
        ),
      );
      const { taskArns } = await rig.ecs.send(
        new ListTasksCommand({
          cluster: CLUSTER,
          serviceName: 'cornjacket-ingestion',
          desiredStatus: 'STOPPED',
        }),
      );
      const stopped = await rig.aws.soon(
        () =>
          rig.ecs.send(
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
      const before = await rig.describeOne();
      const missing = `${IMAGE}@sha256:${'0'.repeat(64)}`;
      await rig.update({ taskDefinition: await rig.register(missing) });
      const failed = await rig.aws.soon(
        () => rig.describeOne(),
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
      const after = await rig.settled();
      expect(after.taskDefinition).toBe(before.taskDefinition);
      expect(after.runningCount).toBe(1);
      expect(messagesOf(after)).toEqual(
        expect.arrayContaining([
          `(service cornjacket-ingestion) (deployment ${
            failed.deployments![1].id
          }) deployment failed: tasks failed to start.`,
          `(service cornjacket-ingestion) rolling back to deployment ${
            before.deployments![0].id
          }.`,
        ]),
      );
      const { taskArns } = await rig.ecs.send(
        new ListTasksCommand({
          cluster: CLUSTER,
          startedBy: failed.deployments![1].id,
          desiredStatus: 'STOPPED',
        }),
      );
      expect(taskArns).toHaveLength(3);
      const { tasks } = await rig.ecs.send(
        new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
      );
      expect(tasks![0]).toMatchObject({
        stopCode: 'TaskFailedToStart',
        stoppedReason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${missing}: ${missing}: not found`,
      });
      const { serviceDeployments } = await rig.ecs.send(
        new ListServiceDeploymentsCommand({
          cluster: CLUSTER,
          service: 'cornjacket-ingestion',
        }),
      );
      const { serviceDeployments: described } = await rig.ecs.send(
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
      await rig.update({
        taskDefinition: await rig.register(
          `444400000000.dkr.ecr.us-east-1.amazonaws.com/mobilytics-api@${seedDigest(
            'mobilytics-api',
            '0.9.0',
          )}`,
        ),
      });
      const { tasks } = await rig.aws.soon(
        async () => {
          const { taskArns } = await rig.ecs.send(
            new ListTasksCommand({
              cluster: CLUSTER,
              serviceName: 'cornjacket-ingestion',
              desiredStatus: 'STOPPED',
            }),
          );
          return taskArns!.length
            ? rig.ecs.send(
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
      const before = await rig.describeOne();
      await rig.update({ desiredCount: 3 });
      const after = await rig.aws.soon(
        () => rig.describeOne(),
        ({ runningCount, pendingCount }) =>
          runningCount === 3 && pendingCount === 0,
      );
      expect(after.deployments).toHaveLength(1);
      expect(after.deployments![0].id).toBe(before.deployments![0].id);
      await rig.update({ desiredCount: 0 });
      const none = await rig.aws.soon(
        () => rig.describeOne(),
        ({ runningCount }) => runningCount === 0,
      );
      expect(none).toMatchObject({ desiredCount: 0, pendingCount: 0 });
    });

    it('deploys the same task definition anew when forced', async () => {
      const before = await rig.describeOne();
      await rig.update({ forceNewDeployment: true });
      const after = await rig.settled();
      expect(after.taskDefinition).toBe(before.taskDefinition);
      expect(after.deployments![0].id).not.toBe(before.deployments![0].id);
    });
  });

  it('goes from blue to green with traffic, bake time and clean-up', async () => {
    const client = new ECSClient(rig.aws.as(STAGING, 'us-east-1'));
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
    const done = await rig.aws.soon(
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
          (await rig.describeOne('mobilytics-api', cluster, client))
            .runningCount!,
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
      await rig.aws.world.scenarios.start('ecs-degraded', {
        component: 'cornjacket-ingestion',
        environment: 'dev',
        kind,
      });
      const { tasks } = await rig.aws.soon(
        async () => {
          const { taskArns } = await rig.ecs.send(
            new ListTasksCommand({
              cluster: CLUSTER,
              serviceName: 'cornjacket-ingestion',
              desiredStatus: 'STOPPED',
            }),
          );
          return taskArns!.length > 1
            ? rig.ecs.send(
                new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }),
              )
            : { tasks: [] };
        },
        answer => answer.tasks!.length > 1,
      );
      expect(tasks![0].stopCode).toBe(stopCode);
      expect(tasks![0].stoppedReason).toMatch(reason);
      expect(tasks![0].containers![0].exitCode).toBe(exitCode);
      await rig.aws.world.scenarios.start('calm');
      const after = await rig.aws.soon(
        () => rig.describeOne(),
        ({ runningCount, pendingCount }) =>
          runningCount === 1 && pendingCount === 0,
      );
      expect(after.deployments![0].rolloutState).toBe('COMPLETED');
    });

    it('loses images and says so in the stopped tasks', async () => {
      await rig.aws.world.scenarios.start('ecs-image-missing', {
        component: 'cornjacket-query',
        environment: 'dev',
      });
      const failed = await rig.aws.soon(
        () => rig.describeOne('cornjacket-query'),
        ({ deployments }) =>
          deployments!.some(d => d.rolloutState === 'FAILED'),
      );
      expect(failed.runningCount).toBe(1);
      await expect(
        rig.aws.world.scenarios.start('ecs-image-missing', {
          component: 'sample-backend',
        }),
      ).rejects.toThrow(/no ECS service runs component "sample-backend"/);
    });
  });

  it('goes on after a restart with a deployment that was under way', async () => {
    await rig.update({ forceNewDeployment: true });
    const { deployments } = await rig.describeOne();
    await rig.aws.restart();
    expect((await rig.describeOne()).deployments![0].id).toBe(
      deployments![0].id,
    );
    expect((await rig.settled()).deployments![0].id).toBe(deployments![0].id);
  });
});

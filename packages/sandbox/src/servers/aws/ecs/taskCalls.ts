import { AwsError } from '../../../world/aws/AwsError';
import { parseTaskDefinition, taskArn } from '../../../world/aws/ecs/arns';
import { Handlers } from '../handlers';
import { describeTask } from './describeTask';
import { checkNames, describeEach, pageOf } from './pages';
import { readTags } from './tags';

const MOST_DESCRIBED = 100;

/** Tasks of services and those run by hand. */
export const taskCalls: Handlers<typeof import('@aws-sdk/client-ecs')> = {
  RunTask(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    const tasks = ecs.runTask(cluster, input, readTags(input.tags));
    return {
      tasks: tasks.map(task => describeTask(task, ecs.store, true)),
      failures: [],
    };
  },

  StopTask(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    const task = ecs.store.findTask(cluster, input.task!);
    if (!task) {
      throw new AwsError(
        'InvalidParameterException',
        'The referenced task was not found.',
      );
    }
    ecs.stopTask(task, input.reason ?? 'Task stopped by user');
    return { task: describeTask(task, ecs.store, false) };
  },

  ListTasks(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    ecs.refresh();
    const service =
      input.serviceName === undefined
        ? undefined
        : ecs.store.getService(cluster, input.serviceName);
    const found = ecs.store.tasksOf(cluster).filter(
      task =>
        task.desiredStatus === (input.desiredStatus ?? 'RUNNING') &&
        (!service || task.service === service.name) &&
        (!input.family ||
          parseTaskDefinition(task.taskDefinition).family === input.family) &&
        (!input.startedBy || task.startedBy === input.startedBy) &&
        (!input.launchType || task.launchType === input.launchType) &&
        // Fargate tasks run on no container instance.
        !input.containerInstance,
    );
    const page = pageOf(found.map(taskArn), input);
    return { taskArns: page.items, nextToken: page.nextToken };
  },

  DescribeTasks(input, context) {
    const { ecs } = context.aws;
    const cluster = ecs.store.getCluster(context, input.cluster);
    ecs.refresh();
    const { found, failures } = describeEach(
      checkNames(input.tasks, 'Tasks', MOST_DESCRIBED),
      name => ecs.store.findTask(cluster, name),
      task =>
        describeTask(task, ecs.store, input.include?.includes('TAGS') ?? false),
      name =>
        name.startsWith('arn:')
          ? name
          : `arn:aws:ecs:${context.region}:${context.accountId}:task/${cluster.name}/${name}`,
    );
    return { tasks: found, failures };
  },
};

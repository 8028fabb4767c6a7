import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { clusterArn, serviceArn } from '../../../world/aws/ecs/arns';
import { EcsStore } from '../../../world/aws/ecs/EcsStore';
import {
  DeploymentRecord,
  ServiceRecord,
  TaskRecord,
} from '../../../world/aws/ecs/records';
import { at, FARGATE_VERSION, isPending, isRunning, tagList } from './common';

/** A service with its deployments and counts as they stand. */
export function describeService(
  service: ServiceRecord,
  store: EcsStore,
  withTags: boolean,
): Service {
  const tasks = store.tasksOfService(service);
  const primary = service.deployments.find(d => d.status === 'PRIMARY');
  const current = service.history[0];
  const isFargate = !service.launchType || service.launchType === 'FARGATE';
  return {
    serviceArn: serviceArn(service),
    serviceName: service.name,
    clusterArn: clusterArn(service, service.cluster),
    loadBalancers: service.loadBalancers,
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    launchType: service.launchType as Service['launchType'],
    capacityProviderStrategy: service.capacityProviderStrategy,
    platformVersion: isFargate ? service.platformVersion : undefined,
    platformFamily: isFargate ? 'Linux' : undefined,
    taskDefinition:
      primary?.taskDefinition ?? service.revisions[0].taskDefinition,
    deploymentConfiguration: service.configuration,
    deployments: service.deployments.map(deployment =>
      describeDeployment(deployment, service, tasks),
    ),
    roleArn: service.loadBalancers.length
      ? `arn:aws:iam::${service.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
      : undefined,
    events: service.events.map(({ id, createdAt, message }) => ({
      id,
      createdAt: at(createdAt),
      message,
    })),
    createdAt: at(service.createdAt),
    currentServiceDeployment:
      current && !current.finishedAt && !current.stoppedAt
        ? current.arn
        : undefined,
    currentServiceRevisions: service.deployments.map(deployment => ({
      arn: deployment.revisionArn,
      ...countsOf(deployment, tasks),
    })),
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: service.networkConfiguration,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: service.controller },
    tags: withTags ? tagList(service.tags) : undefined,
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags as Service['propagateTags'],
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: 'DISABLED',
  };
}

function describeDeployment(
  deployment: DeploymentRecord,
  service: ServiceRecord,
  tasks: TaskRecord[],
): Deployment {
  const own = tasks.filter(({ startedBy }) => startedBy === deployment.id);
  const isFargate =
    !deployment.launchType || deployment.launchType === 'FARGATE';
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinition,
    desiredCount: deployment.desiredCount,
    pendingCount: own.filter(isPending).length,
    runningCount: own.filter(isRunning).length,
    failedTasks: deployment.failedTasks,
    createdAt: at(deployment.createdAt),
    updatedAt: at(deployment.updatedAt),
    capacityProviderStrategy: deployment.capacityProviderStrategy,
    launchType: deployment.launchType as Deployment['launchType'],
    platformVersion: isFargate ? FARGATE_VERSION : undefined,
    platformFamily: isFargate ? 'Linux' : undefined,
    networkConfiguration: deployment.networkConfiguration,
    // Rollout states belong to the rolling update and blue/green of ECS itself.
    ...(service.controller === 'ECS'
      ? {
          rolloutState: deployment.rolloutState,
          rolloutStateReason: deployment.rolloutStateReason,
        }
      : {}),
  };
}

/** Tasks that a deployment asks for and has. */
export function countsOf(
  { id, desiredCount }: DeploymentRecord,
  tasks: TaskRecord[],
) {
  const own = tasks.filter(({ startedBy }) => startedBy === id);
  return {
    requestedTaskCount: desiredCount,
    runningTaskCount: own.filter(isRunning).length,
    pendingTaskCount: own.filter(isPending).length,
  };
}

import type { Task } from '@aws-sdk/client-ecs';
import { createHash } from 'node:crypto';
import { clusterArn, taskArn } from '../../../world/aws/ecs/arns';
import { EcsStore } from '../../../world/aws/ecs/EcsStore';
import { TaskRecord } from '../../../world/aws/ecs/records';
import { uuid } from '../../../world/aws/ecs/serviceEvents';
import { isHealthy } from '../../../world/aws/ecs/taskLifecycle';
import { at, FARGATE_VERSION, tagList } from './common';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** A task with its containers, health and network interface. */
export function describeTask(
  task: TaskRecord,
  store: EcsStore,
  withTags: boolean,
): Task {
  const definition = store.definitionOf(task, task.taskDefinition);
  const cluster = store.findCluster(task, task.cluster);
  const service =
    task.service && cluster
      ? store.findService(cluster, task.service)
      : undefined;
  const arn = taskArn(task);
  const checked = definition.containers.some(({ healthCheck }) => healthCheck);
  const healthy = isHealthy(task, definition, service);
  const subnets = task.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const digits = parseInt(task.id.slice(0, 6), 16);
  const address = `10.30.${digits % 250}.${((digits >> 8) % 250) + 4}`;
  const attachmentId = uuid(hash(`${arn}/eni`));
  const attached = !['PROVISIONING', 'STOPPED'].includes(task.lastStatus);
  const health = (name: string) =>
    definition.containers.find(c => c.name === name)?.healthCheck
      ? healthOf(task, healthy)
      : 'UNKNOWN';
  return {
    taskArn: arn,
    clusterArn: clusterArn(task, task.cluster),
    taskDefinitionArn: task.taskDefinition,
    group: task.group,
    startedBy: task.startedBy,
    desiredStatus: task.desiredStatus,
    lastStatus: task.lastStatus,
    healthStatus: checked ? healthOf(task, healthy) : 'UNKNOWN',
    launchType: task.launchType as Task['launchType'],
    capacityProviderName: task.capacityProviderName,
    platformVersion:
      task.launchType === 'FARGATE' ? FARGATE_VERSION : undefined,
    platformFamily: task.launchType === 'FARGATE' ? 'Linux' : undefined,
    availabilityZone: `${task.region}${digits % 2 === 0 ? 'a' : 'b'}`,
    cpu: task.overrides?.cpu ?? definition.definition.cpu,
    memory: task.overrides?.memory ?? definition.definition.memory,
    overrides: task.overrides ?? {
      containerOverrides: task.containers.map(({ name }) => ({ name })),
      inferenceAcceleratorOverrides: [],
    },
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value:
          definition.definition.runtimePlatform?.cpuArchitecture === 'ARM64'
            ? 'arm64'
            : 'x86_64',
      },
    ],
    attachments: subnets.length
      ? [
          {
            id: attachmentId,
            type: 'ElasticNetworkInterface',
            status: attachmentStatus(task),
            details: [
              { name: 'subnetId', value: subnets[digits % subnets.length] },
              ...(attached
                ? [
                    {
                      name: 'networkInterfaceId',
                      value: `eni-${hash(`${arn}/if`).slice(0, 17)}`,
                    },
                    { name: 'privateIPv4Address', value: address },
                  ]
                : []),
            ],
          },
        ]
      : [],
    connectivity: task.startedAt ? 'CONNECTED' : undefined,
    connectivityAt: at(task.pullStartedAt),
    containers: task.containers.map(container => ({
      containerArn: `${arn.replace(':task/', ':container/')}/${uuid(
        hash(`${arn}/${container.name}`),
      )}`,
      taskArn: arn,
      name: container.name,
      image: container.image,
      imageDigest: container.imageDigest,
      runtimeId: task.startedAt
        ? `${task.id}-${parseInt(hash(container.name).slice(0, 8), 16)}`
        : undefined,
      lastStatus: containerStatus(task),
      exitCode: container.exitCode,
      reason: container.reason,
      networkBindings: [],
      networkInterfaces:
        subnets.length && attached
          ? [{ attachmentId, privateIpv4Address: address }]
          : [],
      healthStatus: health(container.name),
      cpu: container.cpu,
      memory: container.memory,
    })),
    createdAt: at(task.createdAt),
    pullStartedAt: at(task.pullStartedAt),
    pullStoppedAt: at(task.pullStoppedAt),
    startedAt: at(task.startedAt),
    stoppingAt: at(task.stoppingAt),
    executionStoppedAt: at(task.executionStoppedAt),
    stoppedAt: at(task.stoppedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: { sizeInGiB: 20 },
    version: task.version,
    tags: withTags ? tagList(task.tags) : [],
  };
}

function healthOf(task: TaskRecord, healthy: boolean) {
  if (healthy) {
    return 'HEALTHY';
  }
  return task.stoppedReason?.includes('health checks')
    ? 'UNHEALTHY'
    : 'UNKNOWN';
}

function containerStatus({ lastStatus }: TaskRecord): string {
  if (['RUNNING', 'ACTIVATING', 'DEACTIVATING'].includes(lastStatus)) {
    return 'RUNNING';
  }
  return ['PROVISIONING', 'PENDING'].includes(lastStatus)
    ? 'PENDING'
    : 'STOPPED';
}

function attachmentStatus({ lastStatus }: TaskRecord): string {
  if (lastStatus === 'PROVISIONING') {
    return 'PRECREATED';
  }
  return ['DEPROVISIONING', 'STOPPED'].includes(lastStatus)
    ? 'DELETED'
    : 'ATTACHED';
}

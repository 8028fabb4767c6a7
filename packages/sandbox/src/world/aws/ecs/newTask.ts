import type { TaskOverride } from '@aws-sdk/client-ecs';
import { taskDefinitionArn } from './arns';
import { EcsStore } from './EcsStore';
import {
  ClusterRecord,
  ServiceRecord,
  Tags,
  TaskDefinitionRecord,
  TaskRecord,
} from './records';

/** What a task is started with besides its definition. */
export interface TaskStart {
  now: Date;
  cluster: Pick<ClusterRecord, 'accountId' | 'region' | 'name'>;
  service?: ServiceRecord;
  startedBy?: string;
  group?: string;
  networkConfiguration?: TaskRecord['networkConfiguration'];
  capacityProviderStrategy?: ServiceRecord['capacityProviderStrategy'];
  launchType?: string;
  overrides?: TaskOverride;
  enableExecuteCommand?: boolean;
  tags: Tags;
}

/** A task in PROVISIONING, not yet kept anywhere. */
export function newTask(
  store: EcsStore,
  definition: TaskDefinitionRecord,
  start: TaskStart,
): TaskRecord {
  const { cluster, service } = start;
  const [provider] = [...(start.capacityProviderStrategy ?? [])].sort(
    (a, b) => (b.weight ?? 0) - (a.weight ?? 0),
  );
  return {
    accountId: cluster.accountId,
    region: cluster.region,
    id: store.nextId(`task/${definition.family}`),
    cluster: cluster.name,
    taskDefinition: taskDefinitionArn(definition),
    service: service?.name,
    startedBy: start.startedBy,
    group:
      start.group ??
      (service ? `service:${service.name}` : `family:${definition.family}`),
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    statusMs: 0,
    version: 1,
    createdAt: start.now.toISOString(),
    capacityProviderName: provider?.capacityProvider,
    launchType: provider ? 'FARGATE' : start.launchType ?? 'EC2',
    networkConfiguration: start.networkConfiguration,
    overrides: start.overrides,
    enableExecuteCommand: start.enableExecuteCommand ?? false,
    tags: start.tags,
    containers: definition.containers.map(({ name, image, cpu, memory }) => ({
      name: name!,
      image: image!,
      cpu: String(cpu ?? 0),
      memory: memory === undefined ? undefined : String(memory),
    })),
  };
}

/** Tags that the tasks of a service get from it, from its definition, and from ECS. */
export function taskTags(
  service: ServiceRecord,
  definition: TaskDefinitionRecord,
): Tags {
  const propagated: Record<string, Tags> = {
    SERVICE: service.tags,
    TASK_DEFINITION: definition.tags,
  };
  return {
    ...propagated[service.propagateTags],
    ...(service.enableECSManagedTags
      ? {
          'aws:ecs:clusterName': service.cluster,
          'aws:ecs:serviceName': service.name,
        }
      : {}),
  };
}

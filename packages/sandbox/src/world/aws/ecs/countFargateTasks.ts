import { serviceArn, taskDefinitionArn } from './arns';
import type { EcsStore } from './EcsStore';
import type { FargateSize, FargateUse } from './FargateUsage';
import { TaskDefinitionRecord, TaskRecord } from './records';

const CPU_UNITS_PER_VCPU = 1024;
const MIB_PER_GIB = 1024;

/** Tasks that are charged alike: how many there are, and since when there can be such. */
export type CountedTasks = Omit<FargateUse, 'history'> & {
  count: number;
  /** When the service was created, or the first of its tasks where there is none; epoch milliseconds. */
  sinceMs: number;
};

/**
 * The tasks that Fargate charges for now: from when their images begin to be
 * pulled until they have stopped.
 *
 * @see https://aws.amazon.com/fargate/pricing/
 */
export function countFargateTasks({ state }: EcsStore): CountedTasks[] {
  const definitions = new Map(
    state.taskDefinitions.map(definition => [
      taskDefinitionArn(definition),
      definition,
    ]),
  );
  const services = new Map(
    state.services.map(service => [serviceArn(service), service]),
  );
  const counted = new Map<string, CountedTasks>();
  for (const task of state.tasks.filter(isCharged)) {
    const definition = definitions.get(task.taskDefinition);
    const size = definition && sizeOf(task, definition);
    if (size) {
      const resourceArn = serviceArnOf(task) ?? task.taskDefinition;
      const key = JSON.stringify([resourceArn, size, task.tags]);
      const sinceMs = Date.parse(
        services.get(resourceArn)?.createdAt ?? task.createdAt,
      );
      const alike = counted.get(key);
      counted.set(key, {
        accountId: task.accountId,
        region: task.region,
        resourceArn,
        tags: task.tags,
        size,
        count: (alike?.count ?? 0) + 1,
        sinceMs: Math.min(sinceMs, alike?.sinceMs ?? Infinity),
      });
    }
  }
  return [...counted.values()];
}

/** What a task of a definition is charged by; undefined where the definition names no size. */
export function fargateSize(
  { cpu, memory, runtimePlatform }: TaskDefinitionRecord['definition'],
  capacityProvider: string | undefined,
): FargateSize | undefined {
  const size: FargateSize = {
    vcpus: Number(cpu) / CPU_UNITS_PER_VCPU,
    gibibytes: Number(memory) / MIB_PER_GIB,
    architecture:
      runtimePlatform?.cpuArchitecture === 'ARM64' ? 'ARM64' : 'X86_64',
    isSpot: capacityProvider === 'FARGATE_SPOT',
  };
  return size.vcpus > 0 && size.gibibytes > 0 ? size : undefined;
}

function sizeOf(
  { overrides, capacityProviderName }: TaskRecord,
  { definition }: TaskDefinitionRecord,
): FargateSize | undefined {
  return fargateSize(
    {
      ...definition,
      cpu: overrides?.cpu ?? definition.cpu,
      memory: overrides?.memory ?? definition.memory,
    },
    capacityProviderName,
  );
}

function isCharged({ launchType, lastStatus }: TaskRecord): boolean {
  return (
    launchType === 'FARGATE' &&
    lastStatus !== 'PROVISIONING' &&
    lastStatus !== 'STOPPED'
  );
}

function serviceArnOf({ service, ...task }: TaskRecord): string | undefined {
  return service === undefined
    ? undefined
    : serviceArn({ ...task, name: service });
}

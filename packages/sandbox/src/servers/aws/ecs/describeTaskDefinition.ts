import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { taskDefinitionArn } from '../../../world/aws/ecs/arns';
import { TaskDefinitionRecord } from '../../../world/aws/ecs/records';
import { at } from './common';

/** A revision with what ECS adds: empty lists, compatibilities and required attributes. */
export function describeTaskDefinition(
  record: TaskDefinitionRecord,
): TaskDefinition {
  const { requiresCompatibilities, ...definition } = record.definition;
  return {
    ...definition,
    requiresCompatibilities,
    taskDefinitionArn: taskDefinitionArn(record),
    family: record.family,
    revision: record.revision,
    status: record.status,
    containerDefinitions: record.containers.map(container => ({
      ...container,
      cpu: container.cpu ?? 0,
      environment: container.environment ?? [],
      mountPoints: container.mountPoints ?? [],
      portMappings: container.portMappings ?? [],
      systemControls: container.systemControls ?? [],
      volumesFrom: container.volumesFrom ?? [],
    })),
    volumes: definition.volumes ?? [],
    placementConstraints: definition.placementConstraints ?? [],
    compatibilities: requiresCompatibilities?.includes('FARGATE')
      ? ['EC2', 'FARGATE']
      : ['EXTERNAL', 'EC2'],
    requiresAttributes: requiredAttributes(record),
    registeredAt: at(record.registeredAt),
    registeredBy: record.registeredBy,
    deregisteredAt: at(record.deregisteredAt),
  };
}

function requiredAttributes(record: TaskDefinitionRecord) {
  const { definition, containers } = record;
  const names = [
    ...(containers.some(({ logConfiguration }) => logConfiguration)
      ? ['com.amazonaws.ecs.capability.logging-driver.awslogs']
      : []),
    ...(containers.some(({ image }) => image?.includes('.dkr.ecr.'))
      ? ['com.amazonaws.ecs.capability.ecr-auth']
      : []),
    ...(definition.taskRoleArn
      ? ['com.amazonaws.ecs.capability.task-iam-role']
      : []),
    ...(definition.networkMode === 'awsvpc' ? ['ecs.capability.task-eni'] : []),
  ];
  return names.map(name => ({ name }));
}

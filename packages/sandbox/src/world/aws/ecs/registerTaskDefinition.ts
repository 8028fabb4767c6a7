import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { AwsError } from '../AwsError';
import { EcsStore, inPlace } from './EcsStore';
import { EcsPlace, Tags, TaskDefinitionRecord } from './records';

const FAMILY = /^[a-zA-Z0-9_-]{1,255}$/;

/** Memory in MiB that Fargate offers for each CPU size, from and to. */
const FARGATE_MEMORY: Record<string, [number, number]> = {
  '256': [512, 2_048],
  '512': [1_024, 4_096],
  '1024': [2_048, 8_192],
  '2048': [4_096, 16_384],
  '4096': [8_192, 30_720],
  '8192': [16_384, 61_440],
  '16384': [32_768, 122_880],
};

/**
 * Registers the next revision of a family.
 *
 * @throws AwsError - ClientException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
export function registerTaskDefinition(
  store: EcsStore,
  place: EcsPlace,
  input: RegisterTaskDefinitionCommandInput,
  by: { arn: string; at: Date; tags: Tags },
): TaskDefinitionRecord {
  check(input);
  const { family, containerDefinitions, tags: _tags, ...definition } = input;
  const revisions = store.state.taskDefinitions
    .filter(found => inPlace(found, place) && found.family === family)
    .map(({ revision }) => revision);
  const record: TaskDefinitionRecord = {
    accountId: place.accountId,
    region: place.region,
    family: family!,
    revision: Math.max(0, ...revisions) + 1,
    status: 'ACTIVE',
    definition: {
      ...definition,
      networkMode: definition.networkMode ?? 'bridge',
    },
    containers: containerDefinitions!.map(container => ({
      ...container,
      essential: container.essential ?? true,
    })),
    registeredAt: by.at.toISOString(),
    registeredBy: by.arn,
    tags: by.tags,
  };
  store.state.taskDefinitions.push(record);
  store.save();
  return record;
}

function check(input: RegisterTaskDefinitionCommandInput) {
  const refuse = (message: string) => {
    throw new AwsError('ClientException', message);
  };
  if (!input.family) {
    refuse('Family should not be null or empty.');
  }
  if (!FAMILY.test(input.family!)) {
    refuse(
      'Family contains invalid characters: only letters, numbers, hyphens and underscores are allowed, up to 255 of them.',
    );
  }
  if (!input.containerDefinitions?.length) {
    refuse('Container list cannot be empty.');
  }
  const names = new Set<string>();
  for (const {
    name,
    image,
    memory,
    memoryReservation,
  } of input.containerDefinitions!) {
    if (!name) {
      refuse('Container.name should not be null or empty.');
    }
    if (!image) {
      refuse('Container.image should not be null or empty.');
    }
    if (names.has(name!)) {
      refuse(`Container.name contains duplicates: ${name}`);
    }
    names.add(name!);
    if (
      memory === undefined &&
      memoryReservation === undefined &&
      !input.memory
    ) {
      refuse(
        `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      );
    }
  }
  if (
    input.containerDefinitions!.every(({ essential }) => essential === false)
  ) {
    refuse(
      'Invalid setting for container list: at least one container must be essential.',
    );
  }
  if (input.requiresCompatibilities?.includes('FARGATE')) {
    checkFargate(input, refuse);
  }
}

function checkFargate(
  input: RegisterTaskDefinitionCommandInput,
  refuse: (message: string) => void,
) {
  if (input.networkMode !== 'awsvpc') {
    refuse("Fargate only supports network mode 'awsvpc'.");
  }
  const range = FARGATE_MEMORY[input.cpu ?? ''];
  const memory = Number(input.memory);
  if (!range || !(memory >= range[0] && memory <= range[1])) {
    refuse('No Fargate configuration exists for given values.');
  }
  if (
    !input.executionRoleArn &&
    input.containerDefinitions!.some(
      ({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs',
    )
  ) {
    refuse(
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    );
  }
}

import type {
  CreateServiceCommandInput,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../AwsError';
import { serviceChildArn, taskDefinitionArn } from './arns';
import { isBlueGreen } from './blueGreen';
import { primaryOf } from './deploymentTasks';
import { EcsStore } from './EcsStore';
import { Pull } from './imagePull';
import {
  ClusterRecord,
  ServiceRecord,
  Tags,
  TaskDefinitionRecord,
} from './records';

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const STRATEGIES = ['ROLLING', 'BLUE_GREEN'];

/** What changes of services need besides the request. */
export interface RequestContext {
  store: EcsStore;
  now: Date;
  callerArn: string;
  pull(image: string): Pull;
}

const invalid = (message: string) =>
  new AwsError('InvalidParameterException', message);

/**
 * Creates a service with its first deployment.
 *
 * @throws AwsError - InvalidParameterException, ClientException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 */
export function createService(
  cluster: ClusterRecord,
  input: CreateServiceCommandInput,
  tags: Tags,
  context: RequestContext,
): ServiceRecord {
  const { store, now } = context;
  if (!NAME.test(input.serviceName!)) {
    throw invalid(
      'Service name contains invalid characters: only letters, numbers, hyphens and underscores are allowed, up to 255 of them.',
    );
  }
  if (!input.taskDefinition) {
    throw invalid('Task definition cannot be null or blank.');
  }
  if (input.schedulingStrategy === 'DAEMON') {
    throw invalid('DAEMON scheduling strategy is not supported on Fargate.');
  }
  if (input.desiredCount === undefined) {
    throw invalid('Desired count cannot be null.');
  }
  const controller = input.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw invalid(
      `Deployment controller ${controller} is not in the sandbox; it has ECS.`,
    );
  }
  checkCount(input.desiredCount);
  if (input.launchType && input.capacityProviderStrategy?.length) {
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  const existing = store.findService(cluster, input.serviceName!);
  if (existing?.status === 'ACTIVE') {
    throw invalid('Creation of service was not idempotent.');
  }
  if (existing?.status === 'DRAINING') {
    throw invalid('Unable to Start a service that is still Draining.');
  }
  const definition = runnableDefinition(cluster, input.taskDefinition, context);
  if (
    definition.definition.networkMode === 'awsvpc' &&
    !input.networkConfiguration?.awsvpcConfiguration
  ) {
    throw invalid(
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }
  const strategy = input.capacityProviderStrategy?.length
    ? input.capacityProviderStrategy
    : cluster.defaultCapacityProviderStrategy;
  const launchType =
    input.launchType ?? (strategy.length > 0 ? undefined : 'EC2');
  const service: ServiceRecord = {
    accountId: cluster.accountId,
    region: cluster.region,
    cluster: cluster.name,
    name: input.serviceName!,
    status: 'ACTIVE',
    desiredCount: input.desiredCount,
    configuration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
      ...input.deploymentConfiguration,
    },
    controller,
    loadBalancers: input.loadBalancers ?? [],
    networkConfiguration: input.networkConfiguration,
    capacityProviderStrategy: launchType ? undefined : strategy,
    launchType,
    platformVersion: input.platformVersion ?? 'LATEST',
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    createdAt: now.toISOString(),
    createdBy: context.callerArn,
    deployments: [],
    events: [],
    history: [],
    revisions: [],
    tags,
  };
  checkStrategy(service);
  beginDeployment(service, definition, context);
  store.state.services = store.state.services.filter(
    found => found !== existing,
  );
  store.state.services.push(service);
  return service;
}

/**
 * Changes a service. A new task definition, network or capacity, or
 * `forceNewDeployment`, begins a deployment; a new count alone does not.
 *
 * @throws AwsError - ServiceNotActiveException, InvalidParameterException, ClientException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function updateService(
  cluster: ClusterRecord,
  service: ServiceRecord,
  input: UpdateServiceCommandInput,
  context: RequestContext,
): void {
  if (service.status !== 'ACTIVE') {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  }
  const primary = primaryOf(service);
  const definition = input.taskDefinition
    ? runnableDefinition(cluster, input.taskDefinition, context)
    : context.store.definitionOf(service, primary.taskDefinition);
  if (input.desiredCount !== undefined) {
    checkCount(input.desiredCount);
  }
  const next: ServiceRecord = {
    ...service,
    desiredCount: input.desiredCount ?? service.desiredCount,
    configuration: {
      ...service.configuration,
      ...input.deploymentConfiguration,
    },
    loadBalancers: input.loadBalancers ?? service.loadBalancers,
    networkConfiguration:
      input.networkConfiguration ?? service.networkConfiguration,
    capacityProviderStrategy:
      input.capacityProviderStrategy ?? service.capacityProviderStrategy,
    platformVersion: input.platformVersion ?? service.platformVersion,
    healthCheckGracePeriodSeconds:
      input.healthCheckGracePeriodSeconds ??
      service.healthCheckGracePeriodSeconds,
    enableExecuteCommand:
      input.enableExecuteCommand ?? service.enableExecuteCommand,
    enableECSManagedTags:
      input.enableECSManagedTags ?? service.enableECSManagedTags,
    propagateTags: input.propagateTags ?? service.propagateTags,
  };
  checkStrategy(next);
  Object.assign(service, next);
  primary.desiredCount = service.desiredCount;
  const isNew =
    taskDefinitionArn(definition) !== primary.taskDefinition ||
    input.forceNewDeployment ||
    input.networkConfiguration ||
    input.capacityProviderStrategy ||
    input.loadBalancers;
  if (isNew) {
    beginDeployment(service, definition, context);
  }
}

/**
 * Deletes a service: it drains, and is INACTIVE when its tasks have stopped.
 *
 * @throws AwsError - InvalidParameterException, ServiceNotActiveException
 */
export function deleteService(service: ServiceRecord, force: boolean): void {
  if (service.status !== 'ACTIVE') {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  }
  if (!force && service.desiredCount > 0) {
    throw invalid('The service cannot be stopped while it is scaled above 0.');
  }
  service.status = 'DRAINING';
  service.desiredCount = 0;
  service.deployments.forEach(deployment => {
    deployment.desiredCount = 0;
  });
}

/** Puts a new PRIMARY deployment before the others, and ends one that was under way. */
export function beginDeployment(
  service: ServiceRecord,
  definition: TaskDefinitionRecord,
  { store, now, pull }: RequestContext,
): void {
  const at = now.toISOString();
  const id = `ecs-svc/${store.nextNumber(service.name)}`;
  const sources = service.deployments.filter(
    ({ rolloutState }) => rolloutState === 'COMPLETED',
  );
  const revisionArn = serviceChildArn(
    service,
    'service-revision',
    store.nextNumber(`revision/${service.name}`),
  );
  service.revisions.unshift({
    arn: revisionArn,
    taskDefinition: taskDefinitionArn(definition),
    createdAt: at,
    containerImages: definition.containers.map(({ name, image }) => {
      const pulled = pull(image!);
      return {
        containerName: name!,
        image: image!,
        imageDigest: 'digest' in pulled ? pulled.digest : undefined,
      };
    }),
    loadBalancers: service.loadBalancers,
    networkConfiguration: service.networkConfiguration,
    capacityProviderStrategy: service.capacityProviderStrategy,
    launchType: service.launchType,
  });
  const arn = serviceChildArn(
    service,
    'service-deployment',
    Buffer.from(store.nextId(`history/${service.name}`), 'hex')
      .toString('base64url')
      .slice(0, 21),
  );
  for (const running of service.history) {
    if (running.finishedAt === undefined && running.stoppedAt === undefined) {
      Object.assign(running, {
        status: 'STOPPED',
        statusReason: `Service deployment was superseded by ${arn}.`,
        stoppedAt: at,
        updatedAt: at,
      });
    }
  }
  service.deployments.forEach(deployment => {
    deployment.status = 'ACTIVE';
  });
  service.history.unshift({
    arn,
    deploymentId: id,
    status: 'IN_PROGRESS',
    createdAt: at,
    startedAt: at,
    updatedAt: at,
    sourceRevisionArns: sources.map(source => source.revisionArn),
    targetRevisionArn: revisionArn,
    configuration: service.configuration,
    failedTasks: 0,
    breakerTriggered: false,
    lifecycleStage: isBlueGreen(service) ? 'RECONCILE_SERVICE' : undefined,
    stageMs: 0,
  });
  service.deployments.unshift({
    id,
    status: 'PRIMARY',
    taskDefinition: taskDefinitionArn(definition),
    desiredCount: service.desiredCount,
    failedTasks: 0,
    failuresInRow: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: at,
    updatedAt: at,
    networkConfiguration: service.networkConfiguration,
    capacityProviderStrategy: service.capacityProviderStrategy,
    launchType: service.launchType,
    revisionArn,
    waitMs: 0,
  });
}

function runnableDefinition(
  cluster: ClusterRecord,
  name: string,
  { store }: RequestContext,
): TaskDefinitionRecord {
  const definition = store.findTaskDefinition(cluster, name);
  if (!definition) {
    throw new AwsError('ClientException', 'TaskDefinition not found.');
  }
  if (definition.status === 'INACTIVE') {
    throw new AwsError('ClientException', 'TaskDefinition is inactive');
  }
  return definition;
}

function checkCount(count: number) {
  if (!Number.isInteger(count) || count < 0) {
    throw invalid('Desired count cannot be negative.');
  }
}

function checkStrategy(service: ServiceRecord) {
  const { strategy = 'ROLLING' } = service.configuration;
  if (!STRATEGIES.includes(strategy)) {
    throw invalid(
      `Deployment strategy ${strategy} is not in the sandbox; it has ${STRATEGIES.join(
        ' and ',
      )}.`,
    );
  }
  const { maximumPercent = 200, minimumHealthyPercent = 100 } =
    service.configuration;
  if (maximumPercent < 100 || maximumPercent < minimumHealthyPercent) {
    throw invalid(
      'maximumPercent must be at least 100 and at least minimumHealthyPercent.',
    );
  }
  if (
    minimumHealthyPercent === 100 &&
    maximumPercent === 100 &&
    !isBlueGreen(service)
  ) {
    throw invalid(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
  if (
    isBlueGreen(service) &&
    service.loadBalancers.some(
      ({ advancedConfiguration }) => !advancedConfiguration,
    )
  ) {
    throw invalid(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy.',
    );
  }
}

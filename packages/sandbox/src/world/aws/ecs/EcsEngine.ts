import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { join } from 'node:path';
import { World } from '../../types';
import { AwsError } from '../AwsError';
import { parseImage } from '../../kubernetes/imageReference';
import { isMoving as isServiceMoving, stepService } from './stepService';
import { taskFailed } from './circuitBreaker';
import { Scheduling } from './deploymentTasks';
import { EcsStore } from './EcsStore';
import { FargateUsage } from './FargateUsage';
import { Pull, pullForTask } from './imagePull';
import { newTask, taskTags } from './newTask';
import {
  Ailment,
  ClusterRecord,
  DeploymentRecord,
  EcsPlace,
  ServiceRecord,
  Tags,
  TaskDefinitionRecord,
  TaskRecord,
} from './records';
import { registerTaskDefinition } from './registerTaskDefinition';
import { ServiceEvents } from './serviceEvents';
import {
  createService,
  deleteService,
  RequestContext,
  updateService,
} from './serviceRequests';
import {
  isChecked,
  isForgotten,
  isMoving,
  stepTask,
  STEP_MS,
  stopTask,
} from './taskLifecycle';

/** Advancing the clock plays at most so much of it, five minutes, at once. */
const MOST_STEPS = 600;
const MOST_TASKS = 10;

/** What ECS needs of the world. */
export type EcsSurroundings = Pick<
  World,
  | 'clock'
  | 'schedule'
  | 'speed'
  | 'platforms'
  | 'dataDir'
  | 'images'
  | 'git'
  | 'scenarios'
  | 'report'
  | 'onReset'
  | 'onClose'
>;

/**
 * Amazon ECS of all accounts and regions: what was asked for, and how it comes
 * about. It moves while anything is under way and rests otherwise.
 */
export class EcsEngine {
  readonly store: EcsStore;
  readonly events: ServiceEvents;
  /** What ran on Fargate, and when. */
  readonly usage: FargateUsage;
  private readonly hidden = new Set<string>();
  private cancelStep: (() => void) | undefined;
  private steppedAt = 0;

  constructor(private readonly world: EcsSurroundings) {
    this.store = new EcsStore(join(world.dataDir, 'aws', 'ecs.json'));
    this.events = new ServiceEvents(this.store);
    this.usage = new FargateUsage(world.dataDir);
  }

  now(): Date {
    return this.world.clock.now();
  }

  registerTaskDefinition(
    place: EcsPlace,
    input: RegisterTaskDefinitionCommandInput,
    by: { arn: string; at?: Date; tags: Tags },
  ): TaskDefinitionRecord {
    return registerTaskDefinition(this.store, place, input, {
      at: this.now(),
      ...by,
    });
  }

  createService(
    cluster: ClusterRecord,
    input: CreateServiceCommandInput,
    by: { arn: string; at?: Date; tags: Tags },
  ): ServiceRecord {
    const context = this.requestContext(cluster, by.arn, by.at);
    const service = createService(cluster, input, by.tags, context);
    this.wake();
    return service;
  }

  updateService(
    cluster: ClusterRecord,
    service: ServiceRecord,
    input: UpdateServiceCommandInput,
    callerArn: string,
  ): void {
    updateService(
      cluster,
      service,
      input,
      this.requestContext(cluster, callerArn),
    );
    this.wake();
  }

  deleteService(service: ServiceRecord, force: boolean): void {
    deleteService(service, force);
    this.wake();
  }

  /** @throws AwsError - ClientException, InvalidParameterException */
  runTask(
    cluster: ClusterRecord,
    input: RunTaskCommandInput,
    tags: Tags,
  ): TaskRecord[] {
    const definition = this.store.findTaskDefinition(
      cluster,
      input.taskDefinition!,
    );
    if (!definition) {
      throw new AwsError('ClientException', 'TaskDefinition not found.');
    }
    const count = input.count ?? 1;
    if (!(count >= 1 && count <= MOST_TASKS)) {
      throw new AwsError(
        'InvalidParameterException',
        `Count should be between 1 and ${MOST_TASKS}.`,
      );
    }
    if (
      definition.definition.networkMode === 'awsvpc' &&
      !input.networkConfiguration?.awsvpcConfiguration
    ) {
      throw new AwsError(
        'InvalidParameterException',
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      );
    }
    const tasks = Array.from({ length: count }, () =>
      newTask(this.store, definition, {
        now: this.now(),
        cluster,
        startedBy: input.startedBy,
        group: input.group,
        networkConfiguration: input.networkConfiguration,
        capacityProviderStrategy:
          input.capacityProviderStrategy ??
          (input.launchType
            ? undefined
            : cluster.defaultCapacityProviderStrategy),
        launchType: input.launchType,
        overrides: input.overrides,
        enableExecuteCommand: input.enableExecuteCommand,
        tags: {
          ...(input.propagateTags === 'TASK_DEFINITION' ? definition.tags : {}),
          ...tags,
        },
      }),
    );
    this.store.state.tasks.push(...tasks);
    this.wake();
    return tasks;
  }

  stopTask(task: TaskRecord, reason: string): void {
    stopTask(task, 'UserInitiated', reason, this.now());
    this.wake();
  }

  /** Makes the tasks of a service fail from now on. */
  sicken(service: ServiceRecord, kind: Ailment, reason?: string): void {
    service.ailment = { kind, reason };
    this.wake();
  }

  /** Lets the tasks of all services live again. */
  healAll(): void {
    for (const service of this.store.state.services) {
      if (service.ailment) {
        delete service.ailment;
        service.deployments.forEach(deployment => {
          deployment.waitMs = 0;
        });
      }
    }
    this.wake();
  }

  /** Lets pulls of a repository fail, whatever the registry holds. */
  hideImages(repository: string): void {
    this.hidden.add(repository);
  }

  showImages(): void {
    this.hidden.clear();
  }

  /** Adds what time alone brings: repeated events, and tasks that are forgotten. */
  refresh(): void {
    const now = this.now();
    this.store.state.tasks = this.store.state.tasks.filter(
      task => !isForgotten(task, now),
    );
    for (const service of this.store.state.services) {
      if (service.status === 'ACTIVE') {
        this.events.repeatSteady(service, now);
      }
    }
  }

  /** Notes a change, and goes on moving if anything moves. */
  wake(): void {
    this.store.save();
    this.usage.note(this.store, this.now());
    if (!this.cancelStep && this.isMoving()) {
      this.steppedAt = this.now().getTime();
      this.cancelStep = this.world.schedule(STEP_MS, () => this.step());
    }
  }

  /** Stops moving; what was under way goes on after `wake`. */
  rest(): void {
    this.cancelStep?.();
    this.cancelStep = undefined;
  }

  private step() {
    this.cancelStep = undefined;
    const passed = this.now().getTime() - this.steppedAt;
    // The clock may have been moved forward; the rest of what passed is this step.
    const advanced = Math.max(0, passed - STEP_MS / this.world.speed);
    const steps = 1 + Math.floor(advanced / STEP_MS);
    for (
      let n = 0;
      n < Math.min(steps, MOST_STEPS) && this.isMoving();
      n += 1
    ) {
      this.stepOnce();
    }
    this.refresh();
    this.wake();
  }

  private stepOnce() {
    const { services, tasks } = this.store.state;
    const scheduling = this.scheduling();
    for (const task of tasks) {
      const service = this.serviceOf(task);
      const definition = this.store.definitionOf(task, task.taskDefinition);
      const wasRunning = task.lastStatus === 'RUNNING';
      const result = stepTask(task, {
        now: scheduling.now,
        definition,
        service,
        pull: image => this.pull(task, image),
      });
      if (result === 'failed' && service) {
        taskFailed(service, task, scheduling, {
          counts: !wasRunning || isChecked(definition, service),
        });
      }
    }
    services
      .filter(({ status }) => status !== 'INACTIVE')
      .forEach(service => stepService(service, scheduling));
  }

  private isMoving(): boolean {
    const { services, tasks } = this.store.state;
    return (
      tasks.some(task => isMoving(task, this.serviceOf(task))) ||
      services.some(service =>
        isServiceMoving(service, this.store.tasksOfService(service)),
      )
    );
  }

  private serviceOf(task: TaskRecord): ServiceRecord | undefined {
    return task.service === undefined
      ? undefined
      : this.store.state.services.find(
          service =>
            service.name === task.service &&
            service.cluster === task.cluster &&
            service.accountId === task.accountId &&
            service.region === task.region,
        );
  }

  private scheduling(): Scheduling {
    const now = this.now();
    return {
      store: this.store,
      events: this.events,
      now,
      start: (service, deployment, count) =>
        this.startTasks(service, deployment, count, now),
    };
  }

  /** Starts tasks of a service's deployment. */
  startTasks(
    service: ServiceRecord,
    deployment: DeploymentRecord,
    count: number,
    now: Date,
  ): TaskRecord[] {
    const definition = this.store.definitionOf(
      service,
      deployment.taskDefinition,
    );
    const tasks = Array.from({ length: count }, () =>
      newTask(this.store, definition, {
        now,
        cluster: { ...service, name: service.cluster },
        service,
        startedBy: deployment.id,
        networkConfiguration: deployment.networkConfiguration,
        capacityProviderStrategy: deployment.capacityProviderStrategy,
        launchType: deployment.launchType,
        enableExecuteCommand: service.enableExecuteCommand,
        tags: taskTags(service, definition),
      }),
    );
    this.store.state.tasks.push(...tasks);
    return tasks;
  }

  /** What a change of a service needs; `at` tells of the past. */
  requestContext(
    place: EcsPlace,
    callerArn: string,
    at?: Date,
  ): RequestContext {
    return {
      store: this.store,
      now: at ?? this.now(),
      callerArn,
      pull: image => this.pull(place, image),
    };
  }

  private pull(place: EcsPlace, image: string): Pull {
    const { ecr } = parseImage(image);
    return ecr && this.hidden.has(ecr.repository)
      ? {
          error: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
        }
      : pullForTask(this.world.images, image, place);
  }
}

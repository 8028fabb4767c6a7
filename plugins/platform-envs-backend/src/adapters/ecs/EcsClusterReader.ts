import {
  ContainerDefinition,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  paginateListServices,
  Service,
  ServiceDeploymentBrief,
  Task,
} from '@aws-sdk/client-ecs';
import { EcsServiceFacts, isSettled } from './toDeployment';

/** `DescribeServices` takes no more. */
const SERVICES_PER_CALL = 10;

/** Past rollouts of a service that are shown. */
const MAX_ROLLOUTS = 10;

/** Stopped tasks of a service that are asked why. */
const MAX_STOPPED = 5;

/** One hung account must not keep the others waiting. */
const TIMEOUT_MS = 20_000;

/** How a cluster is read. */
export interface ReadOptions {
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Services need not be listed again so soon. Default: they are, each time. */
  listedWithinMs?: number;
}

/**
 * Reads the services of one cluster.
 *
 * Task definitions and service revisions never change, so each is asked for
 * once; past rollouts are asked for again when the service has moved, stopped
 * tasks when it is not well. A calm cluster costs two calls for ten services.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
 */
export class EcsClusterReader {
  readonly #containers = new Map<string, ContainerDefinition[]>();
  readonly #revisions = new Map<string, string>();
  readonly #rollouts = new Map<
    string,
    { key: string; rollouts: ServiceDeploymentBrief[] }
  >();
  #listed?: { names: string[]; atMs: number };

  constructor(private readonly cluster: string) {}

  /**
   * Everything about every service, or, where that will do, about those that
   * were there when they were last listed within `listedWithinMs`.
   *
   * @throws what the SDK throws; an AbortError once `signal` says so
   */
  async read(
    client: ECSClient,
    { signal, nowMs, listedWithinMs = 0 }: ReadOptions,
  ): Promise<EcsServiceFacts[]> {
    const known = this.#listed;
    const names =
      known && nowMs - known.atMs < listedWithinMs
        ? known.names
        : await this.#list(client, signal);
    this.#listed = names === known?.names ? known : { names, atMs: nowMs };
    const facts: EcsServiceFacts[] = [];
    for (let i = 0; i < names.length; i += SERVICES_PER_CALL) {
      const { services = [] } = await client.send(
        new DescribeServicesCommand({
          cluster: this.cluster,
          services: names.slice(i, i + SERVICES_PER_CALL),
          include: ['TAGS'],
        }),
        within(signal),
      );
      for (const service of services) {
        facts.push(await this.#factsOf(client, service, signal));
      }
    }
    this.#forgetAllBut(facts);
    return facts;
  }

  async #list(client: ECSClient, signal: AbortSignal): Promise<string[]> {
    const names: string[] = [];
    for await (const page of paginateListServices(
      { client, pageSize: 100 },
      { cluster: this.cluster },
      within(signal),
    )) {
      names.push(...(page.serviceArns ?? []));
    }
    return names;
  }

  async #factsOf(
    client: ECSClient,
    service: Service,
    signal: AbortSignal,
  ): Promise<EcsServiceFacts> {
    const running = (service.deployments ?? []).filter(
      ({ status, runningCount = 0 }) => status === 'PRIMARY' || runningCount,
    );
    const containers: EcsServiceFacts['containers'] = {};
    for (const { taskDefinition } of running) {
      if (!taskDefinition) continue;
      containers[taskDefinition] = await this.#containersOf(
        client,
        taskDefinition,
        signal,
      );
    }
    const rollouts = await this.#rolloutsOf(client, service, signal);
    const images = await this.#imagesOf(client, rollouts, signal);
    const facts = { service, containers, rollouts, images };
    return isSettled(facts)
      ? facts
      : { ...facts, stopped: await this.#stopped(client, service, signal) };
  }

  async #containersOf(
    client: ECSClient,
    arn: string,
    signal: AbortSignal,
  ): Promise<ContainerDefinition[]> {
    const known = this.#containers.get(arn);
    if (known) return known;
    const { taskDefinition } = await client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: arn }),
      within(signal),
    );
    const containers = taskDefinition?.containerDefinitions ?? [];
    this.#containers.set(arn, containers);
    return containers;
  }

  /** Newest first. None where the service is not rolled out by ECS itself. */
  async #rolloutsOf(
    client: ECSClient,
    service: Service,
    signal: AbortSignal,
  ): Promise<ServiceDeploymentBrief[]> {
    if ((service.deploymentController?.type ?? 'ECS') !== 'ECS') return [];
    const key = JSON.stringify(
      (service.deployments ?? []).map(d => [d.id, d.rolloutState, d.updatedAt]),
    );
    const known = this.#rollouts.get(service.serviceArn!);
    const last = known?.rollouts[0]?.status;
    const isMoving = last === 'PENDING' || last === 'IN_PROGRESS';
    if (known?.key === key && !isMoving) return known.rollouts;
    const { serviceDeployments = [] } = await client.send(
      new ListServiceDeploymentsCommand({
        cluster: this.cluster,
        service: service.serviceName,
        maxResults: MAX_ROLLOUTS,
      }),
      within(signal),
    );
    const rollouts = [...serviceDeployments].sort(
      (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
    );
    this.#rollouts.set(service.serviceArn!, { key, rollouts });
    return rollouts;
  }

  /** Image by service revision. */
  async #imagesOf(
    client: ECSClient,
    rollouts: ServiceDeploymentBrief[],
    signal: AbortSignal,
  ): Promise<Map<string, string>> {
    const wanted = rollouts.flatMap(r => r.targetServiceRevisionArn ?? []);
    const unknown = [...new Set(wanted)].filter(a => !this.#revisions.has(a));
    if (unknown.length) {
      const { serviceRevisions = [] } = await client.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: unknown }),
        within(signal),
      );
      for (const { serviceRevisionArn, taskDefinition } of serviceRevisions) {
        if (!serviceRevisionArn || !taskDefinition) continue;
        const [first] = await this.#containersOf(
          client,
          taskDefinition,
          signal,
        );
        if (first?.image) this.#revisions.set(serviceRevisionArn, first.image);
      }
    }
    return new Map(
      wanted.flatMap(arn => {
        const image = this.#revisions.get(arn);
        return image ? [[arn, image]] : [];
      }),
    );
  }

  async #stopped(
    client: ECSClient,
    service: Service,
    signal: AbortSignal,
  ): Promise<Task[]> {
    const { taskArns = [] } = await client.send(
      new ListTasksCommand({
        cluster: this.cluster,
        serviceName: service.serviceName,
        desiredStatus: 'STOPPED',
        maxResults: 100,
      }),
      within(signal),
    );
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await client.send(
      new DescribeTasksCommand({ cluster: this.cluster, tasks: taskArns }),
      within(signal),
    );
    return tasks
      .filter(task => task.stopCode !== 'ServiceSchedulerInitiated')
      .sort(
        (a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0),
      )
      .slice(0, MAX_STOPPED);
  }

  /** What no service uses any more need not be kept. */
  #forgetAllBut(facts: EcsServiceFacts[]): void {
    const services = new Set(facts.map(f => f.service.serviceArn!));
    const revisions = new Set(facts.flatMap(f => [...f.images.keys()]));
    const definitions = new Set(facts.flatMap(f => Object.keys(f.containers)));
    for (const key of this.#rollouts.keys()) {
      if (!services.has(key)) this.#rollouts.delete(key);
    }
    for (const key of this.#revisions.keys()) {
      if (!revisions.has(key)) this.#revisions.delete(key);
    }
    for (const key of this.#containers.keys()) {
      if (!definitions.has(key)) this.#containers.delete(key);
    }
  }
}

function within(signal: AbortSignal) {
  return {
    abortSignal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  };
}

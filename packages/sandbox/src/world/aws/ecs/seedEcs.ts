import {
  imageUri,
  seedDigest,
  SeedEnvironment,
  SeedPlatform,
  SeedService,
} from '../../platforms';
import { seedDeployments, seedVersions } from '../../seed/releases';
import { taskDefinitionArn } from './arns';
import { EcsEngine } from './EcsEngine';
import { ClusterRecord, ServiceRecord } from './records';
import { beginDeployment } from './serviceRequests';
import {
  componentTags,
  Release,
  serviceFor,
  ServicePlace,
  taskDefinitionFor,
} from './serviceBlueprint';

const DAY_MS = 86_400_000;
/** The first release of every service stands since then. */
const FIRST_DAYS_AGO = 100;
/** What a deployment took. */
const TOOK_MS = 95_000;

/** Environments that run on ECS, with the platform they belong to. */
export function ecsEnvironments(
  platforms: SeedPlatform[],
): Array<{ platform: SeedPlatform; environment: SeedEnvironment }> {
  return platforms.flatMap(platform =>
    platform.environments
      .filter(({ runtime, cluster }) => runtime === 'ecs' && cluster)
      .map(environment => ({ platform, environment })),
  );
}

/** Role as which a platform's pipeline calls an environment's account. */
export function pipelineArn({ accountId }: SeedEnvironment): string {
  return `arn:aws:sts::${accountId}:assumed-role/terraform-apply/github-actions`;
}

/**
 * Brings ECS to where months of releases would have brought it: a cluster for
 * every ECS environment; every service that was ever released there, with a
 * revision of its family and a deployment for each release.
 */
export function seedEcs(engine: EcsEngine, platforms: SeedPlatform[]): void {
  for (const { platform, environment } of ecsEnvironments(platforms)) {
    for (const region of environment.regions.slice(0, 1)) {
      const cluster: ClusterRecord = {
        accountId: environment.accountId!,
        region,
        name: environment.cluster!,
        status: 'ACTIVE',
        settings: [{ name: 'containerInsights', value: 'enabled' }],
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [
          { capacityProvider: 'FARGATE', weight: 1, base: 0 },
        ],
        tags: {
          Environment: environment.shortName,
          ManagedBy: 'terraform',
          System: platform.system,
        },
      };
      engine.store.state.clusters.push(cluster);
      for (const service of platform.services) {
        seedService(engine, cluster, { platform, environment }, service);
      }
    }
  }
  engine.store.save();
}

function seedService(
  engine: EcsEngine,
  cluster: ClusterRecord,
  where: Omit<ServicePlace, 'component'>,
  service: SeedService,
) {
  const place: ServicePlace = { ...where, component: service.name };
  const { shortName, blueGreen } = place.environment;
  const nowMs = engine.now().getTime();
  const [oldest] = seedVersions(service);
  const past = [
    { version: oldest, daysAgo: FIRST_DAYS_AGO },
    ...seedDeployments(place.platform, service).filter(
      ({ environment }) => environment === shortName,
    ),
  ];
  if (past.length === 1) {
    return;
  }
  let record: ServiceRecord | undefined;
  for (const { version, daysAgo } of past) {
    const at = new Date(nowMs - daysAgo * DAY_MS);
    const release: Release = {
      image: `${imageUri(place.platform, service.name)}@${seedDigest(
        service.name,
        version,
      )}`,
      version,
      desiredCount: service.replicas[shortName] ?? 1,
      strategy: blueGreen ? 'BLUE_GREEN' : 'ROLLING',
    };
    const tags = componentTags(place);
    const by = { arn: pipelineArn(place.environment), at, tags };
    const definition = engine.registerTaskDefinition(
      cluster,
      taskDefinitionFor(place, release),
      by,
    );
    if (record) {
      beginDeployment(
        record,
        definition,
        engine.requestContext(cluster, by.arn, at),
      );
    } else {
      record = engine.createService(
        cluster,
        {
          ...serviceFor(place, release),
          taskDefinition: taskDefinitionArn(definition),
        },
        by,
      );
    }
    settleInThePast(engine, record, at);
  }
}

/** Ends the deployment that began at a time as if it had gone well. */
function settleInThePast(engine: EcsEngine, service: ServiceRecord, at: Date) {
  const { store, events } = engine;
  const [primary] = service.deployments;
  const later = (share: number) => new Date(at.getTime() + TOOK_MS * share);
  const before = store.tasksOfService(service);
  const tasks = engine.startTasks(service, primary, service.desiredCount, at);
  for (const task of tasks) {
    Object.assign(task, {
      lastStatus: 'RUNNING',
      statusMs: TOOK_MS,
      version: 4,
      pullStartedAt: later(0.2).toISOString(),
      pullStoppedAt: later(0.3).toISOString(),
      startedAt: later(0.35).toISOString(),
    });
    for (const container of task.containers) {
      container.imageDigest = service.revisions[0].containerImages.find(
        ({ containerName }) => containerName === container.name,
      )?.imageDigest;
    }
  }
  events.started(service, tasks, later(0.05));
  events.targets(service, 'registered', tasks.length, later(0.4));
  if (before.length > 0) {
    events.targets(service, 'deregistered', before.length, later(0.6));
    events.stopped(service, before, later(0.65));
  }
  store.state.tasks = store.state.tasks.filter(task => !before.includes(task));
  const end = later(1).toISOString();
  Object.assign(primary, {
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${primary.id} completed.`,
    updatedAt: end,
  });
  Object.assign(service.history[0], {
    status: 'SUCCESSFUL',
    finishedAt: end,
    updatedAt: end,
    lifecycleStage: undefined,
  });
  service.deployments = [primary];
  events.completed(service, primary, later(1));
  events.steady(service, later(1));
}

import { taskDefinitionArn } from './arns';
import { EcsEngine, EcsSurroundings } from './EcsEngine';
import { primaryOf } from './deploymentTasks';
import { Ailment, ServiceRecord } from './records';
import { ecsEnvironments, pipelineArn } from './seedEcs';

const PARAMETERS = [
  {
    name: 'component',
    description: 'name of the ECS service',
    default: 'cornjacket-ingestion',
  },
  {
    name: 'environment',
    description: 'short name of the environment; the first that runs it',
  },
];

const AILMENTS: Ailment[] = ['exit', 'oom', 'unhealthy'];

/** Registers the forms that `sync-degraded` and `image-missing` take on ECS. */
export function registerEcsScenarios(
  world: EcsSurroundings,
  engine: EcsEngine,
): void {
  const environmentOf = (service: ServiceRecord) =>
    ecsEnvironments(world.platforms).find(
      ({ environment }) =>
        environment.accountId === service.accountId &&
        environment.cluster === service.cluster,
    )?.environment.shortName;
  const find = (parameters: Record<string, unknown>): ServiceRecord[] => {
    const names = engine.store.state.services
      .filter(({ status }) => status === 'ACTIVE')
      .map(service => ({ service, environment: environmentOf(service) }));
    const found = names.filter(
      ({ service, environment }) =>
        service.name === (parameters.component ?? PARAMETERS[0].default) &&
        (parameters.environment === undefined ||
          environment === parameters.environment),
    );
    if (found.length === 0) {
      throw new Error(
        `no ECS service runs component "${parameters.component}"${
          parameters.environment === undefined
            ? ''
            : ` in environment "${parameters.environment}"`
        }; there are ${names
          .map(
            ({ service, environment }) => `${service.name} in ${environment}`,
          )
          .join(', ')}`,
      );
    }
    return [found[0].service];
  };
  world.scenarios.register({
    name: 'ecs-degraded',
    description:
      'The tasks of an ECS service fail one after the other: the ECS form of sync-degraded.',
    parameters: [
      ...PARAMETERS,
      {
        name: 'kind',
        description: 'how they fail: exit, oom or unhealthy',
        default: 'exit',
      },
      { name: 'reason', description: 'what the container says at its end' },
    ],
    start(parameters) {
      const kind = (parameters.kind ?? 'exit') as Ailment;
      if (!AILMENTS.includes(kind)) {
        throw new Error(
          `kind must be one of ${AILMENTS.join(', ')}, not "${kind}"`,
        );
      }
      const services = find(parameters);
      services.forEach(service =>
        engine.sicken(
          service,
          kind,
          parameters.reason === undefined
            ? undefined
            : String(parameters.reason),
        ),
      );
      return {
        services: services.map(service => ({
          cluster: service.cluster,
          service: service.name,
        })),
        kind,
      };
    },
    stop: () => engine.healAll(),
  });

  world.scenarios.register({
    name: 'ecs-image-missing',
    description:
      'The registry loses the images of an ECS service, which is deployed anew: its new tasks cannot pull. The ECS form of image-missing.',
    parameters: PARAMETERS,
    start(parameters) {
      const services = find(parameters);
      for (const service of services) {
        engine.hideImages(service.name);
        const cluster = engine.store.getCluster(service, service.cluster);
        const environment = ecsEnvironments(world.platforms).find(
          candidate => candidate.environment.accountId === service.accountId,
        )!.environment;
        const definition = engine.store.definitionOf(
          service,
          primaryOf(service).taskDefinition,
        );
        engine.updateService(
          cluster,
          service,
          {
            service: service.name,
            taskDefinition: taskDefinitionArn(definition),
            forceNewDeployment: true,
          },
          pipelineArn(environment),
        );
      }
      return {
        services: services.map(service => ({
          cluster: service.cluster,
          service: service.name,
        })),
      };
    },
    stop: () => engine.showImages(),
    resume({ result }) {
      for (const { service } of result.services) {
        engine.hideImages(service);
      }
    },
  });
}

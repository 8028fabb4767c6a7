import type {
  CreateServiceCommandInput,
  LoadBalancer,
  RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { createHash } from 'node:crypto';
import { SeedEnvironment, SeedPlatform, SeedService } from '../../platforms';
import { Tags } from './records';

/** What a release file, `<environment>/<component>.tfvars.json`, asks for. */
export interface Release {
  image: string;
  version: string;
  desiredCount: number;
  strategy: 'ROLLING' | 'BLUE_GREEN';
}

/** CPU units and MiB of a task, the sidecar included. */
const SIZE: Record<SeedService['language'], [string, string]> = {
  go: ['256', '512'],
  rust: ['256', '512'],
  typescript: ['512', '1024'],
  python: ['1024', '2048'],
};

const COLLECTOR = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1';
const COLLECTOR_CPU = 32;
const COLLECTOR_MEMORY = 128;

/** Where an environment's services run. */
export interface ServicePlace {
  platform: SeedPlatform;
  environment: SeedEnvironment;
  component: string;
}

const hex = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** Tags that the platforms' Terraform puts on everything of a component. */
export function componentTags({
  platform,
  environment,
  component,
}: ServicePlace): Tags {
  return {
    Component: component,
    Environment: environment.shortName,
    ManagedBy: 'terraform',
    System: platform.system,
  };
}

/** The task definition with which the platforms' Terraform runs a release: the component and a telemetry sidecar. */
export function taskDefinitionFor(
  place: ServicePlace,
  release: Release,
): Omit<RegisterTaskDefinitionCommandInput, 'tags'> {
  const { platform, environment, component } = place;
  const service = platform.services.find(({ name }) => name === component);
  const [cpu, memory] = SIZE[service?.language ?? 'go'];
  const port = service?.port ?? 8080;
  const logs = (container: string) => ({
    logDriver: 'awslogs' as const,
    options: {
      'awslogs-group': `/ecs/${environment.cluster}/${component}`,
      'awslogs-region': environment.regions[0],
      'awslogs-stream-prefix': container,
    },
  });
  const role = (suffix: string) =>
    `arn:aws:iam::${environment.accountId}:role/${component}-${suffix}`;
  return {
    family: component,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: {
      cpuArchitecture: 'ARM64',
      operatingSystemFamily: 'LINUX',
    },
    cpu,
    memory,
    executionRoleArn: role('execution'),
    taskRoleArn: role('task'),
    containerDefinitions: [
      {
        name: component,
        image: release.image,
        cpu: Number(cpu) - COLLECTOR_CPU,
        memory: Number(memory) - COLLECTOR_MEMORY,
        essential: true,
        readonlyRootFilesystem: true,
        user: '65532',
        portMappings: [
          {
            name: 'http',
            containerPort: port,
            hostPort: port,
            protocol: 'tcp',
            appProtocol: 'http',
          },
        ],
        environment: [
          { name: 'PORT', value: String(port) },
          { name: 'ENVIRONMENT', value: environment.shortName },
          { name: 'RELEASE', value: release.version },
          { name: 'OTEL_SERVICE_NAME', value: component },
        ],
        healthCheck: {
          command: ['CMD', '/healthcheck', `http://localhost:${port}/healthz`],
          interval: 10,
          timeout: 5,
          retries: 3,
          startPeriod: 15,
        },
        stopTimeout: 30,
        logConfiguration: logs(component),
      },
      {
        name: 'otel-collector',
        image: COLLECTOR,
        cpu: COLLECTOR_CPU,
        memory: COLLECTOR_MEMORY,
        essential: false,
        command: ['--config=/etc/ecs/ecs-default-config.yaml'],
        logConfiguration: logs('otel-collector'),
      },
    ],
  };
}

/** The service with which the platforms' Terraform runs a release, without its task definition. */
export function serviceFor(
  place: ServicePlace,
  release: Release,
): Omit<CreateServiceCommandInput, 'taskDefinition' | 'tags'> {
  const { environment, component } = place;
  return {
    cluster: environment.cluster,
    serviceName: component,
    desiredCount: release.desiredCount,
    capacityProviderStrategy: [
      {
        capacityProvider:
          environment.shortName === 'prod' ? 'FARGATE' : 'FARGATE_SPOT',
        weight: 1,
        base: 0,
      },
    ],
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      strategy: release.strategy,
      bakeTimeInMinutes: release.strategy === 'BLUE_GREEN' ? 3 : 0,
    },
    networkConfiguration: networkOf(place),
    loadBalancers: loadBalancersOf(place, release),
    healthCheckGracePeriodSeconds: isBalanced(place) ? 30 : undefined,
    propagateTags: 'SERVICE',
    enableECSManagedTags: true,
    enableExecuteCommand: environment.shortName !== 'prod',
  };
}

/** Subnets and security group of an environment's private network. */
export function networkOf({ platform, environment, component }: ServicePlace) {
  const vpc = `${platform.system}-${environment.shortName}`;
  return {
    awsvpcConfiguration: {
      subnets: ['a', 'b'].map(zone => `subnet-${hex(`${vpc}/${zone}`, 17)}`),
      securityGroups: [`sg-${hex(`${vpc}/${component}`, 17)}`],
      assignPublicIp: 'DISABLED' as const,
    },
  };
}

/** Websites and what answers requests from outside stand behind the load balancer; workers do not. */
function isBalanced({ platform, component }: ServicePlace): boolean {
  const service = platform.services.find(({ name }) => name === component);
  return (
    service?.kind === 'website' || /-(api|ingestion|query)$/.test(component)
  );
}

function loadBalancersOf(
  place: ServicePlace,
  { strategy }: Release,
): LoadBalancer[] {
  if (!isBalanced(place)) {
    return [];
  }
  const { platform, environment, component } = place;
  const arn = (kind: string, name: string) =>
    `arn:aws:elasticloadbalancing:${environment.regions[0]}:${environment.accountId}:${kind}/${name}`;
  const target = (color: string) => {
    const name = `${component}-${color}`.slice(-32).replace(/^-+/, '');
    return arn(
      'targetgroup',
      `${name}/${hex(`${environment.cluster}/${name}`, 16)}`,
    );
  };
  const listener = hex(`${environment.cluster}/listener`, 16);
  return [
    {
      targetGroupArn: target('blue'),
      containerName: component,
      containerPort:
        platform.services.find(({ name }) => name === component)?.port ?? 8080,
      ...(strategy === 'BLUE_GREEN'
        ? {
            advancedConfiguration: {
              alternateTargetGroupArn: target('green'),
              productionListenerRule: arn(
                'listener-rule/app',
                `${environment.cluster}/${listener}/${listener}/${hex(
                  component,
                  16,
                )}`,
              ),
              roleArn: `arn:aws:iam::${environment.accountId}:role/ecs-load-balancers`,
            },
          }
        : {}),
    },
  ];
}

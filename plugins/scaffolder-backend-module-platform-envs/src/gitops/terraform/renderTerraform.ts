import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ComponentEnvironment,
  GitopsComponent,
  Queue,
  UNRELEASED_TAG,
} from '../types';

/** What is worth paying for keeping, and what people look back to. */
const LOG_RETENTION_DAYS = { prod: 90, other: 30 };

let root: Map<string, string> | undefined;

/** The Terraform root of a component; the same for all, values come from variables. */
function rootFiles(): Map<string, string> {
  if (!root) {
    const folder = resolvePackagePath(
      '@fairway/plugin-scaffolder-backend-module-platform-envs',
      'assets',
      'ecs-service',
    );
    root = new Map(
      readdirSync(folder)
        .filter(name => name.endsWith('.tf'))
        .sort()
        .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  }
  return root;
}

/**
 * Everything that a component needs in the infrastructure repository of an ECS
 * platform: a Terraform root of its own, `services/<name>`, and for each
 * environment `<environment>/<name>.tfvars.json`, whose first lines are the
 * release. A component that was never released has no digest: the key is there,
 * empty. Paths are within the repository; the same input gives the same bytes.
 */
export function renderTerraform(
  component: GitopsComponent,
): Map<string, string> {
  const { name, gitopsPath, environments } = component;
  const at = (...parts: string[]) =>
    [gitopsPath, ...parts].filter(Boolean).join('/');
  return new Map([
    ...[...rootFiles()].map(([file, content]): [string, string] => [
      at('services', name, file),
      content,
    ]),
    [
      at('services', name, 'component.auto.tfvars.json'),
      json(componentVariables(component)),
    ],
    ...environments.map((environment): [string, string] => [
      at(environment.shortName, `${name}.tfvars.json`),
      json(environmentVariables(component, environment)),
    ]),
  ]);
}

function componentVariables(component: GitopsComponent): object {
  const { ports } = component;
  return {
    name: component.name,
    system: component.system,
    kind: component.kind,
    ...(ports.http && { http_port: ports.http }),
    ...(ports.grpc && { grpc_port: ports.grpc }),
    exposure: component.exposure,
    command: component.command,
    health_command: component.healthCommand,
    workers: component.workers.map(worker => ({
      name: worker.name,
      command: worker.command,
    })),
    environment_variables: component.environmentVariables,
    ...(component.queue && { queue: queueVariable(component.queue) }),
    secrets: component.secrets,
    egress_ports: component.egressPorts,
  };
}

function queueVariable(queue: Queue): object {
  return {
    visibility_timeout_seconds: queue.visibilityTimeoutSeconds,
    max_attempts: queue.maxAttempts,
    retention_days: queue.retentionDays,
    dead_letter_retention_days: queue.deadLetterRetentionDays,
  };
}

function environmentVariables(
  { imageRepository }: GitopsComponent,
  environment: ComponentEnvironment,
): object {
  const { sizing, tier } = environment;
  const isProd = tier === 'prod';
  return {
    image_repository: imageRepository,
    image_tag: UNRELEASED_TAG,
    image_digest: '',
    desired_count: sizing.replicas,
    ...(sizing.maxReplicas && { max_count: sizing.maxReplicas }),
    cpu: sizing.fargate.cpu,
    memory: sizing.fargate.memory,
    environment_name: environment.shortName,
    log_level: sizing.logLevel,
    account_id: environment.accountId,
    region: environment.primaryRegion,
    cluster: environment.cluster,
    namespace: environment.namespace,
    // Interruptions are a nuisance in dev, and an outage in prod.
    capacity_provider: isProd ? 'FARGATE' : 'FARGATE_SPOT',
    log_retention_days: LOG_RETENTION_DAYS[isProd ? 'prod' : 'other'],
    blue_green: environment.blueGreen,
    domain: environment.domain ?? '',
    routing: environment.routing,
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

import { InputError } from '@backstage/errors';
import { printable } from '../platform/componentName';
import { PlatformEnvironment } from '../platform/readPlatform';
import {
  COMPONENT_KINDS,
  ComponentInput,
  ComponentKind,
  Exposure,
  EXPOSURES,
} from './componentInput';
import { list, sizingOf } from './sizing';
import { ComponentEnvironment, GitopsComponent, Queue } from './types';

/** What a component listens on unless told. */
const DEFAULT_HTTP_PORT = 8080;

const DNS_LABEL = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;
const VARIABLE = /^[A-Z][A-Z0-9_]{0,62}$/;
const MAX_VARIABLES = 50;
/** Written by the overlays themselves. */
const TAKEN_KEYS = [
  'PORT',
  'GRPC_PORT',
  'ENVIRONMENT',
  'LOG_LEVEL',
  'RELEASE',
  'OTEL_SERVICE_NAME',
];
const QUEUE_KEYS = ['QUEUE_URL', 'DEAD_LETTER_QUEUE_URL'];

/** What every queue begins with; its variables change it later. */
const QUEUE: Queue = {
  visibilityTimeoutSeconds: 30,
  maxAttempts: 5,
  retentionDays: 4,
  deadLetterRetentionDays: 14,
};

/** One of these in a value would break out of the line that holds it. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** How a component runs: {@link GitopsComponent} without where it is written. */
export type ResolvedComponent = Pick<
  GitopsComponent,
  | 'kind'
  | 'ports'
  | 'exposure'
  | 'secrets'
  | 'command'
  | 'healthCommand'
  | 'workers'
  | 'environmentVariables'
  | 'queue'
  | 'egressPorts'
  | 'environments'
>;

/**
 * What the form says about how a component is to run, checked against the
 * platform, with every default filled in.
 *
 * @throws InputError - the platform has no such environment or size, a name is
 *   no DNS label, or options contradict each other; the message names the key
 *   and what is allowed.
 */
export function resolveComponent(
  all: PlatformEnvironment[],
  input: ComponentInput,
): ResolvedComponent {
  const kind = oneOf('kind', input.kind ?? 'service', COMPONENT_KINDS);
  const exposure = exposureOf(kind, input.exposure);
  const chosen = chooseEnvironments(all, input.environments);
  const names = all.map(({ shortName }) => shortName);
  for (const name of Object.keys(input.sizes ?? {})) {
    if (!names.includes(name)) {
      throw unknownEnvironment('sizes', name, names);
    }
  }
  const isEcs = chosen[0].runtime === 'ecs';
  const environments = chosen.map(
    (environment): ComponentEnvironment => ({
      ...environment,
      sizing: sizingOf(environment, input.sizes?.[environment.shortName]),
      blueGreen:
        isEcs &&
        kind !== 'worker' &&
        (input.blueGreen ?? environment.prefersBlueGreen),
    }),
  );
  if (exposure !== 'none') {
    environments.forEach(assertHasDomain);
  }
  return {
    kind,
    ports: portsOf(kind, input.ports),
    exposure,
    secrets: secretsOf(input),
    command: input.command ?? [],
    healthCommand: input.healthCommand ?? [],
    workers: workersOf(input, isEcs),
    environmentVariables: environmentVariablesOf(input),
    ...(queueOf(input, isEcs) && { queue: QUEUE }),
    egressPorts: [...new Set(input.egressPorts)].sort((a, b) => a - b),
    environments,
  };
}

/**
 * The environments that somebody named, in promotion order; all when nobody
 * named any.
 *
 * @throws InputError - there is no environment of that name.
 */
export function chooseEnvironments(
  all: PlatformEnvironment[],
  wanted: string[] = [],
): PlatformEnvironment[] {
  const names = all.map(({ shortName }) => shortName);
  const unknown = wanted.find(name => !names.includes(name));
  if (unknown !== undefined) {
    throw unknownEnvironment('environments', unknown, names);
  }
  return wanted.length === 0
    ? all
    : all.filter(({ shortName }) => wanted.includes(shortName));
}

function unknownEnvironment(key: string, name: string, names: string[]): Error {
  return new InputError(
    `${key} names "${printable(
      name,
    )}", which is no environment of this platform: choose from ${names.join(
      ', ',
    )}`,
  );
}

function assertHasDomain({ ref, domain }: PlatformEnvironment): void {
  if (!domain) {
    throw new InputError(
      `${ref} does not say under which domain its services are reached: add the annotation fairway.dev/domain to the entity, or choose exposure "none"`,
    );
  }
}

function exposureOf(kind: ComponentKind, wish?: Exposure): Exposure {
  const exposure = oneOf(
    'exposure',
    wish ?? (kind === 'web' ? 'public' : 'none'),
    EXPOSURES,
  );
  if (kind === 'worker' && exposure !== 'none') {
    throw new InputError(
      `exposure is "${exposure}", but a worker has no address: leave it out, or choose kind "service"`,
    );
  }
  return exposure;
}

function portsOf(
  kind: ComponentKind,
  ports: ComponentInput['ports'],
): GitopsComponent['ports'] {
  const given = { ...ports };
  if (given.http === undefined && given.grpc === undefined) {
    return kind === 'worker' ? {} : { http: DEFAULT_HTTP_PORT };
  }
  if (given.http === given.grpc) {
    throw new InputError(
      `ports.http and ports.grpc are both ${given.http}: give each its own`,
    );
  }
  if (kind === 'web' && given.http === undefined) {
    throw new InputError('ports.http is missing: a website is read by http');
  }
  return Object.fromEntries(
    Object.entries(given).filter(([, port]) => port !== undefined),
  );
}

function secretsOf(input: ComponentInput): string[] {
  const secrets = input.secrets ?? [];
  secrets.forEach(key => assertVariable('secrets', key, input));
  return [...new Set(secrets)].sort();
}

function environmentVariablesOf(input: ComponentInput): Record<string, string> {
  const variables = Object.entries(input.environmentVariables ?? {});
  if (variables.length > MAX_VARIABLES) {
    throw new InputError(
      `environmentVariables has ${variables.length} of them; at most ${MAX_VARIABLES} are taken`,
    );
  }
  for (const [key, value] of variables) {
    assertVariable('environmentVariables', key, input);
    if (input.secrets?.includes(key)) {
      throw new InputError(
        `environmentVariables and secrets both name "${key}": leave it in one of them`,
      );
    }
    if (CONTROL_CHARACTER.test(value)) {
      throw new InputError(
        `environmentVariables.${key} has a line break or another control character: write it in one line`,
      );
    }
  }
  return Object.fromEntries(variables.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function assertVariable(
  field: string,
  key: string,
  { queue }: ComponentInput,
): void {
  const taken = [...TAKEN_KEYS, ...(queue ? QUEUE_KEYS : [])];
  if (taken.includes(key)) {
    throw new InputError(
      `${field} names "${key}": the environment sets this variable itself`,
    );
  }
  if (!VARIABLE.test(key)) {
    throw new InputError(
      `${field} names "${printable(
        key,
      )}": use capital letters, digits and underscores, beginning with a letter, at most 63`,
    );
  }
}

function queueOf({ queue }: ComponentInput, isEcs: boolean): boolean {
  if (queue && !isEcs) {
    throw new InputError(
      'queue is made by the Terraform of a component on ECS; on EKS have one made by your platform, and name its URL in environmentVariables',
    );
  }
  return Boolean(queue);
}

function workersOf(
  { workers = [], kind }: ComponentInput,
  isEcs: boolean,
): GitopsComponent['workers'] {
  if (workers.length > 0 && !isEcs) {
    throw new InputError(
      'workers are services beside a service on ECS; on EKS create a component of kind "worker" of its own',
    );
  }
  if (workers.length > 0 && kind === 'worker') {
    throw new InputError(
      'workers cannot be given for kind "worker": use command for what it runs',
    );
  }
  workers.forEach(({ name }, index) => {
    if (!DNS_LABEL.test(name)) {
      throw new InputError(
        `workers[${index}].name is "${printable(
          name,
        )}": use at most 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`,
      );
    }
    if (workers.findIndex(other => other.name === name) !== index) {
      throw new InputError(`workers names "${name}" twice`);
    }
  });
  return workers;
}

function oneOf<T extends string>(
  key: string,
  value: T,
  allowed: readonly T[],
): T {
  if (!allowed.includes(value)) {
    throw new InputError(
      `${key} is "${printable(value)}"; it must be ${list(allowed)}`,
    );
  }
  return value;
}

import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import { chooseEnvironments } from '../gitops/resolveComponent';
import { imageRepositoryOf, Platform } from '../platform/readPlatform';
import { Signal, SIGNALS } from './signals';
import { ComponentType, ProvidedApi, RepositoryComponent } from './types';

/** What a template says about a component; see the action for what each means. */
export interface RepositoryInput {
  component: string;
  repository?: string;
  title?: string;
  description?: string;
  type: ComponentType;
  lifecycle?: string;
  owner: string;
  language: string;
  tags?: string[];
  ecosystems?: string[];
  apis?: Array<Omit<ProvidedApi, 'name'> & { name?: string }>;
  consumesApis?: string[];
  dependsOn?: string[];
  metrics?: Array<keyof typeof SIGNALS | Signal>;
  port?: number;
  environments?: string[];
  delivery?: 'gitops' | 'own';
}

/** Entity names may have 63 characters, a component 40. */
const API_SUFFIX: Record<ProvidedApi['type'], string> = {
  openapi: 'api',
  grpc: 'grpc',
  graphql: 'graphql',
  asyncapi: 'events',
};

/** What a component usually does, where the template does not say. */
const USUAL_METRICS: Record<ComponentType, Array<keyof typeof SIGNALS>> = {
  service: ['http'],
  website: ['http'],
  worker: ['jobs'],
  library: [],
};

/**
 * The component as the renderers want it: input and platform together, with
 * every default filled in.
 *
 * @throws InputError - an environment is not one of the platform, two APIs have
 *   the same name, or a reference or path is none; the message names it.
 */
export function resolveRepository(options: {
  input: RepositoryInput;
  platform: Platform;
  repositoryUrl: string;
  taskId: string;
}): RepositoryComponent {
  const { input, platform, repositoryUrl, taskId } = options;
  const { component: name, type, language } = input;
  const metrics = input.metrics ?? USUAL_METRICS[type];
  const isDelivered = type !== 'library' && input.delivery !== 'own';
  return {
    name,
    title: oneLine(input.title ?? '') || name,
    description: oneLine(input.description ?? '') || undefined,
    type,
    lifecycle: input.lifecycle ?? 'experimental',
    owner: assertRef('owner', input.owner),
    system: platform.system,
    language,
    tags: [...new Set(input.tags ?? [language])],
    ecosystems: input.ecosystems ?? [],
    apis: namedApis(name, input.apis ?? []),
    consumesApis: (input.consumesApis ?? []).map(ref =>
      assertRef('consumesApis', ref, 'api'),
    ),
    dependsOn: (input.dependsOn ?? []).map(ref => assertRef('dependsOn', ref)),
    signals: isDelivered
      ? metrics.map(metric =>
          typeof metric === 'string' ? SIGNALS[metric] : metric,
        )
      : [],
    port: input.port ?? 8080,
    environments: isDelivered
      ? chooseEnvironments(platform.environments, input.environments)
      : [],
    githubOrg: platform.githubOrg,
    repository: input.repository ?? name,
    repositoryUrl,
    gitops: platform.gitops,
    registry: platform.registry,
    imageRepository: imageRepositoryOf(platform, name),
    taskId,
  };
}

/** Without control characters: it goes into Markdown, where a line can mean something. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function assertRef(key: string, ref: string, defaultKind?: string): string {
  try {
    const { kind, namespace, name } = parseEntityRef(ref, {
      defaultKind,
      defaultNamespace: 'default',
    });
    for (const part of [kind, namespace, name]) {
      if (!/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(part)) throw new Error();
    }
    return `${kind}:${namespace}/${name}`.toLowerCase();
  } catch {
    throw new InputError(
      `${key} has "${ref.slice(
        0,
        100,
      )}", which is no entity ref: write it like ${
        defaultKind ?? 'group'
      }:default/name`,
    );
  }
}

function namedApis(
  component: string,
  apis: NonNullable<RepositoryInput['apis']>,
): ProvidedApi[] {
  const named = apis.map(({ type, path, name }) => ({
    type,
    path,
    name: name ?? `${component}-${API_SUFFIX[type]}`,
  }));
  const twice = named.find(
    ({ name }, index) => named.findIndex(api => api.name === name) !== index,
  );
  if (twice) {
    throw new InputError(
      `Two APIs of ${component} would be called ${twice.name}: give one of them a name`,
    );
  }
  return named;
}

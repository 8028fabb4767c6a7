import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createGithubClient } from '../github/createGithubClient';
import { readPlatform } from '../platform/readPlatform';
import { findCatalogEntry } from './catalogEntry';
import { findDesiredState } from './desiredState';
import { findImageRegistry } from './imageRegistry';
import { findRepository, repositoryOf } from './sourceRepository';
import { FoundThings, joinFound } from './types';

/** What gathering and carrying out a removal needs. */
export interface RemovalOptions {
  catalog: CatalogService;
  integrations: ScmIntegrationRegistry;
  awsCredentials: AwsCredentialsManager;
  /** Host of the Git server. */
  gitHost: string;
  /** Milliseconds between looks. */
  pollMs?: number;
}

/** Whose removal is meant, and with whose rights it is looked at. */
export interface RemovalContext {
  componentRef: string;
  keepImages: boolean;
  credentials: BackstageCredentials;
  logger: LoggerService;
  signal?: AbortSignal;
}

/**
 * Everything that belongs to a component, in the order in which it would go:
 * desired state, registry, repository, catalog entry. Nothing is written.
 *
 * @throws NotFoundError - the catalog has no such component.
 * @throws InputError - the component names no System, or its platform lacks something.
 */
export async function gatherRemoval(
  options: RemovalOptions,
  context: RemovalContext,
): Promise<FoundThings> {
  const { catalog, gitHost, integrations } = options;
  const { componentRef, credentials, logger, signal } = context;
  const entity = await catalog.getEntityByRef(componentRef, { credentials });
  if (!entity) {
    throw new NotFoundError(
      `There is no ${componentRef} in the catalog, or you may not see it`,
    );
  }
  const platform = await readPlatform({
    catalog,
    credentials,
    system: systemRefOf(entity),
  });
  const { name } = parseEntityRef(componentRef);
  const clientFor = (owner: string, repo: string) =>
    createGithubClient({
      integrations,
      host: gitHost,
      owner,
      repo,
      logger,
      signal,
    });
  const { gitops } = platform;
  const repository = repositoryOf(entity);
  const [owner, repo] = repository?.split('/') ?? [];
  return joinFound([
    await findDesiredState({
      client: await clientFor(gitops.owner, gitops.repo),
      gitops,
      environments: platform.environments.map(e => e.shortName),
      component: name,
      logger,
      signal,
    }),
    await findImageRegistry({
      awsCredentials: options.awsCredentials,
      platform,
      component: name,
      keepImages: context.keepImages,
      logger,
      signal,
    }),
    repository
      ? await findRepository({
          client: await clientFor(owner, repo),
          entity,
          repository,
          gitHost,
        })
      : { things: [], foreign: [] },
    await findCatalogEntry({ catalog, entity, credentials }),
  ]);
}

function systemRefOf(entity: Entity): string {
  const { system } = entity.spec ?? {};
  if (typeof system !== 'string') {
    throw new InputError(
      `${stringifyEntityRef(
        entity,
      )} belongs to no System (spec.system), so nobody knows whose environments it is in`,
    );
  }
  return stringifyEntityRef(
    parseEntityRef(system, {
      defaultKind: 'system',
      defaultNamespace: entity.metadata.namespace ?? 'default',
    }),
  );
}

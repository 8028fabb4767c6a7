import {
  DescribeRepositoriesCommand,
  ECRClient,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AwsCredentialsManager } from '@backstage/integration-aws-node';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  ANNOTATION_GITOPS_NAME,
  NameInPlace,
} from '@fairway/plugin-platform-envs-common';
import { getRepository } from '../github/componentRepository';
import { createGithubClient, statusOf } from '../github/createGithubClient';
import { Platform } from '../platform/readPlatform';

/** What looking a name up takes. */
export interface LookUpOptions {
  catalog: CatalogService;
  integrations: ScmIntegrationRegistry;
  awsCredentials: AwsCredentialsManager;
  /** Host of the Git server. */
  gitHost: string;
  logger: LoggerService;
}

/** One look at one name. */
export interface LookUp extends LookUpOptions {
  platform: Platform;
  /** A component name; the caller has checked it. */
  name: string;
  /** Of whoever asks: the catalog shows what they may see. */
  credentials: BackstageCredentials;
  signal: AbortSignal;
}

/** What a place says of a name; whether it is the asker's own is told later. */
export type Found = Omit<NameInPlace, 'place'>;

const PROJECT_SLUG = 'github.com/project-slug';

/** Looks the name up among the components of the catalog. */
export async function lookUpInCatalog(look: LookUp): Promise<Found> {
  const { catalog, credentials, name } = look;
  const what = `component:default/${name}`;
  const entity = await catalog.getEntityByRef(what, { credentials });
  if (!entity) return { what, state: 'free' };
  return {
    what,
    state: 'taken',
    ...ownedBy(entity),
    url: `/catalog/default/component/${name}`,
  };
}

/** Looks the name up among the repositories of the platform's organisation. */
export async function lookUpRepository(look: LookUp): Promise<Found> {
  const { platform, name, catalog, credentials } = look;
  const owner = platform.githubOrg;
  const what = `${owner}/${name}`;
  const client = await createGithubClient({
    integrations: look.integrations,
    host: look.gitHost,
    owner,
    repo: name,
    logger: look.logger,
    signal: look.signal,
    impatient: true,
  });
  const repository = await getRepository(client, owner, name);
  if (!repository) return { what, state: 'free' };
  const { items } = await catalog.getEntities(
    {
      filter: {
        kind: 'Component',
        [`metadata.annotations.${PROJECT_SLUG}`]: repository.full_name,
      },
      limit: 1,
    },
    { credentials },
  );
  return {
    what: repository.full_name,
    state: 'taken',
    ...(items[0] && ownedBy(items[0])),
    url: repository.html_url,
  };
}

/**
 * Looks the name up in what should run in the platform's first environment:
 * nothing is prepared for others and not for that one.
 */
export async function lookUpDesiredState(look: LookUp): Promise<Found> {
  const { platform, name, catalog, credentials } = look;
  const { owner, repo, branch, path } = platform.gitops;
  const [{ shortName, runtime }] = platform.environments;
  const inRepository = [
    ...(path ? [path] : []),
    ...(runtime === 'ecs'
      ? [shortName, `${name}.tfvars.json`]
      : ['overlays', shortName, name]),
  ].join('/');
  const what = `${owner}/${repo}/${inRepository}`;
  const client = await createGithubClient({
    integrations: look.integrations,
    host: look.gitHost,
    owner,
    repo,
    logger: look.logger,
    signal: look.signal,
    impatient: true,
  });
  // as an existing one, or the platform could not take components at all
  const { data: repository } = await client.rest.repos.get({ owner, repo });
  try {
    await client.rest.repos.getContent({
      owner,
      repo,
      path: inRepository,
      ref: branch,
    });
  } catch (error) {
    if (statusOf(error) === 404) return { what, state: 'free' };
    throw error;
  }
  const { items } = await catalog.getEntities(
    {
      filter: [
        `metadata.annotations.${ANNOTATION_GITOPS_NAME}`,
        'metadata.name',
      ].map(key => ({
        kind: 'Component',
        'spec.system': platform.system,
        [key]: name,
      })),
      limit: 1,
    },
    { credentials },
  );
  return {
    what,
    state: 'taken',
    ...(items[0] && ownedBy(items[0])),
    url: `${repository.html_url}/${
      runtime === 'ecs' ? 'blob' : 'tree'
    }/${branch}/${inRepository}`,
  };
}

/** Looks the name up among the image repositories of the platform. */
export async function lookUpInRegistry(look: LookUp): Promise<Found> {
  const { platform, name, awsCredentials, signal } = look;
  const { accountId, region } = platform.registry;
  const what = `${name} in account ${accountId} (${region})`;
  const { sdkCredentialProvider } = await awsCredentials.getCredentialProvider({
    accountId,
  });
  const ecr = new ECRClient({
    region,
    credentials: sdkCredentialProvider,
    maxAttempts: 1,
  });
  try {
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [name] }),
      { abortSignal: signal },
    );
    const repository = repositories?.[0];
    if (!repository) return { what, state: 'free' };
    const { tags = [] } = await ecr.send(
      new ListTagsForResourceCommand({
        resourceArn: repository.repositoryArn,
      }),
      { abortSignal: signal },
    );
    const tagged = Object.fromEntries(tags.map(tag => [tag.Key, tag.Value]));
    return {
      what,
      state: 'taken',
      ...(tagged.Owner && { whose: tagged.Owner }),
    };
  } catch (error) {
    if ((error as Error).name === 'RepositoryNotFoundException') {
      return { what, state: 'free' };
    }
    throw error;
  } finally {
    ecr.destroy();
  }
}

function ownedBy({ metadata, spec }: Entity): Pick<Found, 'whose'> {
  if (!spec?.owner) return {};
  return { whose: groupRef(String(spec.owner), metadata.namespace) };
}

/** A group as the catalog refers to it, however it was written. */
export function groupRef(text: string, defaultNamespace = 'default'): string {
  return stringifyEntityRef(
    parseEntityRef(text, { defaultKind: 'group', defaultNamespace }),
  );
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AddFilesOptions } from '../github/addFilesInOneCommit';
import { createGithubClient } from '../github/createGithubClient';
import { imageRepositoryOf, Platform } from '../platform/readPlatform';
import { ComponentInput } from './componentInput';
import { assertSafeOverlay } from './lintOverlayFiles';
import { renderGitopsFiles } from './renderGitopsFiles';
import { resolveComponent } from './resolveComponent';
import { GitopsComponent } from './types';

/** Options of {@link prepareOverlayCommit}. */
export interface OverlayCommitOptions {
  platform: Platform;
  component: string;
  /** How it is to run; the defaults of the platform when absent. */
  input?: ComponentInput;
  taskId: string;
  /** Entity ref of the person. */
  requestedBy?: string;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
  logger: LoggerService;
  signal?: AbortSignal;
}

/** What {@link prepareOverlayCommit} found out. */
export interface OverlayCommit {
  change: AddFilesOptions;
  /** What the files say, every default filled in. */
  component: GitopsComponent;
  /** Where a person sees the GitOps repository. */
  webUrl: string;
}

/**
 * The commit that adds a component to the chosen environments of its platform.
 * Nothing is written.
 *
 * @throws InputError - as {@link resolveComponent}, before anything is asked.
 */
export async function prepareOverlayCommit(
  options: OverlayCommitOptions,
): Promise<OverlayCommit> {
  const { platform, taskId, logger, signal } = options;
  const resolved = resolveComponent(platform.environments, options.input ?? {});
  const { owner, repo, branch, path } = platform.gitops;
  // A folder of an environment must not look like one of a component.
  const namesake = platform.environments.find(
    ({ shortName }) => shortName === options.component,
  );
  if (namesake) {
    throw new InputError(
      `"${options.component}" cannot be the name of a component of ${platform.systemRef}: ${namesake.ref} is called so. Add a word`,
    );
  }
  const client = await createGithubClient({
    integrations: options.integrations,
    host: options.gitHost,
    owner,
    repo,
    logger,
    signal,
  });
  const { data: repository } = await client.rest.repos.get({ owner, repo });
  const component: GitopsComponent = {
    ...resolved,
    name: options.component,
    system: platform.system,
    imageRepository: imageRepositoryOf(platform, options.component),
    gitopsPath: path,
    repositoryUrl: repository.clone_url,
    branch,
    taskId,
  };
  const files = renderGitopsFiles(component);
  assertSafeOverlay(files, path);
  return {
    component,
    webUrl: repository.html_url,
    change: {
      client,
      owner,
      repo,
      branch,
      subject: `Add ${component.name} to ${component.environments
        .map(environment => environment.shortName)
        .join(', ')}`,
      trailers: [
        ['Fairway-Component', component.name],
        ['Fairway-Task', taskId],
        ['Requested-By', options.requestedBy ?? 'unknown'],
      ],
      ownedBy: ['Fairway-Component', component.name],
      files,
      logger,
      signal,
    },
  };
}

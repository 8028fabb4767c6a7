import { LoggerService } from '@backstage/backend-plugin-api';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AddFilesOptions } from '../github/addFilesInOneCommit';
import { createGithubClient } from '../github/createGithubClient';
import { imageRepositoryOf, Platform } from '../platform/readPlatform';
import { renderGitopsFiles } from './renderGitopsFiles';

/** What a generated service listens on unless told. */
const DEFAULT_PORT = 8080;

/** Options of {@link prepareOverlayCommit}. */
export interface OverlayCommitOptions {
  platform: Platform;
  component: string;
  /** Container port; 8080 when absent. */
  port?: number;
  taskId: string;
  /** Entity ref of the person. */
  requestedBy?: string;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
  logger: LoggerService;
  signal?: AbortSignal;
}

/**
 * The commit that adds a component to every environment of its platform.
 * Nothing is written.
 *
 * @returns the commit, and where a person sees the GitOps repository.
 */
export async function prepareOverlayCommit(
  options: OverlayCommitOptions,
): Promise<{ change: AddFilesOptions; webUrl: string }> {
  const { platform, component, taskId, logger, signal } = options;
  const { owner, repo, branch, path } = platform.gitops;
  const client = await createGithubClient({
    integrations: options.integrations,
    host: options.gitHost,
    owner,
    repo,
    logger,
    signal,
  });
  const { data: repository } = await client.rest.repos.get({ owner, repo });
  const { environments } = platform;
  return {
    webUrl: repository.html_url,
    change: {
      client,
      owner,
      repo,
      branch,
      subject: `Add ${component} to ${environments
        .map(environment => environment.shortName)
        .join(', ')}`,
      trailers: [
        ['Fairway-Component', component],
        ['Fairway-Task', taskId],
        ['Requested-By', options.requestedBy ?? 'unknown'],
      ],
      ownedBy: ['Fairway-Component', component],
      files: renderGitopsFiles({
        name: component,
        system: platform.system,
        port: options.port ?? DEFAULT_PORT,
        imageRepository: imageRepositoryOf(platform, component),
        gitopsPath: path,
        repositoryUrl: repository.clone_url,
        branch,
        taskId,
        environments,
      }),
      logger,
      signal,
    },
  };
}

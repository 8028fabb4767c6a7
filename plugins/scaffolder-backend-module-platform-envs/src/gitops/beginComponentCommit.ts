import { LoggerService } from '@backstage/backend-plugin-api';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { AddFilesOptions } from '../github/addFilesInOneCommit';
import { createGithubClient } from '../github/createGithubClient';
import { Platform } from '../platform/readPlatform';

/** What every commit about a component has to be told. */
export interface ComponentCommitOptions {
  platform: Platform;
  taskId: string;
  /** Entity ref of the person. */
  requestedBy?: string;
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
  logger: LoggerService;
  signal?: AbortSignal;
}

/** A commit of which only the contents are missing. */
export type BegunCommit = Omit<AddFilesOptions, 'subject' | 'files' | 'edits'>;

/**
 * Begins a commit about a component to the GitOps repository of its platform:
 * the portal's own client for it, and the trailers that tell whose it is.
 * Nothing is asked of the repository, nothing is written.
 *
 * @throws InputError - as {@link createGithubClient}.
 */
export async function beginComponentCommit(
  component: string,
  options: ComponentCommitOptions,
): Promise<BegunCommit> {
  const { logger, signal } = options;
  const { owner, repo, branch } = options.platform.gitops;
  const client = await createGithubClient({
    integrations: options.integrations,
    host: options.gitHost,
    owner,
    repo,
    logger,
    signal,
  });
  return {
    client,
    owner,
    repo,
    branch,
    trailers: [
      ['Fairway-Component', component],
      ['Fairway-Task', options.taskId],
      ['Requested-By', options.requestedBy ?? 'unknown'],
    ],
    ownedBy: ['Fairway-Component', component],
    logger,
    signal,
  };
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';
import { createGithubClient } from '../github/createGithubClient';
import { Build } from './followDelivery';

/** Builds take minutes and every look counts against GitHub's rate limit. */
const LOOK_EVERY_MS = 8_000;

/** Options of {@link createBuildReader}. */
export interface BuildReaderOptions {
  integrations: ScmIntegrationRegistry;
  /** `host?owner=…&repo=…`. */
  repoUrl: string;
  logger: LoggerService;
  signal?: AbortSignal;
}

/**
 * Tells how the newest GitHub Actions run of a push stands. It asks at most
 * every few seconds and repeats its last answer in between. Undefined when there
 * is no run, or it cannot be read: CI is not what is waited for, and only a
 * failure that is known ends the wait.
 *
 * @throws InputError - the URL names no repository, or its host is not configured.
 */
export async function createBuildReader(
  options: BuildReaderOptions,
): Promise<() => Promise<Build | undefined>> {
  const { integrations, repoUrl, logger, signal } = options;
  const { host, owner, repo } = parseRepoUrl(repoUrl, integrations);
  if (!owner) {
    throw new InputError(
      `"${repoUrl}" does not name the owner of a repository`,
    );
  }
  const client = await createGithubClient({
    integrations,
    host,
    owner,
    repo,
    logger,
    signal,
  });
  let answer: Build | undefined;
  let lookedAt = -Infinity;
  return async () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return answer;
    lookedAt = performance.now();
    try {
      const { data } = await client.rest.actions.listWorkflowRunsForRepo({
        owner,
        repo,
        event: 'push',
        per_page: 1,
      });
      const run = data.workflow_runs[0];
      answer = run && {
        url: run.html_url,
        state: stateOf(run.status, run.conclusion),
      };
    } catch (error) {
      signal?.throwIfAborted();
      logger.debug(`The runs of ${owner}/${repo} could not be read`, {
        reason: (error as Error).message,
      });
    }
    return answer;
  };
}

function stateOf(
  status: string | null,
  conclusion: string | null,
): Build['state'] {
  if (status !== 'completed') return 'running';
  return conclusion === 'success' ? 'succeeded' : 'failed';
}

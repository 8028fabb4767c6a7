import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import { Octokit } from 'octokit';
import { awaitWriteAllowance } from './writeAllowance';

/** One request may take this long. */
const TIMEOUT_MS = 30_000;

/** Longer waits than this are not worth holding a worker for. */
const LONGEST_WAIT_SECONDS = 120;

/** Octokit takes an answer that was cut off for an empty one; it is a broken connection. */
const fetchWhole: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  await response.clone().arrayBuffer();
  return response;
};

/** How Octokit's throttling has each write wait for its turn. */
type WriteQueue = NonNullable<
  NonNullable<ConstructorParameters<typeof Octokit>[0]>['throttle']
>['write'];

/** Options of {@link createGithubClient}. */
export interface GithubClientOptions {
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server, as in `integrations.github[].host`. */
  host: string;
  owner: string;
  repo: string;
  logger: LoggerService;
  signal?: AbortSignal;
  /** Fails at once where it would wait or repeat: somebody looks on. */
  impatient?: boolean;
}

/**
 * An Octokit for one repository, with the portal's own credentials for it.
 *
 * It waits when GitHub says "slow down" and says so in the log, and repeats
 * what failed with a 5xx or a broken connection; everything that is done
 * through it is therefore written to bear repetition.
 *
 * @throws InputError - no integration or no credentials for the host.
 */
export async function createGithubClient(
  options: GithubClientOptions,
): Promise<Octokit> {
  const { integrations, host, owner, repo, logger, signal, impatient } =
    options;
  const integration = integrations.github.byHost(host);
  if (!integration) {
    throw new InputError(
      `No GitHub integration is configured for ${host}: add it to integrations.github`,
    );
  }
  const { token } = await DefaultGithubCredentialsProvider.fromIntegrations(
    integrations,
  ).getCredentials({ url: `https://${host}/${owner}/${repo}` });
  if (!token) {
    throw new InputError(
      `The portal has no credentials for ${host}/${owner}: configure a token or install the GitHub App there`,
    );
  }
  const waitOrGiveUp =
    (limit: string) =>
    (
      retryAfterSeconds: number,
      request: { method: string; url: string },
      _octokit: unknown,
      retryCount: number,
    ): boolean => {
      const willWait =
        retryAfterSeconds <= LONGEST_WAIT_SECONDS && retryCount < 3;
      logger.warn(
        `GitHub's ${limit} is reached (${request.method} ${request.url}); ${
          willWait
            ? `waiting ${retryAfterSeconds} s as it asks`
            : `it asks to wait ${retryAfterSeconds} s, which is too long: run the task again later`
        }`,
      );
      return willWait;
    };
  return new Octokit({
    auth: token,
    baseUrl: integration.config.apiBaseUrl,
    request: {
      timeout: TIMEOUT_MS,
      fetch: fetchWhole,
      ...(signal && { signal }),
    },
    // 409 and 422 are answers, not accidents.
    retry: {
      enabled: !impatient,
      doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451],
    },
    throttle: {
      enabled: !impatient,
      write: byAllowance(host, logger),
      onRateLimit: waitOrGiveUp('rate limit'),
      onSecondaryRateLimit: waitOrGiveUp('secondary rate limit'),
    },
    log: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: () => {},
    },
  });
}

/**
 * By itself Octokit's throttling sends one write a second, whatever there was
 * before; GitHub counts by the minute.
 */
function byAllowance(host: string, logger: LoggerService): WriteQueue {
  const queue = {
    async schedule<T>(_: object, write: () => Promise<T>): Promise<T> {
      await awaitWriteAllowance(host, logger);
      return write();
    },
  };
  // all that is asked of a Bottleneck.Group
  return { key: () => queue } as unknown as WriteQueue;
}

/** HTTP status of an error from Octokit; undefined when it never got an answer. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' ? status : undefined;
}

/**
 * For how long GitHub asks to wait, where an error says "slow down": seconds, or
 * undefined where it does not say for how long; false where it says something else.
 */
export function waitAskedBy(error: unknown): number | undefined | false {
  const { message = '', response } = (error ?? {}) as {
    message?: string;
    response?: { headers?: Record<string, string | undefined> };
  };
  const retryAfter = Number(response?.headers?.['retry-after']);
  if (statusOf(error) !== 403 && statusOf(error) !== 429) return false;
  if (retryAfter > 0) return retryAfter;
  return /rate limit/i.test(message) ? undefined : false;
}

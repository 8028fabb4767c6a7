import { InputError } from '@backstage/errors';
import { ScmIntegrationRegistry } from '@backstage/integration';

/** Options of {@link gitWebUrl}. */
export interface GitWebUrlOptions {
  integrations: ScmIntegrationRegistry;
  /** Host of the Git server. */
  gitHost: string;
}

/**
 * Where people reach the Git server: its host, with the protocol of its API.
 *
 * @throws InputError - no integration is configured for the host.
 */
export function gitWebUrl({ integrations, gitHost }: GitWebUrlOptions): string {
  const apiBaseUrl = integrations.github.byHost(gitHost)?.config.apiBaseUrl;
  if (!apiBaseUrl) {
    throw new InputError(
      `No GitHub integration is configured for ${gitHost}: add it to integrations.github`,
    );
  }
  return `${new URL(apiBaseUrl).protocol}//${gitHost}`;
}

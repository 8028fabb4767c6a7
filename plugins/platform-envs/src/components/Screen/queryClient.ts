import { QueryClient } from '@tanstack/react-query';
import { ResponseError } from '@backstage/errors';
import { PlatformEnvsApi } from '@fairway/plugin-platform-envs-common';

const clients = new WeakMap<PlatformEnvsApi, QueryClient>();

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ResponseError &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  );
}

/**
 * The cache that belongs to an api: every screen, card and widget of the
 * plugin shares it, so that one answer serves them all.
 */
export function queryClientOf(api: PlatformEnvsApi): QueryClient {
  let client = clients.get(api);
  if (!client) {
    client = new QueryClient({
      defaultOptions: {
        queries: {
          // A refusal does not change by asking again; a hiccup may.
          retry: (failures, error) => failures < 1 && !isRefusal(error),
          retryDelay: 1000,
          staleTime: 5_000,
          // Offline is a failure that is told, not a question that waits in silence.
          networkMode: 'always',
        },
      },
    });
    clients.set(api, client);
  }
  return client;
}

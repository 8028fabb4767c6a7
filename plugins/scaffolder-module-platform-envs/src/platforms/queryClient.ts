import { QueryClient } from '@tanstack/react-query';

/**
 * What several fields of a form read: asked once, and again half a minute
 * later. The fields stand in pages of others, which have no client for them.
 */
export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: 1 } },
});

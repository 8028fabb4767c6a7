import { useApi } from '@backstage/frontend-plugin-api';
import {
  DecideRemovalRequest,
  isOpenRemoval,
  ListRemovalsQuery,
} from '@fairway/plugin-platform-envs-common';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';

const LIST_INTERVAL_MS = 15_000;
const ONE_INTERVAL_MS = 3_000;

/** Removals, newest first. */
export function useRemovals(query: ListRemovalsQuery) {
  const api = useApi(platformEnvsApiRef);
  return useQuery({
    queryKey: queryKeys.removals(query),
    queryFn: ({ signal }) => api.listRemovals(query, { signal }),
    refetchInterval: LIST_INTERVAL_MS,
  });
}

/** One removal, followed until it can no longer change. */
export function useRemoval(id: string) {
  const api = useApi(platformEnvsApiRef);
  return useQuery({
    queryKey: queryKeys.removal(id),
    queryFn: ({ signal }) => api.getRemoval(id, { signal }),
    refetchInterval: ({ state }) =>
      state.data && !isOpenRemoval(state.data.removal)
        ? false
        : ONE_INTERVAL_MS,
  });
}

/** Approves, rejects or withdraws; the screen then shows what the server says. */
export function useDecideRemoval(id: string) {
  const api = useApi(platformEnvsApiRef);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (
      input: DecideRemovalRequest | { verdict: 'cancel'; reason: string },
    ) =>
      input.verdict === 'cancel'
        ? api.cancelRemoval(id, { reason: input.reason })
        : api.decideRemoval(id, input),
    onSettled: () =>
      queryClient.invalidateQueries({ queryKey: queryKeys.live }),
  });
}

import { useApi } from '@backstage/frontend-plugin-api';
import {
  DecidePromotionRequest,
  ListPromotionsQuery,
  TERMINAL_PROMOTION_STATES,
} from '@fairway/plugin-platform-envs-common';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { useOverviewStream } from './useOverviewStream';

/** Promotions move in seconds once approved; the list keeps up at a calmer pace. */
const LIST_INTERVAL_MS = 10_000;
const ONE_INTERVAL_MS = 2_000;

/** Promotions, newest first. */
export function usePromotions(query: ListPromotionsQuery) {
  const api = useApi(platformEnvsApiRef);
  useOverviewStream();
  return useQuery({
    queryKey: queryKeys.promotions(query),
    queryFn: ({ signal }) => api.listPromotions(query, { signal }),
    refetchInterval: LIST_INTERVAL_MS,
    placeholderData: previous => previous,
  });
}

/** One promotion, followed every two seconds until it can no longer change. */
export function usePromotion(id: string) {
  const api = useApi(platformEnvsApiRef);
  useOverviewStream();
  return useQuery({
    queryKey: queryKeys.promotion(id),
    queryFn: ({ signal }) => api.getPromotion(id, { signal }),
    refetchInterval: query => {
      const state = query.state.data?.promotion.state;
      return state && TERMINAL_PROMOTION_STATES.includes(state)
        ? false
        : ONE_INTERVAL_MS;
    },
  });
}

/** Approves, rejects or cancels; the screen then shows what the server says. */
export function useDecidePromotion(id: string) {
  const api = useApi(platformEnvsApiRef);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (
      input: DecidePromotionRequest | { verdict: 'cancel'; reason: string },
    ) =>
      input.verdict === 'cancel'
        ? api.cancelPromotion(id, { reason: input.reason })
        : api.decidePromotion(id, input),
    onSettled: () =>
      queryClient.invalidateQueries({ queryKey: queryKeys.live }),
  });
}

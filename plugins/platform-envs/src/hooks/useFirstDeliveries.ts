import { useApi } from '@backstage/frontend-plugin-api';
import {
  FirstDeliveryList,
  isOpenFirstDelivery,
  ListFirstDeliveriesQuery,
} from '@fairway/plugin-platform-envs-common';
import { useQuery } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { useOverviewStream } from './useOverviewStream';

/** Somebody watches while it goes on; one that stopped waits for a person. */
const FOLLOWING_MS = 2_000;
const STOPPED_MS = 10_000;
/** A new one may begin while the page is open. */
const IDLE_MS = 30_000;

/** First deliveries, newest first; asked for often only while one is under way. */
export function useFirstDeliveries(query: ListFirstDeliveriesQuery) {
  const api = useApi(platformEnvsApiRef);
  useOverviewStream();
  return useQuery({
    queryKey: queryKeys.firstDeliveries(query),
    queryFn: ({ signal }) => api.listFirstDeliveries(query, { signal }),
    refetchInterval: ({ state }) => intervalOf(state.data),
  });
}

function intervalOf(data: FirstDeliveryList | undefined): number {
  const open = (data?.items ?? []).filter(isOpenFirstDelivery);
  if (open.some(({ state }) => state === 'following')) return FOLLOWING_MS;
  return open.length > 0 ? STOPPED_MS : IDLE_MS;
}

/** The newest first delivery of a component. */
export function useFirstDelivery(componentRef: string) {
  const query = useFirstDeliveries({ componentRef, scope: 'all', limit: 1 });
  return { ...query, delivery: query.data?.items[0] };
}

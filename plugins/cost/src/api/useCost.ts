import { useApi } from '@backstage/frontend-plugin-api';
import { ComponentCost, CostOverview } from '@fairway/plugin-cost-common';
import { useQuery, UseQueryResult } from '@tanstack/react-query';
import { costApiRef } from './costApiRef';

/** The bill changes a few times a day. */
const STALE_MS = 5 * 60_000;

/** The month so far by environment. */
export function useCostOverview(): UseQueryResult<CostOverview> {
  const api = useApi(costApiRef);
  return useQuery({
    queryKey: ['cost', 'overview'],
    queryFn: ({ signal }) => api.getOverview(signal),
    staleTime: STALE_MS,
  });
}

/** The month so far of one component. */
export function useComponentCost(entity: {
  namespace: string;
  kind: string;
  name: string;
}): UseQueryResult<ComponentCost> {
  const api = useApi(costApiRef);
  return useQuery({
    queryKey: ['cost', 'component', entity],
    queryFn: ({ signal }) => api.getComponentCost(entity, signal),
    staleTime: STALE_MS,
  });
}

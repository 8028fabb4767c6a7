import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { ComparisonQuery } from '@fairway/plugin-platform-envs-common';
import { platformEnvsApiRef } from '../api';

/**
 * What differs between two environments of a component, or between Git and what
 * runs in one. The server has Argo CD render for it, so it is asked when
 * somebody looks at it, and again only on demand.
 */
export function useComparison(componentRef: string, query: ComparisonQuery) {
  const api = useApi(platformEnvsApiRef);
  return useQuery({
    queryKey: ['platform-envs-comparison', componentRef, query],
    queryFn: ({ signal }) => api.getComparison(componentRef, query, { signal }),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

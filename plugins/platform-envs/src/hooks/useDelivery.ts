import { useApi } from '@backstage/frontend-plugin-api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { pollInterval, useOverviewStream } from './useOverviewStream';

/** What stands in each environment of a component, and what the viewer may do. */
export function useDelivery(componentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const stream = useOverviewStream();
  const query = useQuery({
    queryKey: queryKeys.delivery(componentRef),
    queryFn: ({ signal }) => api.getDelivery(componentRef, { signal }),
    refetchInterval: pollInterval(stream),
  });
  return { ...query, stream };
}

/** Refresh or sync of a component in one environment. */
export function useOperate(componentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: {
      operation: 'sync' | 'refresh';
      environmentRef: string;
    }) => api[input.operation](componentRef, input.environmentRef),
    onSettled: (_data, _error, { environmentRef }) =>
      Promise.all(
        [
          queryKeys.delivery(componentRef),
          queryKeys.cell(componentRef, environmentRef),
        ].map(queryKey => queryClient.invalidateQueries({ queryKey })),
      ),
  });
}

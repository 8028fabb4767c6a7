import { useRef } from 'react';
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

/** Nobody means two clicks within it as two. */
const ONCE_MS = 1_000;

/** Refresh or sync of a component in one environment. */
export function useOperate(componentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const queryClient = useQueryClient();
  const last = useRef<{ what: string; at: number }>();
  const operation = useMutation({
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
  const { mutate } = operation;
  return {
    ...operation,
    /** A double click asks once, also when the answer came between its clicks. */
    mutate: (input: Parameters<typeof mutate>[0]) => {
      const what = `${input.operation} ${input.environmentRef}`;
      const now = Date.now();
      if (last.current?.what === what && now - last.current.at < ONCE_MS) {
        return;
      }
      last.current = { what, at: now };
      mutate(input);
    },
  };
}

import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { pollInterval, useOverviewStream } from './useOverviewStream';

/** The whole board, kept fresh by the event stream, else by asking. */
export function useOverview() {
  const api = useApi(platformEnvsApiRef);
  const stream = useOverviewStream();
  const query = useQuery({
    queryKey: queryKeys.overview,
    queryFn: ({ signal }) => api.getOverview({ limit: 'all' }, { signal }),
    refetchInterval: pollInterval(stream),
  });
  return { ...query, stream };
}

import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { pollInterval, useOverviewStream } from './useOverviewStream';

/** Everything about one component in one environment. */
export function useCell(componentRef: string, environmentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const stream = useOverviewStream();
  const query = useQuery({
    queryKey: queryKeys.cell(componentRef, environmentRef),
    queryFn: ({ signal }) =>
      api.getCell(componentRef, environmentRef, { signal }),
    refetchInterval: pollInterval(stream),
  });
  return { ...query, stream };
}

import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { pollInterval, useOverviewStream } from './useOverviewStream';

/** An environment, what runs in it and what does not add up. */
export function useEnvironment(environmentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const stream = useOverviewStream();
  return useQuery({
    queryKey: queryKeys.environment(environmentRef),
    queryFn: ({ signal }) => api.getEnvironment(environmentRef, { signal }),
    refetchInterval: pollInterval(stream),
  });
}

/** CloudWatch gives one point a minute; asking the portal more often shows nothing new. */
const LAG_INTERVAL_MS = 60_000;

/** The replication of an environment's databases. */
export function useReplicationLag(environmentRef: string) {
  const api = useApi(platformEnvsApiRef);
  return useQuery({
    queryKey: queryKeys.replicationLag(environmentRef),
    queryFn: ({ signal }) => api.getReplicationLag(environmentRef, { signal }),
    refetchInterval: LAG_INTERVAL_MS,
  });
}

import { useApi } from '@backstage/frontend-plugin-api';
import { DetectDriftRequest } from '@fairway/plugin-platform-envs-common';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';
import { queryKeys } from './queryKeys';
import { pollInterval, useOverviewStream } from './useOverviewStream';

/** Clusters and stacks move without an event; this often is soon enough. */
const ENVIRONMENT_INTERVAL_MS = 20_000;

/** Somebody waits: for a detection, or for what is being read because they came. */
const WAITING_INTERVAL_MS = 2_000;

/** An environment, what runs in it, what it stands on and what does not add up. */
export function useEnvironment(environmentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const stream = useOverviewStream();
  return useQuery({
    queryKey: queryKeys.environment(environmentRef),
    queryFn: ({ signal }) => api.getEnvironment(environmentRef, { signal }),
    refetchInterval: query => {
      const { capacity, stacks } = query.state.data ?? {};
      const isDetecting = stacks?.value?.some(
        s => s.detection?.state === 'running',
      );
      return isDetecting || capacity?.isBeingRead || stacks?.isBeingRead
        ? WAITING_INTERVAL_MS
        : pollInterval(stream) || ENVIRONMENT_INTERVAL_MS;
    },
  });
}

/** Has CloudFormation look for drift in a stack; the environment tells how it goes. */
export function useDetectDrift(environmentRef: string) {
  const api = useApi(platformEnvsApiRef);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (request: DetectDriftRequest) =>
      api.detectDrift(environmentRef, request),
    onSettled: () =>
      queryClient.invalidateQueries({
        queryKey: queryKeys.environment(environmentRef),
      }),
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
    refetchInterval: query =>
      query.state.data?.isBeingRead ? WAITING_INTERVAL_MS : LAG_INTERVAL_MS,
  });
}

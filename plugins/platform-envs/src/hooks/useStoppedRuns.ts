import {
  discoveryApiRef,
  fetchApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import { ResponseError } from '@backstage/errors';
import { useQuery } from '@tanstack/react-query';
import {
  StoppedRun,
  taskEventsSchema,
  tasksSchema,
  toStoppedRun,
} from '../model/stoppedRuns';
import { useMe } from './useMe';

/** Newest of my failed runs that are looked at. */
const MAX_RUNS = 5;
const INTERVAL_MS = 30_000;

/** My runs of templates that failed lately, newest first; the portal's own scaffolder is asked. */
export function useStoppedRuns() {
  const me = useMe();
  const discovery = useApi(discoveryApiRef);
  const { fetch } = useApi(fetchApiRef);
  return useQuery({
    queryKey: ['platform-envs-stopped-runs', me?.userRef],
    enabled: Boolean(me),
    refetchInterval: INTERVAL_MS,
    queryFn: async ({ signal }): Promise<StoppedRun[]> => {
      const baseUrl = await discovery.getBaseUrl('scaffolder');
      const get = async (path: string): Promise<unknown> => {
        const response = await fetch(`${baseUrl}${path}`, { signal });
        if (!response.ok) throw await ResponseError.fromResponse(response);
        return response.json();
      };
      const query = new URLSearchParams({
        createdBy: me!.userRef,
        status: 'failed',
        order: 'desc:created_at',
        limit: String(MAX_RUNS),
      });
      const { tasks } = tasksSchema.parse(await get(`/v2/tasks?${query}`));
      const runs = await Promise.all(
        tasks.map(async task =>
          toStoppedRun(
            task,
            taskEventsSchema.parse(
              await get(`/v2/tasks/${encodeURIComponent(task.id)}/events`),
            ),
            Date.now(),
          ),
        ),
      );
      return runs.flatMap(run => run ?? []);
    },
  });
}

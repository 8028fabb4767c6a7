import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../api';

/** The feeds ask once a minute; twice as often a new minute is on the screen soon. */
const INTERVAL_MS = 30_000;

/** Who comes after a while has everything asked again, and waits for it. */
const BEING_READ_INTERVAL_MS = 2_000;

/** Request figures, alerts and dashboards of a component. They have their own rhythm and no event. */
export function useObservability(componentRef: string) {
  const api = useApi(platformEnvsApiRef);
  return useQuery({
    queryKey: ['platform-envs-observability', componentRef],
    queryFn: ({ signal }) => api.getObservability(componentRef, { signal }),
    refetchInterval: query =>
      query.state.data?.isBeingRead ? BEING_READ_INTERVAL_MS : INTERVAL_MS,
  });
}

/** Everything that leads out of a cell; dashboards open around a time where one is given. */
export function useCellLinks(
  componentRef: string,
  environmentRef: string,
  around?: string,
) {
  const api = useApi(platformEnvsApiRef);
  return useQuery({
    queryKey: [
      'platform-envs-observability',
      componentRef,
      'links',
      environmentRef,
      around,
    ],
    queryFn: ({ signal }) =>
      api.getCellLinks(componentRef, environmentRef, { around, signal }),
    staleTime: INTERVAL_MS,
  });
}

import { ResponseError } from '@backstage/errors';
import {
  discoveryApiRef,
  fetchApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import { JsonObject } from '@backstage/types';
import {
  COMPONENT_PLANS_PATH,
  ComponentPlan,
  componentPlanSchema,
} from '@fairway/plugin-platform-envs-common';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '../platforms/queryClient';

/** Why there is no plan. */
export class PlanError extends Error {
  constructor(
    message: string,
    /** One sentence a field that the template refuses; empty: it is something else. */
    readonly fields: string[],
    /** The values, or the person, would have to be others: no use to try again. */
    readonly isFinal: boolean,
  ) {
    super(message);
    this.name = 'PlanError';
  }
}

/**
 * The plan of a run with these values. It is made anew whenever the values
 * change and each time the page is opened: the world may have changed, too.
 */
export function usePlan(templateRef: string, values: JsonObject) {
  const discoveryApi = useApi(discoveryApiRef);
  const fetchApi = useApi(fetchApiRef);
  return useQuery<ComponentPlan, PlanError>(
    {
      queryKey: ['scaffolder', 'plan', templateRef, values],
      queryFn: async ({ signal }) => {
        const baseUrl = await discoveryApi.getBaseUrl('scaffolder');
        const response = await fetchApi.fetch(
          `${baseUrl}${COMPONENT_PLANS_PATH}`,
          {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ templateRef, values }),
            signal,
          },
        );
        if (!response.ok) throw await readError(response);
        return componentPlanSchema.parse(await response.json());
      },
      retry: false,
      gcTime: 0,
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    queryClient,
  );
}

async function readError(response: Response): Promise<PlanError> {
  const error = await ResponseError.fromResponse(response);
  const { fields } = error.cause as { fields?: Array<{ message: string }> };
  return new PlanError(
    error.cause.message,
    fields?.map(field => field.message) ?? [],
    response.status >= 400 && response.status < 500 && response.status !== 429,
  );
}

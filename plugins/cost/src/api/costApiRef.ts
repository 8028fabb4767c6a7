import {
  ApiBlueprint,
  createApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { CostClient } from '@fairway/plugin-cost-common';

/** The cost backend, asked with the rights of whoever is signed in. @public */
export const costApiRef = createApiRef<
  Pick<CostClient, 'getOverview' | 'getComponentCost'>
>().with({ id: 'plugin.cost.client', pluginId: 'cost' });

export const costApi = ApiBlueprint.make({
  name: 'client',
  params: defineParams =>
    defineParams({
      api: costApiRef,
      deps: { fetchApi: fetchApiRef },
      factory: ({ fetchApi }) => new CostClient({ fetch: fetchApi.fetch }),
    }),
});

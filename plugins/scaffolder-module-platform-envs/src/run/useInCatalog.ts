import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '../platforms/queryClient';

/** What is merged is read by the catalog within about a minute. */
const LOOK_EVERY_MS = 10_000;

/**
 * Which entities the catalog has, looked at until it has all of them; undefined
 * while that is not known.
 *
 * @param refs - entity refs; one that is none counts as absent
 */
export function useInCatalog(refs: string[]): {
  found?: Set<string>;
  error: Error | null;
} {
  const catalog = useApi(catalogApiRef);
  const { data, error } = useQuery(
    {
      queryKey: ['scaffolder', 'in-catalog', refs],
      queryFn: async () => {
        const { items } = await catalog.getEntitiesByRefs({
          entityRefs: refs,
          fields: ['kind', 'metadata.name'],
        });
        return refs.filter((_, i) => items[i]);
      },
      enabled: refs.length > 0,
      staleTime: 0,
      refetchInterval: ({ state }) =>
        state.data?.length === refs.length ? false : LOOK_EVERY_MS,
    },
    queryClient,
  );
  return { found: data && new Set(data), error };
}

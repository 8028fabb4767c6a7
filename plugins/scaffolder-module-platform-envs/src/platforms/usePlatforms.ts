import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from './queryClient';
import { FormPlatform, PlatformSources, readPlatforms } from './readPlatforms';

/** What was read so lately is not read again when a page of the form is left. */
const FRESH_MS = 60_000;

/** The platforms, for the fields and for the form's check of them. */
export const platformsQuery = (sources: PlatformSources) => ({
  queryKey: ['scaffolder', 'platforms'],
  queryFn: () => readPlatforms(sources),
  staleTime: FRESH_MS,
});

/** The platforms of the catalog, and whether they can be used. */
export function usePlatforms() {
  const catalog = useApi(catalogApiRef);
  const permissions = useApi(permissionApiRef);
  const identity = useApi(identityApiRef);
  return useQuery<FormPlatform[], Error>(
    platformsQuery({ catalog, permissions, identity }),
    queryClient,
  );
}

/** The platform that the form has chosen; undefined while none is known. */
export function useChosenPlatform(system: unknown) {
  const { data, error, isPending } = usePlatforms();
  return {
    platform: data?.find(({ ref }) => ref === system),
    error,
    isPending,
  };
}

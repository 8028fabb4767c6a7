import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '../../platforms/queryClient';
import {
  MyEntitiesFilter,
  MyEntitiesSources,
  MyEntity,
  readMyEntities,
} from './readMyEntities';

/** What is mine, for the field and for the form's check of it. */
export const myEntitiesQuery = (
  sources: MyEntitiesSources,
  filter: MyEntitiesFilter | undefined,
) => ({
  queryKey: ['scaffolder', 'my-entities', filter],
  queryFn: () => readMyEntities(sources, filter),
});

/** What whoever is signed in owns, as far as a template asks for it. */
export function useMyEntities(filter: MyEntitiesFilter | undefined) {
  const catalog = useApi(catalogApiRef);
  const identity = useApi(identityApiRef);
  return useQuery<MyEntity[], Error>(
    myEntitiesQuery({ catalog, identity }, filter),
    queryClient,
  );
}

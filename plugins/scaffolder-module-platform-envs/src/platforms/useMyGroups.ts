import { parseEntityRef } from '@backstage/catalog-model';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from './queryClient';
import { titleOf } from './readPlatforms';

/** A group of whoever is signed in. */
export interface MyGroup {
  ref: string;
  title: string;
}

/** The groups of whoever is signed in, as permissions see them, by title. */
export function useMyGroups() {
  const catalog = useApi(catalogApiRef);
  const identity = useApi(identityApiRef);
  return useQuery<MyGroup[], Error>(
    {
      queryKey: ['scaffolder', 'my-groups'],
      queryFn: async () => {
        const { ownershipEntityRefs } = await identity.getBackstageIdentity();
        const refs = ownershipEntityRefs.filter(
          ref => parseEntityRef(ref).kind === 'group',
        );
        const { items } = await catalog.getEntitiesByRefs({
          entityRefs: refs,
          fields: ['kind', 'metadata', 'spec.profile'],
        });
        return refs
          .map((ref, i) => ({ ref, title: titleOf(ref, items[i]) }))
          .sort((a, b) => a.title.localeCompare(b.title));
      },
    },
    queryClient,
  );
}

import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { normalRef } from '../model/refs';
import { queryKeys } from './queryKeys';

/** Who is signed in. */
export interface Me {
  userRef: string;
  /** The user and their groups, lower case. */
  ownershipRefs: ReadonlySet<string>;
}

/** The signed-in person and what they own; undefined until it is known. */
export function useMe(): Me | undefined {
  const identityApi = useApi(identityApiRef);
  const { data } = useQuery({
    queryKey: queryKeys.me,
    queryFn: async (): Promise<Me> => {
      const identity = await identityApi.getBackstageIdentity();
      return {
        userRef: normalRef(identity.userEntityRef),
        ownershipRefs: new Set(identity.ownershipEntityRefs.map(normalRef)),
      };
    },
    staleTime: Infinity,
  });
  return data;
}

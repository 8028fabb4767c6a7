import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '../platforms/queryClient';
import { GalleryTemplate, readTemplate } from './readTemplate';

/** Every template of the catalog that whoever is signed in may see. */
export function useTemplates() {
  const catalog = useApi(catalogApiRef);
  return useQuery<GalleryTemplate[], Error>(
    {
      queryKey: ['scaffolder', 'templates'],
      queryFn: async () => {
        const { items } = await catalog.getEntities({
          filter: { kind: 'Template' },
          fields: ['kind', 'metadata', 'spec.type', 'spec.steps', 'relations'],
        });
        return items.flatMap(entity => readTemplate(entity) ?? []);
      },
    },
    queryClient,
  );
}

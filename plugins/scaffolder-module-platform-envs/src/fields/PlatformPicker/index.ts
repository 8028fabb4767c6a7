import { identityApiRef } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { queryClient } from '../../platforms/queryClient';
import { platformsQuery } from '../../platforms/usePlatforms';
import {
  forRuntimes,
  PlatformPicker,
  PlatformPickerOptions,
  platformPickerSchema,
  refusalOfPlatform,
} from './PlatformPicker';

/** `ui:field: PlatformPicker`: the entity ref of a platform. */
export const platformPicker = createFormField({
  name: 'PlatformPicker',
  component: PlatformPicker,
  schema: platformPickerSchema,
  // an address can name any platform; the list alone does not keep it out
  validation: async (ref, field, { apiHolder, uiSchema }) => {
    const catalog = apiHolder.get(catalogApiRef);
    const permissions = apiHolder.get(permissionApiRef);
    const identity = apiHolder.get(identityApiRef);
    if (!ref || !catalog || !permissions || !identity) return;
    // what cannot be read does not hold the form up: the run asks again
    const platforms = await queryClient
      .fetchQuery(platformsQuery({ catalog, permissions, identity }))
      .catch(() => undefined);
    const { runtimes } = (uiSchema?.['ui:options'] ??
      {}) as PlatformPickerOptions;
    const refusal =
      platforms && refusalOfPlatform(forRuntimes(platforms, runtimes), ref);
    if (refusal) field.addError(refusal);
  },
});

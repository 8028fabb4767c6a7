import { identityApiRef } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { queryClient } from '../../platforms/queryClient';
import {
  MyEntityPicker,
  MyEntityPickerOptions,
  myEntityPickerSchema,
  refusalOf,
} from './MyEntityPicker';
import { myEntitiesQuery } from './useMyEntities';

/**
 * `ui:field: OwnedEntityPicker`, in place of Backstage's own: it finds by more
 * than titles, and says of what kind, system and owner each is.
 */
export const myEntityPicker = createFormField({
  name: 'OwnedEntityPicker',
  component: MyEntityPicker,
  schema: myEntityPickerSchema,
  // an address can name any entity; the list alone does not keep it out
  validation: async (ref, field, { apiHolder, uiSchema }) => {
    const catalog = apiHolder.get(catalogApiRef);
    const identity = apiHolder.get(identityApiRef);
    if (!ref || !catalog || !identity) return;
    const { catalogFilter } = (uiSchema?.['ui:options'] ??
      {}) as MyEntityPickerOptions;
    // what cannot be read does not hold the form up: the run asks again
    const mine = await queryClient
      .fetchQuery(myEntitiesQuery({ catalog, identity }, catalogFilter))
      .catch(() => undefined);
    const refusal = mine && refusalOf(mine, ref);
    if (refusal) field.addError(refusal);
  },
});

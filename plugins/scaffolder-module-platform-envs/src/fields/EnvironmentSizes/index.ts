import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { EnvironmentSizes, environmentSizesSchema } from './EnvironmentSizes';

/** `ui:field: EnvironmentSizes`: sizes by short name, where they are not the default. */
export const environmentSizes = createFormField({
  name: 'EnvironmentSizes',
  component: EnvironmentSizes,
  schema: environmentSizesSchema,
});

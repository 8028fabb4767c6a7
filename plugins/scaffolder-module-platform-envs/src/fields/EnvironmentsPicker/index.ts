import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import {
  EnvironmentsPicker,
  environmentsPickerSchema,
} from './EnvironmentsPicker';

/** `ui:field: EnvironmentsPicker`: short names; empty for all of the platform. */
export const environmentsPicker = createFormField({
  name: 'EnvironmentsPicker',
  component: EnvironmentsPicker,
  schema: environmentsPickerSchema,
});

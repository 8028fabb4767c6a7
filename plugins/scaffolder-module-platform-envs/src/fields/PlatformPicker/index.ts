import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { PlatformPicker, platformPickerSchema } from './PlatformPicker';

/** `ui:field: PlatformPicker`: the entity ref of a platform. */
export const platformPicker = createFormField({
  name: 'PlatformPicker',
  component: PlatformPicker,
  schema: platformPickerSchema,
});

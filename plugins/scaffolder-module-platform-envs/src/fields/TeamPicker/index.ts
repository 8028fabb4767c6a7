import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { TeamPicker, teamPickerSchema } from './TeamPicker';

/** `ui:field: MyGroupsPicker`, in place of Backstage's own: it knows the platform. */
export const teamPicker = createFormField({
  name: 'MyGroupsPicker',
  component: TeamPicker,
  schema: teamPickerSchema,
});

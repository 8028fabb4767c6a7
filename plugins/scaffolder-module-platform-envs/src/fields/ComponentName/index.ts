import { fetchApiRef } from '@backstage/frontend-plugin-api';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { NamePlace } from '@fairway/plugin-platform-envs-common';
import { obstacleOf, refusalOf } from './checkName';
import { ComponentName, componentNameSchema } from './ComponentName';
import { readNameCheck } from './useNameCheck';

/** `ui:field: ComponentName`: the name of a new component. */
export const componentName = createFormField({
  name: 'ComponentName',
  component: ComponentName,
  schema: componentNameSchema,
  // a place that cannot be asked does not hold the form up: the run asks again
  validation: async (name, field, { apiHolder, formData, uiSchema }) => {
    const refusal = refusalOf(name ?? '');
    if (refusal) {
      field.addError(refusal);
      return;
    }
    const fetchApi = apiHolder.get(fetchApiRef);
    const { system } = formData;
    if (!fetchApi || typeof system !== 'string' || !system) return;
    const answer = await readNameCheck(fetchApi, name, system).catch(
      () => undefined,
    );
    const obstacle =
      answer &&
      obstacleOf(
        answer,
        uiSchema?.['ui:options']?.mayExistIn as NamePlace[] | undefined,
      );
    if (obstacle) field.addError(obstacle);
  },
});

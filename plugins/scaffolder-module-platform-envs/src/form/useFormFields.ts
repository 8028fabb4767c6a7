import { useApi } from '@backstage/frontend-plugin-api';
import { FieldExtensionOptions } from '@backstage/plugin-scaffolder-react';
import { formFieldsApiRef } from '@backstage/plugin-scaffolder-react/alpha';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '../platforms/queryClient';

/** Every field of the app, Backstage's own among them. */
export function useFormFields() {
  const formFields = useApi(formFieldsApiRef);
  return useQuery<FieldExtensionOptions<any, any>[], Error>(
    {
      queryKey: ['scaffolder', 'form-fields'],
      // what createFormField makes is what a form takes, under an opaque type
      queryFn: async () =>
        (await formFields.loadFormFields()) as unknown as FieldExtensionOptions<
          any,
          any
        >[],
      staleTime: Infinity,
    },
    queryClient,
  );
}

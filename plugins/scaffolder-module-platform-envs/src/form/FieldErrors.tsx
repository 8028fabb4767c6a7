import { Text } from '@backstage/ui';
import { currentErrors } from '../fields/ComponentName/checkName';

/** What a form gives the template of a field's errors, as far as it is needed. */
export interface FieldErrorsProps {
  errors?: unknown[];
  idSchema: { $id: string };
  uiSchema?: Record<string, unknown>;
  registry: { formContext?: { formData?: Record<string, unknown> } };
}

/**
 * What is wrong with a field, below it. A name says by itself what it may not
 * be; of the form's errors only what is true of the name that stands there now.
 */
export function FieldErrors(props: FieldErrorsProps) {
  const { errors = [], idSchema, uiSchema, registry } = props;
  const said = [...new Set(errors.map(String))];
  const key = idSchema.$id.replace(/^root_/, '');
  const shown =
    uiSchema?.['ui:field'] === 'ComponentName'
      ? currentErrors(said, String(registry.formContext?.formData?.[key] ?? ''))
      : said;
  if (!shown.length) return null;
  return (
    <div id={`${idSchema.$id}__error`} role="alert">
      {shown.map(error => (
        <Text key={error} as="div" variant="body-small" color="danger">
          {error}
        </Text>
      ))}
    </div>
  );
}

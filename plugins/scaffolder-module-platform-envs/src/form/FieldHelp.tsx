import { Text } from '@backstage/ui';
import { ReactNode } from 'react';
import styles from './TemplateForm.module.css';

/** What a form gives the template of a field's help, as far as it is needed. */
export interface FieldHelpProps {
  help?: ReactNode;
  idSchema: { $id: string };
  schema: { type?: unknown; description?: string };
  uiSchema?: Record<string, unknown>;
}

/**
 * The help of a field, below it. For a checkbox its description, which the form
 * expects its widget to show, and the kit's does not.
 */
export function FieldHelp(props: FieldHelpProps) {
  const { help, idSchema, schema, uiSchema = {} } = props;
  const isCheckbox =
    schema.type === 'boolean' &&
    !uiSchema['ui:widget'] &&
    !uiSchema['ui:field'];
  const text = help ?? (isCheckbox ? schema.description : undefined);
  if (!text) return null;
  return (
    <div
      id={`${idSchema.$id}__help`}
      className={isCheckbox ? styles.checkboxHelp : undefined}
    >
      <Text variant="body-small" color="secondary">
        {text}
      </Text>
    </div>
  );
}

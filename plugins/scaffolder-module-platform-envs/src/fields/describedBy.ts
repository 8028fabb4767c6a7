/** What a field of a form is given, as far as its frame needs it. */
export interface FieldFrame {
  idSchema?: { $id?: string };
  rawErrors?: string[];
  schema: { title?: string; description?: string };
  uiSchema?: Record<string, any>;
  required?: boolean;
  disabled?: boolean;
}

/** Label, help and errors of a field, as controls take them. */
export function frameOf(props: FieldFrame, title: string, help: string) {
  const { idSchema, rawErrors = [], schema, uiSchema = {} } = props;
  const id = idSchema?.$id ?? title;
  const invalid = rawErrors.length > 0;
  return {
    id,
    invalid,
    label: (uiSchema['ui:title'] ?? schema.title ?? title) as string,
    help: (uiSchema['ui:description'] ?? schema.description ?? help) as string,
    disabled: Boolean(props.disabled || uiSchema['ui:disabled']),
    // the form writes the errors below the field, under this id
    errorId: invalid ? `${id}__error` : undefined,
  };
}

/** Options that a template gives a field, below `ui:options`. */
export function optionsOf<T extends object>(props: FieldFrame): Partial<T> {
  return (props.uiSchema?.['ui:options'] ?? {}) as Partial<T>;
}

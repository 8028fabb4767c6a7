/** What a form's validator says of a value; its library calls it RJSFValidationError. */
export interface FormError {
  /** Keyword of JSON Schema that is not met. */
  name?: string;
  params?: Record<string, unknown>;
  message?: string;
  stack: string;
}

/**
 * Says what is wrong with a value as people would. What a template says itself
 * by `errorMessage` stays as it is.
 */
export function explainErrors(errors: FormError[]): FormError[] {
  return errors.map(error => {
    const message = explain(error);
    return message ? { ...error, message } : error;
  });
}

function explain({ name, params = {} }: FormError) {
  switch (name) {
    case 'required':
      return 'is missing';
    case 'minLength':
      return params.limit === 1
        ? 'is missing'
        : `is too short: it takes at least ${params.limit} characters`;
    case 'maxLength':
      return `is too long: it takes at most ${params.limit} characters`;
    case 'minimum':
      return `is too small: it takes at least ${params.limit}`;
    case 'maximum':
      return `is too large: it takes at most ${params.limit}`;
    case 'enum':
      return 'is none of the choices';
    case 'pattern':
      return 'has characters that are not allowed here';
    default:
      return undefined;
  }
}

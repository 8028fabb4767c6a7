import { GraphQLError } from 'graphql';

/**
 * An error of one field, with the `type` that GitHub gives beside the message:
 * `NOT_FOUND`, `FORBIDDEN`, `UNPROCESSABLE`, `STALE_DATA`...
 */
export function graphqlError(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** GitHub's wording of errors: where the type stands, and how validation reads. */
export function wordError(error: GraphQLError): Record<string, unknown> {
  const { type, ...extensions } = error.extensions;
  const { code, typeName, fieldName, message } = wordValidation(error.message);
  const path = error.path ?? (code ? undefined : []);
  return {
    ...(type ? { type } : {}),
    ...(path?.length ? { path } : {}),
    ...(code
      ? { extensions: { ...extensions, code, typeName, fieldName } }
      : {}),
    locations: error.locations ?? [],
    message,
  };
}

function wordValidation(message: string): {
  message: string;
  code?: string;
  typeName?: string;
  fieldName?: string;
} {
  const unknown = /^Cannot query field "(.+?)" on type "(.+?)"/.exec(message);
  if (unknown) {
    const [, fieldName, typeName] = unknown;
    return {
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
      code: 'undefinedField',
      typeName,
      fieldName,
    };
  }
  const argument = /^Unknown argument "(.+?)" on field "(.+?)\.(.+?)"/.exec(
    message,
  );
  if (argument) {
    const [, name, typeName, fieldName] = argument;
    return {
      message: `Field '${fieldName}' doesn't accept argument '${name}'`,
      code: 'argumentNotAccepted',
      typeName,
      fieldName,
    };
  }
  const required =
    /^Field "(.+?)" argument "(.+?)" of type ".+?" is required/.exec(message);
  if (required) {
    const [, fieldName, name] = required;
    return {
      message: `Field '${fieldName}' is missing required arguments: ${name}`,
      code: 'missingRequiredArguments',
      fieldName,
    };
  }
  return { message };
}

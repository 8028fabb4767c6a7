import {
  FromStringShapeDeserializer,
  ToStringShapeSerializer,
} from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { matchPath } from './matchPath';
import { WireRequest } from './Protocol';
import { OperationModel } from './ServiceModel';

const RFC3339 = 5;
// Headers, labels and the query string; each location has its own format of time.
const TEXT_SETTINGS = {
  httpBindings: true,
  timestampFormat: { useTrait: true, default: RFC3339 },
} as const;

function readText(schema: NormalizedSchema, name: string, text: string) {
  const value = new FromStringShapeDeserializer(TEXT_SETTINGS).read(
    schema,
    text,
  );
  if (typeof value === 'number' && Number.isNaN(value)) {
    throw new SyntaxError(`'${text}' at '${name}' is not a number`);
  }
  if (schema.isBooleanSchema() && !/^(true|false)$/i.test(text)) {
    throw new SyntaxError(`'${text}' at '${name}' is not true or false`);
  }
  return value;
}

/**
 * The members of an input that stand in path, query string and headers.
 *
 * @throws SyntaxError - text that is not what the member is
 * @see https://smithy.io/2.0/spec/http-bindings.html
 */
export function readBindings(
  operation: OperationModel,
  request: WireRequest,
): Record<string, unknown> {
  const labels = matchPath(operation.http!, request) ?? {};
  const query = new URLSearchParams(request.url.split('?')[1]);
  const input: Record<string, unknown> = {};

  for (const [name, member] of operation.input.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpLabel) {
      input[name] = readText(member, name, labels[name]);
    } else if (traits.httpQuery) {
      const values = query.getAll(traits.httpQuery);
      if (values.length > 0) {
        input[name] = member.isListSchema()
          ? values.map(value => readText(member.getValueSchema(), name, value))
          : readText(member, name, values[0]);
      }
    } else if (traits.httpQueryParams) {
      input[name] = Object.fromEntries(
        [...new Set(query.keys())].map(key => [
          key,
          member.getValueSchema().isListSchema()
            ? query.getAll(key)
            : query.get(key),
        ]),
      );
    } else if (traits.httpHeader) {
      const value = request.headers[traits.httpHeader.toLocaleLowerCase('en')];
      if (value !== undefined) {
        input[name] = readText(member, name, String(value));
      }
    } else if (traits.httpPrefixHeaders !== undefined) {
      const prefix = traits.httpPrefixHeaders.toLocaleLowerCase('en');
      input[name] = Object.fromEntries(
        Object.entries(request.headers)
          .filter(([header]) => header.startsWith(prefix))
          .map(([header, value]) => [header.slice(prefix.length), value]),
      );
    }
  }
  return input;
}

/** Whether a member stands somewhere else than in the body. */
export function isBound(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits();
  return Boolean(
    traits.httpLabel ||
      traits.httpQuery ||
      traits.httpQueryParams ||
      traits.httpHeader ||
      traits.httpPrefixHeaders !== undefined ||
      traits.httpResponseCode,
  );
}

/** The member that is the whole body, with its name; undefined when there is none. */
export function payloadOf(
  schema: NormalizedSchema,
): [string, NormalizedSchema] | undefined {
  return [...schema.structIterator()].find(
    ([, member]) => member.getMergedTraits().httpPayload,
  );
}

/** The headers that a reply's members ask for. */
export function writeHeaders(
  schema: NormalizedSchema,
  output: Record<string, unknown>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, member] of schema.structIterator()) {
    const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
    const value = output[name];
    if (value === undefined || value === null) {
      continue;
    }
    if (httpHeader) {
      const serializer = new ToStringShapeSerializer(TEXT_SETTINGS);
      serializer.write(member, value);
      headers[httpHeader.toLocaleLowerCase('en')] = serializer.flush();
    } else if (httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(value)) {
        headers[`${httpPrefixHeaders}${key}`.toLocaleLowerCase('en')] =
          String(text);
      }
    }
  }
  return headers;
}

/** The status of success, where a member of the output may name it. */
export function statusOf(
  operation: OperationModel,
  output: Record<string, unknown>,
): number {
  for (const [name, member] of operation.output.structIterator()) {
    if (member.getMergedTraits().httpResponseCode) {
      return Number(output[name] ?? operation.http!.status);
    }
  }
  return operation.http!.status;
}

import { NormalizedSchema } from '@smithy/core/schema';

/** Where an operation of a REST service lives: method, path with `{labels}`, and status of success. */
export interface HttpBinding {
  method: string;
  /** `/clusters/{name}/updates`; a query string with fixed parts may follow. */
  path: string;
  status: number;
}

/** One operation of a service: its name and the shapes that go in and out. */
export interface OperationModel {
  name: string;
  input: NormalizedSchema;
  output: NormalizedSchema;
  /** Undefined where the service's own protocol does not bind operations to paths. */
  http?: HttpBinding;
}

/** One modelled error of a service. */
export interface ErrorModel {
  /** Shape name, `RepositoryNotFoundException`. */
  name: string;
  /** Code on the wire of the query protocol; often the name, not always. */
  queryCode: string;
  status: number;
  schema: NormalizedSchema;
}

/** What a service's own client package says about its wire format. */
export interface ServiceModel {
  /** What the SDK's client speaks, `aws.protocols#restJson1`. */
  protocolId: string;
  /** `com.amazonaws.ecr` */
  namespace: string;
  /** XML namespace of replies in the query protocol. */
  xmlNamespace: string;
  /** API version, `2014-10-31`. */
  version: string;
  operations: Map<string, OperationModel>;
  errors: Map<string, ErrorModel>;
}

interface ProtocolSettings {
  defaultNamespace: string;
  xmlNamespace?: string;
  version?: string;
}

/** The part of an SDK client that says which protocol it speaks. */
export interface SdkClient {
  config: object;
}

// Static schemas are tuples; the first entry tells operation from error.
// https://smithy.io/2.0/spec/model.html, as laid out by @smithy/core/schema.
const OPERATION = 9;
const ERROR = -3;

type OperationTuple = [
  9,
  string,
  string,
  { http?: [string, string, number] } | number,
  () => any,
  () => any,
];
type ErrorTuple = [-3, string, string, Record<string, any>, ...unknown[]];

interface ClientConfig {
  protocol: { getShapeId(): string };
  protocolSettings: ProtocolSettings;
}

/**
 * Reads a service's operations and errors from the schemas that its SDK client
 * package exports.
 *
 * @param sdk - the namespace of `@aws-sdk/client-*`
 * @param client - any client of that package; it is not used to send
 */
export function readServiceModel(
  sdk: Record<string, unknown>,
  client: SdkClient,
): ServiceModel {
  const { protocol, protocolSettings: settings } =
    client.config as ClientConfig;
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();

  for (const exported of Object.values(sdk)) {
    if (!Array.isArray(exported)) {
      continue;
    }
    if (exported[0] === OPERATION) {
      const [, , name, traits, input, output] = exported as OperationTuple;
      const http = typeof traits === 'object' ? traits.http : undefined;
      operations.set(name, {
        name,
        input: NormalizedSchema.of(input),
        output: NormalizedSchema.of(output),
        http: http && { method: http[0], path: http[1], status: http[2] },
      });
    } else if (exported[0] === ERROR) {
      const [, , name, traits] = exported as ErrorTuple;
      const [queryCode, queryStatus] = traits?.awsQueryError ?? [];
      errors.set(name, {
        name,
        queryCode: queryCode ?? name,
        status:
          traits?.httpError ??
          queryStatus ??
          (traits?.error === 'server' ? 500 : 400),
        schema: NormalizedSchema.of(exported as any),
      });
    }
  }

  return {
    protocolId: protocol.getShapeId(),
    namespace: settings.defaultNamespace,
    xmlNamespace: settings.xmlNamespace ?? '',
    version: settings.version ?? '',
    operations,
    errors,
  };
}

/** Finds a modelled error by its shape name or by its code on the wire. */
export function findError(
  model: ServiceModel | undefined,
  code: string,
): ErrorModel | undefined {
  if (!model) {
    return undefined;
  }
  const byName = model.errors.get(code);
  if (byName) {
    return byName;
  }
  for (const candidate of model.errors.values()) {
    if (candidate.queryCode === code) {
      return candidate;
    }
  }
  return undefined;
}

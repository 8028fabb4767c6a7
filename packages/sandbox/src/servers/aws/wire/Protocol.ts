import { IncomingHttpHeaders } from 'node:http';
import { ErrorModel, OperationModel, ServiceModel } from './ServiceModel';

/** A request as it came in; `body` is already decompressed. */
export interface WireRequest {
  method: string;
  /** Path and query string. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface WireReply {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** What a protocol needs to know to write an error. */
export interface WireError {
  /** Code as the service calls it. */
  code: string;
  message: string;
  status: number;
  /** The service's own model of the error; undefined for common errors. */
  model: ErrorModel | undefined;
  /** Members of the error's shape beside the message. */
  members?: Record<string, unknown>;
}

/** How requests are read and replies written; one each for the formats that AWS speaks. */
export interface Protocol {
  /**
   * Name of the operation that the request asks for; undefined when it names
   * none. REST services name it by path, which only their model explains.
   */
  operationName(
    request: WireRequest,
    service: ServiceModel | undefined,
  ): string | undefined;
  /** Reads the input of an operation. @throws SyntaxError when it is malformed. */
  decode(
    operation: OperationModel,
    request: WireRequest,
  ): Promise<Record<string, unknown>>;
  encode(
    service: ServiceModel,
    operation: OperationModel,
    output: object,
    request: WireRequest,
    requestId: string,
  ): WireReply;
  encodeError(
    service: ServiceModel | undefined,
    error: WireError,
    request: WireRequest,
    requestId: string,
  ): WireReply;
  /** Codes of the errors that every service shares; they differ by protocol. */
  readonly commonErrors: CommonErrors;
}

export interface CommonErrors {
  missingCredentials: { code: string; status: number };
  unknownCredentials: { code: string; status: number };
  expiredCredentials: { code: string; status: number };
  throttled: { code: string; status: number };
  unknownOperation: { code: string; status: number };
  malformedRequest: { code: string; status: number };
  internalFailure: { code: string; status: number };
}

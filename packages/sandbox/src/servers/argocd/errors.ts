import { ArgocdError, GRPC } from '../../world/argocd/ArgocdError';
import { ErrorReply, HttpError } from '../createServer';

/** HTTP status of a gRPC code, as grpc-gateway maps it. */
const HTTP_OF: Record<keyof typeof GRPC, number> = {
  Unknown: 500,
  InvalidArgument: 400,
  NotFound: 404,
  AlreadyExists: 409,
  PermissionDenied: 403,
  FailedPrecondition: 400,
  Unimplemented: 501,
  Internal: 500,
  Unauthenticated: 401,
};

/** gRPC code of an HTTP status, for errors that did not come from the engine. */
const GRPC_OF: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  501: 12,
  503: 14,
  504: 4,
};

/** Errors of the engine as HTTP errors; others stay what they are. */
export function toHttpError(error: unknown): unknown {
  return error instanceof ArgocdError
    ? new HttpError(HTTP_OF[error.code], error.message, {
        code: GRPC[error.code],
      })
    : error;
}

/** An error in Argo CD's shape: `{error, code, message}`. */
export function argocdErrorReply(error: HttpError): ErrorReply {
  return {
    body: {
      error: error.message,
      code: error.details.code ?? GRPC_OF[error.status] ?? 2,
      message: error.message,
    },
  };
}

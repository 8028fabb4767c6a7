/** Status codes of gRPC that Argo CD answers with. */
export const GRPC = {
  Unknown: 2,
  InvalidArgument: 3,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  FailedPrecondition: 9,
  Unimplemented: 12,
  Internal: 13,
  Unauthenticated: 16,
} as const;

/** A refusal in Argo CD's own words, with its gRPC code. */
export class ArgocdError extends Error {
  constructor(readonly code: keyof typeof GRPC, message: string) {
    super(message);
  }
}

/** What Argo CD says of an application that does not exist: it does not tell it from a forbidden one. */
export const permissionDenied = () =>
  new ArgocdError('PermissionDenied', 'permission denied');

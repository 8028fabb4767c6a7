/**
 * An error as AWS would answer it.
 *
 * `code` is the shape name of the service's error (`RepositoryNotFoundException`)
 * or, for errors that the service does not model, the code on the wire
 * (`ValidationError`). The HTTP status comes from the service's own model;
 * `status` is used when it has none.
 */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number = 400,
    /** Members that the error's shape has beside its message, `clusterName`. */
    readonly members: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = code;
  }
}

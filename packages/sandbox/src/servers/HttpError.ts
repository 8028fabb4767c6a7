/** An error that a handler throws; the server words it as its vendor does. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Anything the vendor's error shape needs, such as a code. */
    readonly details: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

import { ResponseError } from '@backstage/errors';

/** An error in the words of the person who meets it. */
export interface ExplainedError {
  /** Cause, in one sentence. */
  cause: string;
  /** What to do about it. */
  step: string;
  /** Identifier under which the server logged it, when it gave one. */
  requestId?: string;
  /** The viewer lacks the right: not a fault. */
  notAllowed: boolean;
}

const STEPS: Record<number, string> = {
  400: 'Correct the input and try again.',
  401: 'Your session has ended. Sign in again.',
  403: 'Ask the owner of the platform, or the platform team, for access.',
  404: 'Check the address, or look for it on the Environments page.',
  409: 'Somebody else was faster. Look at the present state and decide again.',
  429: 'Wait a minute and try again.',
  503: 'A source is down. Try again in a minute.',
};

/** Says what went wrong and what to do, from whatever was thrown. */
export function explainError(error: unknown): ExplainedError {
  if (error instanceof ResponseError) {
    return {
      cause: error.body?.error?.message || error.message,
      step:
        STEPS[error.statusCode] ??
        'Try again; if it stays, tell the platform team.',
      requestId: error.response?.headers?.get?.('x-request-id') ?? undefined,
      notAllowed: error.statusCode === 403,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const offline = error instanceof TypeError;
  return {
    cause: offline ? `The portal cannot be reached (${message}).` : message,
    step: offline
      ? 'Check your connection; this page tries again by itself.'
      : 'Try again; if it stays, tell the platform team.',
    notAllowed: false,
  };
}

import { CustomErrorBase } from '@backstage/errors';

/** The idempotency key was used before, for another request. Answered with 422. */
export class IdempotencyConflictError extends CustomErrorBase {
  name = 'IdempotencyConflictError' as const;
  readonly statusCode = 422;
}

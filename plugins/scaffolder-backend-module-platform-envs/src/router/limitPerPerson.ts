import { HttpAuthService } from '@backstage/backend-plugin-api';
import { ErrorResponseBody, serializeError } from '@backstage/errors';
import { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';

/** Fast typing gives one a second at most; each asks GitHub and AWS. */
const PER_MINUTE = 60;

/**
 * Counts the requests of each person, on this replica, and answers 429 with
 * `Retry-After` beyond sixty a minute. Who is not signed in gets no count: the
 * request is refused before.
 */
export function limitPerPerson(httpAuth: HttpAuthService): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: PER_MINUTE,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    keyGenerator: async (req: Request) => {
      const { principal } = await httpAuth.credentials(req, {
        allow: ['user'],
      });
      return principal.userEntityRef;
    },
    handler: (req, res) => {
      const error = new Error(
        `You asked more than ${PER_MINUTE} times within a minute; wait a moment`,
      );
      error.name = 'TooManyRequestsError';
      const body: ErrorResponseBody = {
        error: serializeError(error),
        request: { method: req.method, url: req.url },
        response: { statusCode: 429 },
      };
      res.status(429).json(body);
    },
  });
}

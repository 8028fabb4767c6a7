import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';

const MAX_PAGE_SIZE = 100;

/**
 * One page of a list of EventBridge Scheduler or Secrets Manager, whose pages
 * hold up to 100.
 *
 * @param tokenError - what the service says of a token that is none
 * @throws AwsError - ValidationException for a size out of range, or `tokenError`.
 */
export function validatedPage<T>(
  items: T[],
  request: { MaxResults?: number; NextToken?: string },
  tokenError: AwsError,
): { items: T[]; nextToken: string | undefined } {
  const size = request.MaxResults ?? MAX_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must be between 1 and ${MAX_PAGE_SIZE}`,
    );
  }
  return paginate(items, { token: request.NextToken, size, tokenError });
}

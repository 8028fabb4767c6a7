import { AwsError } from '../../world/aws/AwsError';
import { paginate } from '../../world/aws/paginate';

const MAX_PAGE_SIZE = 100;

/**
 * One page of a list of EKS, whose pages hold up to 100.
 *
 * @throws AwsError - InvalidParameterException
 */
export function eksPage<T>(
  items: T[],
  request: { maxResults?: number; nextToken?: string },
): { items: T[]; nextToken: string | undefined } {
  const size = request.maxResults ?? MAX_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) {
    throw new AwsError(
      'InvalidParameterException',
      `maxResults must be between 1 and ${MAX_PAGE_SIZE}`,
    );
  }
  return paginate(items, {
    token: request.nextToken,
    size,
    tokenError: new AwsError('InvalidParameterException', 'Invalid token'),
  });
}

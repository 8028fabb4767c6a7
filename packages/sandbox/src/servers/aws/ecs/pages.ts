import { AwsError } from '../../../world/aws/AwsError';
import { Page, paginate } from '../../../world/aws/paginate';

const MOST = 100;

/**
 * A page of a list as ECS cuts it.
 *
 * @throws AwsError - InvalidParameterException: the token or the size is wrong.
 */
export function pageOf<T>(
  items: T[],
  input: { nextToken?: string; maxResults?: number },
  usual = MOST,
): Page<T> {
  const size = input.maxResults ?? usual;
  if (!(size >= 1 && size <= MOST)) {
    throw new AwsError(
      'InvalidParameterException',
      `maxResults must be between 1 and ${MOST}.`,
    );
  }
  return paginate(items, {
    token: input.nextToken,
    size,
    tokenError: new AwsError('InvalidParameterException', 'Invalid token.'),
  });
}

/**
 * Looks each name up; what is not there becomes a failure, as in all Describe
 * calls of ECS.
 */
export function describeEach<T, Shape>(
  names: string[],
  find: (name: string) => T | undefined,
  describe: (found: T) => Shape,
  arnOf: (name: string) => string,
): { found: Shape[]; failures: Array<{ arn: string; reason: string }> } {
  const found: Shape[] = [];
  const failures: Array<{ arn: string; reason: string }> = [];
  for (const name of new Set(names)) {
    const item = find(name);
    if (item) {
      found.push(describe(item));
    } else {
      failures.push({ arn: arnOf(name), reason: 'MISSING' });
    }
  }
  return { found, failures };
}

/** @throws AwsError - InvalidParameterException: the list of names is empty or too long. */
export function checkNames(
  names: string[] | undefined,
  what: string,
  most: number,
): string[] {
  if (!names?.length) {
    throw new AwsError('InvalidParameterException', `${what} cannot be empty.`);
  }
  if (names.length > most) {
    throw new AwsError(
      'InvalidParameterException',
      `${what} cannot have more than ${most} items.`,
    );
  }
  return names;
}

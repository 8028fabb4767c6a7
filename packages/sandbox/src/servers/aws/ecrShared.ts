import type { Tag } from '@aws-sdk/client-ecr';
import { AwsError } from '../../world/aws/AwsError';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

/** Size of a page that a call asks for, 1 to 1000. @throws AwsError - InvalidParameterException */
export function pageSize(maxResults: number | undefined): number {
  if (maxResults === undefined) {
    return DEFAULT_PAGE_SIZE;
  }
  if (maxResults < 1 || maxResults > MAX_PAGE_SIZE) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be between 1 and ${MAX_PAGE_SIZE}'`,
    );
  }
  return maxResults;
}

/** What ECR says of a token that is not its own. */
export function invalidToken(): AwsError {
  return new AwsError(
    'InvalidParameterException',
    "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid nextToken'",
  );
}

/** Tags by key. */
export function toRecord(tags: Tag[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (tags ?? []).map(({ Key, Value }) => [Key!, Value ?? '']),
  );
}

/** Exceptions from tag mutability as the wire has them. */
export function exclusionFilters(patterns: string[] | undefined) {
  return patterns?.map(filter => ({ filter, filterType: 'WILDCARD' as const }));
}

import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { StackPlace } from '@fairway/plugin-platform-envs-node';

/** An error of CloudFormation, STS or the network as one of ours, in words that name the next step. */
export function explainStackError(
  error: unknown,
  { accountId, region }: StackPlace,
): Error {
  const { name = 'Error', message = String(error) } = error as Error;
  if (
    /AccessDenied|UnauthorizedOperation|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(
      name,
    )
  ) {
    return new NotAllowedError(
      `No access to AWS account ${accountId} (${message}); check the role that aws.accounts or aws.accountDefaults names, whom it trusts, and its rights on cloudformation (docs/operations/rights.md)`,
    );
  }
  if (/Throttl|TooManyRequests|RequestLimitExceeded/.test(name)) {
    return new ServiceUnavailableError(
      `AWS account ${accountId} throttles calls of CloudFormation in ${region}; asking again`,
    );
  }
  if (/Timeout|Abort/.test(name)) {
    return new ServiceUnavailableError(
      `CloudFormation in ${region} of account ${accountId} did not answer in time`,
    );
  }
  if (name === 'ValidationError' && /does not exist/.test(message)) {
    return new NotFoundError(message);
  }
  if (name === 'ValidationError' && /in progress|_IN_PROGRESS/i.test(message)) {
    return new ConflictError(
      `CloudFormation does not begin a drift detection now: ${message}`,
    );
  }
  return new ServiceUnavailableError(
    `CloudFormation in ${region} of account ${accountId} cannot be asked: ${name}: ${message}`,
  );
}

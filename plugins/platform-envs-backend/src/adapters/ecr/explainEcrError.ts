import {
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { EcrRepository } from './EcrImageLabelSource';

/** What went wrong with an image, in the words and classes that the port promises. */
export function explainEcrError(
  error: unknown,
  { accountId, region, name: repository }: EcrRepository,
): Error {
  const { name, message } =
    error instanceof Error ? error : new Error(String(error));
  const where = `The image registry of account ${accountId} in ${region}`;
  if (name === 'NotFoundError') return error as Error;
  if (/^(RepositoryNotFound|ImageNotFound|LayersNotFound)/.test(name)) {
    return new NotFoundError(
      `${where} does not have what ${repository} should be: ${message}`,
    );
  }
  if (
    /AccessDenied|Unauthorized|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|CredentialsProvider/.test(
      name,
    )
  ) {
    return new NotAllowedError(
      `${where} may not be read (${message}); check the role that aws.accounts or aws.accountDefaults names and its rights (docs/operations/rights.md)`,
    );
  }
  if (/Throttl|TooManyRequests|LimitExceeded/.test(name)) {
    return new ServiceUnavailableError(`${where} throttles us`);
  }
  if (/Timeout|Abort/.test(name)) {
    return new ServiceUnavailableError(`${where} did not answer in time`);
  }
  return new ServiceUnavailableError(
    `${where} cannot be asked about ${repository}: ${message}`,
  );
}

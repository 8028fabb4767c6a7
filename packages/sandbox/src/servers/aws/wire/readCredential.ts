import { IncomingHttpHeaders } from 'node:http';

/** What the SigV4 header of a request says about its sender. */
export interface Credential {
  accessKeyId: string;
  region: string;
  /** Signing name of the service, `ecr`, `monitoring`. */
  service: string;
  sessionToken: string | undefined;
}

/**
 * Reads the credential scope of a SigV4 (or SigV4A) `Authorization` header.
 *
 * The signature itself is not verified. Undefined when there is no such header.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function readCredential(
  headers: IncomingHttpHeaders,
): Credential | undefined {
  const match =
    /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
      headers.authorization ?? '',
    );
  if (!match) {
    return undefined;
  }
  const token = headers['x-amz-security-token'];
  return {
    accessKeyId: match[1],
    region: match[2],
    service: match[3],
    sessionToken: Array.isArray(token) ? token[0] : token,
  };
}

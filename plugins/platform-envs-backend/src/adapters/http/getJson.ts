import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';

/** How to enter: a token, or a name and a password, or nothing. */
export interface HttpAuth {
  token?: string;
  username?: string;
  password?: string;
  /** Sent as they are, e.g. `X-Scope-OrgID`. */
  headers?: Record<string, string>;
}

/** Where an upstream is, and how it is called in messages. */
export interface HttpUpstream {
  /** For people, e.g. `Grafana main`. */
  title: string;
  /** Without trailing slash. */
  url: string;
  auth: HttpAuth;
  /** Configuration that holds the credentials, for messages. */
  authKey: string;
  /** How long one answer may take. */
  timeoutMs: number;
}

/** More than that is no answer to a question of ours, and would stall the process. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * An answer as JSON. Redirects are not followed: a sign-in page is no answer,
 * and the token is for this host alone.
 *
 * @throws NotAllowedError - 401 or 403, naming the key of the credentials.
 * @throws ServiceUnavailableError - anything else that is not JSON of a good answer.
 */
export async function getJson(
  upstream: HttpUpstream,
  path: string,
  options: {
    signal: AbortSignal;
    form?: Record<string, string>;
    /** What a 404 means, where it means something. */
    onMissing?: () => Error;
  },
): Promise<unknown> {
  const { title, url, timeoutMs } = upstream;
  const signal = AbortSignal.any([
    options.signal,
    AbortSignal.timeout(timeoutMs),
  ]);
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url}${path}`, {
      method: options.form ? 'POST' : 'GET',
      redirect: 'manual',
      signal,
      headers: {
        Accept: 'application/json',
        ...authHeaders(upstream.auth),
      },
      ...(options.form && { body: new URLSearchParams(options.form) }),
    });
    status = response.status;
    text = await readText(response);
  } catch (error) {
    // given to the constructor, the cause would be told a second time
    throw Object.assign(
      new ServiceUnavailableError(
        `${title} at ${url} cannot be read: ${causeOf(error)}`,
      ),
      { cause: error },
    );
  }
  if (status >= 200 && status < 300) return parse(upstream, text);
  if (status === 404 && options.onMissing) throw options.onMissing();
  if (status === 401 || status === 403) {
    throw new NotAllowedError(
      `${title} refuses the credentials (${status}${reasonIn(text)}); see ${
        upstream.authKey
      }`,
    );
  }
  throw new ServiceUnavailableError(
    status >= 300 && status < 400
      ? `${title} answered with a redirect (${status}), as to a sign-in page; check its URL and ${upstream.authKey}`
      : `${title} answered ${status}${reasonIn(text)}`,
  );
}

function authHeaders(auth: HttpAuth): Record<string, string> {
  const { token, username, password = '', headers } = auth;
  if (token) return { ...headers, Authorization: `Bearer ${token}` };
  if (username === undefined) return { ...headers };
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { ...headers, Authorization: `Basic ${basic}` };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) {
      throw new Error(
        `its answer is over ${MAX_ANSWER_BYTES / 1024 / 1024} MB; ask for less`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse({ title }: HttpUpstream, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceUnavailableError(
      `${title} answered with something that is not JSON`,
    );
  }
}

/** What it says about a refusal, short enough for a log line; never HTML. */
function reasonIn(text: string): string {
  try {
    const { message, error } = JSON.parse(text);
    const reason = message ?? error;
    return reason ? `: ${String(reason).slice(0, 300)}` : '';
  } catch {
    return '';
  }
}

function causeOf(error: unknown): string {
  const { name, message, cause } = error as {
    name?: string;
    message?: string;
    cause?: { code?: string; message?: string };
  };
  if (name === 'TimeoutError') return 'it took too long to answer';
  return cause?.code || cause?.message || message || String(error);
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import { PackedCommit } from './packFolder';

/** The waits before a push is tried again; the last one is long enough for a restart. */
const RETRIES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

const NONE = '0'.repeat(40);

/** Options of {@link pushCommit}. */
export interface PushCommitOptions extends PackedCommit {
  /** For clones, `https://…/….git`. */
  url: string;
  branch: string;
  token: string;
  logger: LoggerService;
  signal?: AbortSignal;
}

/** The server said no. */
class RefusedPushError extends Error {}

/**
 * Makes a commit the first of a branch. What fails by itself, like a connection,
 * is tried again; a push whose answer was lost is found done then.
 *
 * @throws Error - the server refuses the push, the branch has other commits, or
 *   the server does not answer for long.
 * @see https://git-scm.com/docs/http-protocol
 */
export async function pushCommit(options: PushCommitOptions): Promise<void> {
  const { logger, signal } = options;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await push(options);
      return;
    } catch (error) {
      const waitMs = RETRIES_MS[attempt];
      if (waitMs === undefined || !isPassing(error)) throw error;
      logger.warn(
        `The push failed (${reasonOf(error)}); trying again in ${
          waitMs / 1000
        } s`,
      );
      await sleep(waitMs, undefined, { signal });
    }
  }
}

async function push(options: PushCommitOptions): Promise<void> {
  const { url, branch, commit, pack } = options;
  const ref = `refs/heads/${branch}`;
  const refs = await ask(options, `${url}/info/refs?service=git-receive-pack`);
  const there = linesOf(refs)
    .map(line => line.split('\0')[0].trimEnd().split(' '))
    .find(([, name]) => name === ref)?.[0];
  if (there === commit) return;
  if (there) {
    throw new RefusedPushError(
      `${ref} of ${url} has commits already: ${there.slice(0, 12)}`,
    );
  }
  const answer = await ask(options, `${url}/git-receive-pack`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-git-receive-pack-request' },
    body: Buffer.concat([
      packet(`${NONE} ${commit} ${ref}\0 report-status agent=fairway`),
      Buffer.from('0000'),
      pack,
    ]),
  });
  const report = linesOf(answer).map(line => line.trimEnd());
  if (report.includes('unpack ok') && report.includes(`ok ${ref}`)) return;
  const refusal =
    report.find(line => /^ng /.test(line)) ??
    report.find(line => /^unpack /.test(line)) ??
    'it gave no report';
  throw new RefusedPushError(`${url} refused the push: ${refusal}`);
}

/** @throws ResponseError - any answer but 2xx. */
async function ask(
  { token, signal }: PushCommitOptions,
  url: string,
  init: RequestInit = {},
): Promise<Buffer> {
  const user = Buffer.from(`x-access-token:${token}`).toString('base64');
  const response = await fetch(url, {
    ...init,
    headers: {
      ...init.headers,
      authorization: `Basic ${user}`,
      'user-agent': 'git/2 (fairway)',
    },
    signal,
  });
  if (!response.ok) throw await ResponseError.fromResponse(response);
  return Buffer.from(await response.arrayBuffer());
}

function packet(line: string): Buffer {
  const length = Buffer.byteLength(line) + 4;
  return Buffer.from(`${length.toString(16).padStart(4, '0')}${line}`);
}

/** Lines of git's wire format; what is no such line ends them. */
function linesOf(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(size)) break;
    // less than its own four bytes is a mark between parts
    if (size >= 4) lines.push(bytes.toString('utf8', at + 4, at + size));
    at += Math.max(size, 4);
  }
  return lines;
}

function isPassing(error: unknown): boolean {
  if (error instanceof ResponseError) return error.statusCode >= 500;
  return !(error instanceof RefusedPushError);
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

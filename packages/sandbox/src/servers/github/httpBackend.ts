import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { FastifyReply, FastifyRequest } from 'fastify';
import { gitEnvironment, runGit } from '../../world/runGit';

/** No push of a template or overlay takes longer; a hanging client must not hold a process. */
const LONGEST_MS = 120_000;

/** What `git http-backend` is asked, and for whom. */
export interface BackendCall {
  /** Folder that the repositories are below. */
  root: string;
  /** `owner/name`. */
  repository: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  service: string;
  login: string;
  /** Rewrites a whole answer before it is sent; without it, answers are piped. */
  rewrite?(answer: Buffer): Buffer;
}

let backendPath: Promise<string> | undefined;

/** Where git keeps its CGI program. */
function httpBackend(): Promise<string> {
  backendPath ??= runGit(['--exec-path']).then(out =>
    join(out.toString().trim(), 'git-http-backend'),
  );
  return backendPath;
}

/**
 * Has git's own server answer a request. When it is done, `finish` sends the
 * last of its answer, and `failure` says why there is none.
 *
 * @see https://git-scm.com/docs/git-http-backend
 */
export async function runHttpBackend(
  call: BackendCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ finish(): void; failure?: string }> {
  const child = spawn(await httpBackend(), [], {
    env: gitEnvironment(environmentOf(call, request)),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  timer.unref();

  reply.hijack();
  const { raw } = reply;
  const errors: Buffer[] = [];
  child.stderr.on('data', chunk => errors.push(chunk));
  child.stdin.on('error', () => {});
  raw.on('close', () => {
    if (!raw.writableFinished) {
      child.kill();
    }
  });

  const body = request.method === 'POST' ? request.body : undefined;
  if (body && typeof (body as NodeJS.ReadableStream).pipe === 'function') {
    (body as NodeJS.ReadableStream).pipe(child.stdin);
  } else {
    child.stdin.end(body instanceof Buffer ? body : undefined);
  }

  let head = Buffer.alloc(0);
  let headDone = false;
  const answer: Buffer[] = [];
  const take = (chunk: Buffer) => {
    if (call.rewrite) {
      answer.push(chunk);
    } else if (!raw.write(chunk)) {
      child.stdout.pause();
      raw.once('drain', () => child.stdout.resume());
    }
  };
  child.stdout.on('data', (chunk: Buffer) => {
    if (headDone) {
      take(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      headDone = true;
      writeHead(raw, head.subarray(0, end).toString('latin1'));
      take(head.subarray(end + 4));
    }
  });

  const code = await new Promise<number | null>(resolve => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  clearTimeout(timer);
  if (headDone) {
    return { finish: () => raw.end(call.rewrite?.(Buffer.concat(answer))) };
  }
  return {
    failure: raw.destroyed
      ? undefined
      : `git http-backend ended with ${code}: ${Buffer.concat(errors)}`,
    finish() {
      if (!raw.destroyed) {
        raw.writeHead(500, { 'content-type': 'text/plain' });
        raw.end('git http-backend failed\n');
      }
    },
  };
}

function environmentOf(
  { root, repository, service, login }: BackendCall,
  { headers, ip, method, url }: FastifyRequest,
): Record<string, string> {
  const [, query = ''] = url.split('?');
  const optional = {
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    CONTENT_LENGTH: headers['content-length'],
    GIT_PROTOCOL: headers['git-protocol'],
  };
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_HTTP_MAX_REQUEST_BUFFER: '100M',
    PATH_INFO: `/${repository}.git/${service}`,
    REQUEST_METHOD: method,
    QUERY_STRING: query,
    CONTENT_TYPE: headers['content-type'] ?? '',
    REMOTE_USER: login,
    REMOTE_ADDR: ip,
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([name, value]) =>
        value ? [[name, String(value)]] : [],
      ),
    ),
  };
}

/** Turns a CGI head into an HTTP one. */
function writeHead(raw: FastifyReply['raw'], head: string) {
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const [name, ...rest] = line.split(':');
    const value = rest.join(':').trim();
    if (name.toLowerCase() === 'status') {
      status = Number.parseInt(value, 10);
    } else if (name) {
      headers[name.toLowerCase()] = value;
    }
  }
  raw.writeHead(status, headers);
}

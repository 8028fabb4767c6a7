import {
  BackstageCredentials,
  BackstagePrincipalTypes,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { CustomErrorBase } from '@backstage/errors';
import { Response } from 'express';
import { requireRead } from './authorize';

type Reader = BackstageCredentials<
  BackstagePrincipalTypes['user'] | BackstagePrincipalTypes['service']
>;

/** One person holds too many event streams open; the answer is 429. */
export class TooManyStreamsError extends CustomErrorBase {
  name = 'TooManyStreamsError' as const;
  readonly statusCode = 429;
}

/** Enough for the tabs of one person; more is a fault. */
const MAX_PER_PRINCIPAL = 10;

/** Proxies cut connections that are silent for 30-60 s. */
const HEARTBEAT_MS = 15_000;

/** A person whose rights end is cut off within a minute. */
const REAUTHORIZE_MS = 60_000;

/** At most two hints a second and reader: whoever gets one asks for the whole. */
const COALESCE_MS = 500;

/**
 * Open event streams that tell readers of a new revision and nothing else, so
 * that whoever reads on must ask with their own rights. A reader who is slow
 * gets the newest revision once they catch up; nothing piles up for them.
 */
export class RevisionStreams {
  readonly #open = new Map<string, Set<() => void>>();
  readonly #unsubscribe: () => void;
  readonly #tellers = new Set<(revision: string) => void>();

  constructor(
    private readonly options: {
      permissions: PermissionsService;
      getRevision: () => string;
      onRevision: (listener: (revision: string) => void) => () => void;
    },
  ) {
    this.#unsubscribe = options.onRevision(revision => {
      for (const tell of this.#tellers) tell(revision);
    });
  }

  /** @throws TooManyStreamsError - ten are open for the same principal. */
  open(credentials: Reader, res: Response): void {
    const key = principalOf(credentials);
    const own = this.#open.get(key) ?? new Set();
    if (own.size >= MAX_PER_PRINCIPAL) {
      throw new TooManyStreamsError(
        `You have ${own.size} event streams open, and ${MAX_PER_PRINCIPAL} are allowed; close a tab`,
      );
    }
    this.#open.set(key, own);
    const end = this.#serve(credentials, res, () => {
      own.delete(end);
      if (own.size === 0 && this.#open.get(key) === own) {
        this.#open.delete(key);
      }
    });
    own.add(end);
  }

  /** Ends every stream, as at shutdown. */
  close(): void {
    this.#unsubscribe();
    for (const own of this.#open.values()) for (const end of [...own]) end();
  }

  #serve(credentials: Reader, res: Response, onEnd: () => void): () => void {
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      Connection: 'keep-alive',
    });
    let pending: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    const flush = () => {
      timer = undefined;
      if (pending === undefined || res.writableNeedDrain) return;
      res.write(
        `event: revision\ndata: ${JSON.stringify({ revision: pending })}\n\n`,
      );
      pending = undefined;
    };
    const tell = (revision: string) => {
      pending = revision;
      timer ??= setTimeout(flush, COALESCE_MS);
    };
    res.on('drain', flush);
    const timers: NodeJS.Timeout[] = [];
    const end = () => {
      clearTimeout(timer);
      timers.forEach(clearInterval);
      this.#tellers.delete(tell);
      onEnd();
      res.end();
    };
    timers.push(
      setInterval(() => {
        if (!res.writableNeedDrain) res.write(': heartbeat\n\n');
      }, HEARTBEAT_MS),
      setInterval(() => {
        requireRead(this.options.permissions, credentials).catch(end);
      }, REAUTHORIZE_MS),
    );
    res.on('close', end);
    this.#tellers.add(tell);
    pending = this.options.getRevision();
    flush();
    return end;
  }
}

function principalOf({ principal }: Reader): string {
  return principal.type === 'user'
    ? principal.userEntityRef
    : `service:${principal.subject}`;
}

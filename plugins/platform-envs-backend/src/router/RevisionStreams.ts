import {
  BackstageCredentials,
  BackstagePrincipalTypes,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { CustomErrorBase } from '@backstage/errors';
import { OverviewStreamEvent } from '@fairway/plugin-platform-envs-common';
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

/**
 * Two hints a second and reader over time; after quiet the first three go at
 * once, since one merge is heard of from Git and from the deployment system.
 * Two more are kept for news: a row that nothing was told of for a while. So a
 * merge is seen at once also while rollouts of others go on.
 */
const PACE = { everyMs: 500, atOnce: 5, forNews: 2 };

/** A row of which nothing was told for so long is news when it changes. */
const NEWS_AFTER_MS = 10_000;

/** Whoever hears of more rows than this asks for the board as a whole. */
const MAX_NAMED = 50;

/** What a reader is still to be told, as one hint. */
class PendingHint {
  #revision?: string;
  /** Undefined: anything may have changed. */
  #changed?: Set<string> = new Set();

  get isThere(): boolean {
    return this.#revision !== undefined;
  }

  add({ revision, changed }: OverviewStreamEvent): void {
    this.#revision = revision;
    if (!changed) this.#changed = undefined;
    for (const ref of changed ?? []) this.#changed?.add(ref);
    if (this.#changed && this.#changed.size > MAX_NAMED) {
      this.#changed = undefined;
    }
  }

  take(): OverviewStreamEvent {
    const hint = {
      revision: this.#revision!,
      ...(this.#changed && { changed: [...this.#changed] }),
    };
    this.#revision = undefined;
    this.#changed = new Set();
    return hint;
  }
}

/** When the next hint may go, so that a burst is short and the rest is slow. */
class Pace {
  #spare = PACE.atOnce;
  #countedAt = Date.now();

  /** Milliseconds until there is one to {@link spend}. */
  waitMs(isNews: boolean): number {
    const passedMs = Date.now() - this.#countedAt;
    const earned = Math.floor(passedMs / PACE.everyMs);
    if (earned < 0 || this.#spare + earned >= PACE.atOnce) {
      this.#spare = PACE.atOnce;
      this.#countedAt = Date.now();
    } else {
      this.#spare += earned;
      this.#countedAt += earned * PACE.everyMs;
    }
    const missing = (isNews ? 1 : 1 + PACE.forNews) - this.#spare;
    return missing > 0
      ? this.#countedAt + missing * PACE.everyMs - Date.now()
      : 0;
  }

  spend(): void {
    this.#spare -= 1;
  }
}

/** Which rows were told of not long ago; to all readers the same. */
class RecentRows {
  /** In the order in which they were told of. */
  readonly #toldAt = new Map<string, number>();

  /** Notes rows; says whether one of them is news. */
  note(refs: string[]): boolean {
    const now = Date.now();
    for (const [ref, at] of this.#toldAt) {
      if (now - at < NEWS_AFTER_MS && now >= at) break;
      this.#toldAt.delete(ref);
    }
    const isNews = refs.some(ref => !this.#toldAt.has(ref));
    for (const ref of refs) {
      this.#toldAt.delete(ref);
      this.#toldAt.set(ref, now);
    }
    return isNews;
  }
}

/**
 * Open event streams that tell readers of a new revision and which rows it
 * concerns, not what is in them, so that whoever reads on must ask with their
 * own rights. Nothing piles up for a reader who is slow: once they catch up
 * they get one hint, without names when those were many.
 */
export class RevisionStreams {
  readonly #open = new Map<string, Set<() => void>>();
  readonly #unsubscribe: () => void;
  readonly #tellers = new Set<
    (hint: OverviewStreamEvent, isNews: boolean) => void
  >();
  readonly #recent = new RecentRows();

  constructor(
    private readonly options: {
      permissions: PermissionsService;
      /** Told that somebody stays until they leave. */
      audience: { stay(): () => void };
      getRevision: () => string;
      onChange: (listener: (hint: OverviewStreamEvent) => void) => () => void;
    },
  ) {
    this.#unsubscribe = options.onChange(hint => {
      // what may be anything is no news of a row
      const isNews = this.#recent.note(hint.changed ?? []);
      for (const tell of this.#tellers) tell(hint, isNews);
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
    const leave = this.options.audience.stay();
    const end = this.#serve(credentials, res, () => {
      leave();
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
    const pending = new PendingHint();
    const pace = new Pace();
    let timer: NodeJS.Timeout | undefined;
    let hasNews = false;
    const flush = () => {
      if (timer || !pending.isThere || res.writableNeedDrain) return;
      const waitMs = pace.waitMs(hasNews);
      if (waitMs > 0) {
        timer = setTimeout(() => {
          timer = undefined;
          flush();
        }, waitMs);
        return;
      }
      pace.spend();
      hasNews = false;
      res.write(`event: revision\ndata: ${JSON.stringify(pending.take())}\n\n`);
    };
    const tell = (hint: OverviewStreamEvent, isNews: boolean) => {
      pending.add(hint);
      if (isNews && !hasNews) {
        // it does not wait for as long as others do
        hasNews = true;
        clearTimeout(timer);
        timer = undefined;
      }
      flush();
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
    tell({ revision: this.options.getRevision() }, false);
    return end;
  }
}

function principalOf({ principal }: Reader): string {
  return principal.type === 'user'
    ? principal.userEntityRef
    : `service:${principal.subject}`;
}

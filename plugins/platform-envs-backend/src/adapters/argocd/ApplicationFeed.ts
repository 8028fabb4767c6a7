import { LoggerService } from '@backstage/backend-plugin-api';
import { Deployment, Pace } from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { inSlices } from '../../inSlices';
import { ApplicationBook, keyOf } from './ApplicationBook';
import { ArgocdClient } from './ArgocdClient';
import { UnusableAnswerError } from './ArgocdHttp';

/** How often, how long and how soon. */
export interface FeedTimes {
  relistIntervalMs: number;
  idleTimeoutMs: number;
  backoffMs: { min: number; max: number };
  confirmDelayMs: number;
  /** When projects are to be listed with the applications. */
  projects: Pick<Pace, 'isDue'>;
}

/** Who hears what the feed finds. */
export interface FeedListeners {
  /** Upstream said something. */
  onContact(): void;
  /** Upstream can be relied on again. */
  onRecovered(): void;
  onFailure(error: unknown): void;
  /** A list was taken over. */
  onList(changed: boolean): void;
  /** A change came; `deployment` is what it is now. */
  onApplication(deployment: Deployment, changed: boolean): void;
  onRemoved(deployment: Deployment, changed: boolean): void;
  /** An application was told of that is as it was. */
  onRepeated(): void;
  /** Sync windows and the like, all projects at once. */
  onProjects(projects: unknown[]): void;
}

/** Of how many projects one lost application is asked about. */
const MAX_ASKED = 5;

/** A list that is shorter than this share of what was known is asked again before it is believed. */
const SUSPICIOUS_SHARE = 0.7;

/**
 * Keeps a book of applications in line with one Argo CD: a narrow list, then
 * the stream of changes.
 *
 * 1. List applications and projects.
 * 2. Follow the stream from the list's resource version.
 * 3. List again every `relistIntervalMs`, and after every loss of the stream.
 * 4. On failure, wait with jitter; a long run begins the waits anew.
 */
export class ApplicationFeed {
  #listing?: Promise<string | undefined>;
  /** Whether the last list was not believed; then that is already told. */
  #isDoubted = false;
  /** When projects were last asked for, milliseconds since 1970. */
  #projectsAt?: number;

  constructor(
    private readonly options: {
      instance: string;
      title: string;
      client: ArgocdClient;
      book: ApplicationBook;
      logger: LoggerService;
      times: FeedTimes;
      parse: (document: unknown) => Deployment | undefined;
      listeners: FeedListeners;
      signal: AbortSignal;
    },
  ) {}

  /** Ends with the signal; never throws. */
  async run(): Promise<void> {
    const { signal, times, listeners } = this.options;
    let attempt = 0;
    while (!signal.aborted) {
      const began = Date.now();
      try {
        const resourceVersion = await this.#list();
        await this.#watch(resourceVersion);
      } catch (error) {
        listeners.onFailure(error);
      }
      attempt = Date.now() - began > times.backoffMs.max ? 0 : attempt + 1;
      await pause(this.#backoff(attempt), signal);
    }
  }

  /**
   * Lists projects, when that is due. Who may not see them does without sync
   * windows.
   */
  async readProjects(): Promise<void> {
    const { client, listeners, logger, instance, signal, times } = this.options;
    if (!times.projects.isDue(this.#projectsAt)) return;
    this.#projectsAt = Date.now();
    try {
      listeners.onProjects(await client.listProjects(signal));
    } catch (error) {
      logger.debug('Argo CD does not tell about projects', {
        instance,
        reason: String(error),
      });
    }
  }

  #backoff(attempt: number): number {
    const { min, max } = this.options.times.backoffMs;
    const ceiling = Math.min(max, min * 2 ** Math.min(attempt, 10));
    return min + Math.random() * (ceiling - min);
  }

  async #watch(resourceVersion: string | undefined): Promise<void> {
    const { client, times, listeners, signal, logger, instance } = this.options;
    let damaged = false;
    const outdated = new AbortController();
    const listAgain = async () => {
      try {
        const listed = await this.#list();
        if (isBefore(listed, resourceVersion)) outdated.abort();
      } catch (error) {
        listeners.onFailure(error);
      }
    };
    const relist = setInterval(listAgain, times.relistIntervalMs);
    try {
      const end = await client.watch({
        resourceVersion,
        idleTimeoutMs: times.idleTimeoutMs,
        signal: AbortSignal.any([signal, outdated.signal]),
        onActivity: () => listeners.onContact(),
        isRepeated: fingerprint => this.#isRepeated(fingerprint),
        onEvent: (...event) => this.#onEvent(...event),
        onMalformed: reason => {
          if (damaged) return;
          damaged = true;
          logger.warn('The stream of Argo CD cannot be read', {
            instance,
            reason,
          });
          listAgain();
        },
      });
      logger.debug('The stream of Argo CD ended', { instance, end });
    } finally {
      clearInterval(relist);
    }
  }

  #isRepeated(fingerprint: string): boolean {
    const { book, listeners } = this.options;
    if (!book.hearAgain(fingerprint)) return false;
    listeners.onRepeated();
    return true;
  }

  #onEvent(type: string, document: unknown, fingerprint: string): void {
    const { book, parse, listeners } = this.options;
    const deployment = parse(document);
    if (!deployment) return;
    if (type === 'DELETED') {
      listeners.onRemoved(deployment, book.delete(deployment));
    } else {
      const changed = book.putWhole(deployment, fingerprint);
      listeners.onApplication(deployment, changed);
    }
  }

  /** One list at a time; who asks while one runs gets that one's answer. */
  #list(): Promise<string | undefined> {
    this.#listing ??= this.#listOnce().finally(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  async #listOnce(): Promise<string | undefined> {
    const { book, times, listeners, signal } = this.options;
    let asked = book.mark();
    let answer = await this.#ask();
    if (this.#isSuspicious(answer.found)) {
      if (!this.#isDoubted) {
        listeners.onFailure(this.#shrunk(answer.found, 'asking again'));
      }
      await pause(times.confirmDelayMs, signal);
      asked = book.mark();
      answer = await this.#ask();
      if (this.#isSuspicious(answer.found)) await this.#confirm(answer.found);
    }
    this.#isDoubted = false;
    const changed = await book.replaceAll(answer.found, asked);
    listeners.onRecovered();
    listeners.onContact();
    void this.readProjects();
    listeners.onList(changed);
    return answer.resourceVersion;
  }

  async #ask() {
    const { client, signal, instance, logger, parse } = this.options;
    const { items, resourceVersion } = await client.list(signal);
    const found = new Map<string, Deployment>();
    let unreadable = 0;
    await inSlices(items, item => {
      const deployment = parse(item);
      if (deployment) found.set(keyOf(deployment), deployment);
      else unreadable++;
    });
    if (unreadable) {
      logger.debug('Applications of Argo CD are left out', {
        instance,
        count: unreadable,
      });
    }
    return { found, resourceVersion };
  }

  #isSuspicious(found: Map<string, Deployment>): boolean {
    return found.size < this.options.book.size * SUSPICIOUS_SHARE;
  }

  /**
   * Applications that were deleted may still be seen by a token that may see
   * them; those that the token lost may not.
   *
   * @throws UnusableAnswerError - the token lost the right to see them.
   */
  async #confirm(found: Map<string, Deployment>): Promise<void> {
    const { book, client, signal } = this.options;
    const lost = new Map(
      book
        .list()
        .filter(d => !found.has(keyOf(d)))
        .map(d => [d.project, d]),
    );
    for (const one of [...lost.values()].slice(0, MAX_ASKED)) {
      const isVisible = await client.mayGet(one, signal).catch(() => true);
      if (isVisible) continue;
      this.#isDoubted = true;
      throw this.#shrunk(
        found,
        'its token may no longer see the others (applications, get)',
      );
    }
  }

  #shrunk(found: Map<string, Deployment>, then: string): UnusableAnswerError {
    const { title, book } = this.options;
    return new UnusableAnswerError(
      `${title} suddenly lists ${found.size} of ${book.size} applications; ${then}`,
    );
  }
}

/** Whether versions went back: then a stream from the later one would leave out all that comes. */
function isBefore(now: string | undefined, then: string | undefined): boolean {
  return !!now && !!then && Number(now) < Number(then);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

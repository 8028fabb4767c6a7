import { LoggerService } from '@backstage/backend-plugin-api';
import { DeploymentEvent } from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationBook, keyOf } from './ApplicationBook';
import { ArgocdClient } from './ArgocdClient';
import { parseEvents } from './parseEvents';
import { parseResourceTree, TreeHealth } from './resourceTree';
import { RevisionNotes } from './RevisionNotes';
import { isUnwell } from './unwell';

/** Whole documents and trees that are fetched side by side. */
const CONCURRENCY = 2;

/**
 * Of more whole documents than `from`, as after the very first start, each reader
 * waits after every one: the rest of the portal and Argo CD have other things to do.
 */
const BACKLOG = { from: 300, pauseMs: 400 };

/** How long an unwell application is left before its tree is read again; doubles while nothing changes. */
const TREE_PAUSE_MS = { min: 5_000, max: 30 * 60_000 };

/** When the tree of an unwell application is read next. */
interface TreeWatch {
  pauseMs: number;
  timer?: NodeJS.Timeout;
}

/**
 * Reads singly what neither list nor stream carries: whole documents of
 * applications that changed without an event, who made their revisions, and
 * the pods and the events of those that are not well. Nobody waits for it.
 */
export class DetailReader {
  readonly #trees = new Map<string, TreeWatch>();
  readonly #treeQueue = new Set<string>();
  /** Of whose history it is to be found out who made it. */
  readonly #historyQueue = new Set<string>();
  #workers = 0;

  constructor(
    private readonly options: {
      book: ApplicationBook;
      client: ArgocdClient;
      revisions: RevisionNotes;
      logger: LoggerService;
      parse: (document: unknown) => Deployment | undefined;
      onChange: () => void;
      signal: AbortSignal;
      treePauseMs?: { min: number; max: number };
      /** Whether somebody looks: for nobody, events are read once, and documents and histories not at all. */
      isAttended: () => boolean;
    },
  ) {
    options.signal.addEventListener('abort', () => {
      for (const { timer } of this.#trees.values()) clearTimeout(timer);
    });
  }

  /** Looks what has become wanted. */
  wake(): void {
    const { book } = this.options;
    for (const deployment of book.list()) this.#watchTree(deployment);
    this.#work();
  }

  /** Looks again at once at what is not well, and on at what was left for nobody, as when somebody comes. */
  lookAgain(): void {
    const { min } = this.options.treePauseMs ?? TREE_PAUSE_MS;
    for (const [key, watch] of this.#trees) {
      clearTimeout(watch.timer);
      watch.pauseMs = min;
      this.#treeQueue.add(key);
    }
    this.#work();
  }

  /** After a change of one application. */
  changed(deployment: Deployment): void {
    this.#forgetTree(keyOf(deployment));
    this.#watchTree(deployment);
    this.#historyQueue.add(keyOf(deployment));
    this.#work();
  }

  /** After one is gone. */
  removed(deployment: Deployment): void {
    this.#forgetTree(keyOf(deployment));
    this.#historyQueue.delete(keyOf(deployment));
  }

  #watchTree(deployment: Deployment): void {
    const key = keyOf(deployment);
    if (!isUnwell(deployment) || deployment.problem) {
      this.#forgetTree(key);
    } else if (!this.#trees.has(key)) {
      const { min } = this.options.treePauseMs ?? TREE_PAUSE_MS;
      this.#trees.set(key, { pauseMs: min });
      this.#treeQueue.add(key);
    }
  }

  #forgetTree(key: string): void {
    clearTimeout(this.#trees.get(key)?.timer);
    this.#trees.delete(key);
    this.#treeQueue.delete(key);
  }

  #work(): void {
    const wanted =
      this.#treeQueue.size + (this.options.isAttended() ? this.#backlog : 0);
    while (this.#workers < Math.min(CONCURRENCY, wanted)) {
      this.#workers++;
      this.#drain().finally(() => {
        this.#workers--;
      });
    }
  }

  /** What is read only while somebody looks. */
  get #backlog(): number {
    return this.options.book.incomplete.size + this.#historyQueue.size;
  }

  async #drain(): Promise<void> {
    const { signal, logger } = this.options;
    while (!signal.aborted) {
      const next = this.#next();
      if (!next) return;
      const { deployment, read, canWait } = next;
      if (!deployment) continue;
      try {
        await read(deployment);
        if (canWait && this.#backlog > BACKLOG.from) {
          await sleep(BACKLOG.pauseMs, undefined, { signal });
        }
      } catch (error) {
        if (signal.aborted) return;
        logger.debug('Argo CD does not tell about an application', {
          instance: deployment.instance,
          application: deployment.name,
          reason: String(error),
        });
      }
    }
  }

  /** Trees of what is not well first, then whole documents, then histories. */
  #next() {
    const { book, revisions, isAttended } = this.options;
    const tree = take(this.#treeQueue);
    if (tree) {
      return {
        deployment: book.get(tree),
        read: (of: Deployment) => this.#readTree(of),
        canWait: false,
      };
    }
    if (!isAttended()) return undefined;
    const document = take(book.incomplete);
    if (document) {
      return {
        deployment: book.get(document),
        read: (of: Deployment) => this.#readDocument(of),
        canWait: true,
      };
    }
    const history = take(this.#historyQueue);
    return (
      history && {
        deployment: book.get(history),
        read: (of: Deployment) => revisions.learn(of),
        canWait: true,
      }
    );
  }

  async #readDocument({ name, namespace }: Deployment): Promise<void> {
    const { book, client, parse, signal } = this.options;
    const asked = book.mark();
    const whole = parse(await client.get(name, { namespace, signal }));
    if (!whole) return;
    if (book.putAnswer(whole, asked)) this.options.onChange();
    this.#watchTree(whole);
    this.#historyQueue.add(keyOf(whole));
  }

  async #readTree(deployment: Deployment): Promise<void> {
    const { book, client, signal } = this.options;
    const key = keyOf(deployment);
    const watch = this.#trees.get(key);
    if (!watch) return;
    try {
      const tree = parseResourceTree(
        await client.resourceTree(deployment.name, {
          namespace: deployment.namespace,
          signal,
        }),
      );
      if (this.#trees.get(key) !== watch) return;
      if (book.putTree(key, tree)) this.options.onChange();
      const events = tree && (await this.#readEvents(deployment, tree));
      if (this.#trees.get(key) !== watch) return;
      if (book.putTree(key, tree, events)) this.options.onChange();
    } finally {
      if (this.#trees.get(key) === watch && !signal.aborted) {
        this.#readTreeLater(key, watch);
      }
    }
  }

  /** Of the application and of what in it is not well; undefined when they cannot be had. */
  async #readEvents(
    { name, namespace }: Deployment,
    { unwell }: TreeHealth,
  ): Promise<DeploymentEvent[] | undefined> {
    const { client, signal, logger, book, isAttended } = this.options;
    const known = book.get(keyOf({ name, namespace }))?.events;
    if (known && !isAttended()) return known;
    try {
      return parseEvents(
        await Promise.all(
          [undefined, ...unwell].map(object =>
            client.events(name, { namespace, object, signal }),
          ),
        ),
      );
    } catch (error) {
      logger.debug('Argo CD does not tell the events of an application', {
        application: name,
        reason: String(error),
      });
      return undefined;
    }
  }

  #readTreeLater(key: string, watch: TreeWatch): void {
    watch.timer = setTimeout(() => {
      this.#treeQueue.add(key);
      this.#work();
    }, watch.pauseMs);
    watch.timer.unref();
    const { max } = this.options.treePauseMs ?? TREE_PAUSE_MS;
    watch.pauseMs = Math.min(watch.pauseMs * 2, max);
  }
}

function take(queue: Set<string>): string | undefined {
  const [first] = queue;
  if (first !== undefined) queue.delete(first);
  return first;
}

import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ForwardedError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  Deployment,
  DeploymentSnapshot,
  DeploymentSource,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArgocdClient, UnusableAnswerError } from './ArgocdClient';
import { parseApplication } from './schema';

/** @public */
export interface ArgocdDeploymentSourceOptions {
  instance: string;
  /** Base URL of the API, without trailing slash. */
  url: string;
  /** Base URL of the UI, for links. Default: `url`. */
  frontendUrl?: string;
  token: string;
  logger: LoggerService;
  /** Default 5 min: the stream may drop events without a word; a list heals that. */
  relistIntervalMs?: number;
  /** Default 90 s: the stream has no heartbeat, so silence is its only sign of death. */
  idleTimeoutMs?: number;
  /** Default 30 s. */
  requestTimeoutMs?: number;
  /** Default 0.5 s and 30 s. */
  backoffMs?: { min: number; max: number };
  /** Default 10 s: how long after a suspicious list it is asked again. */
  confirmDelayMs?: number;
}

interface Entry {
  deployment: Deployment;
  /** Of everything that can be seen. */
  hash: string;
  /** Of the part that a list carries. */
  listHash: string;
  /** Whether a whole document was read since the list part last changed. */
  complete: boolean;
}

/** A list that is shorter than this share of what was known is asked again before it is believed. */
const SUSPICIOUS_SHARE = 0.7;

/** Whole documents that are fetched side by side. */
const DETAIL_CONCURRENCY = 2;

/** Revisions whose author and message are remembered. */
const MAX_REVISIONS = 5_000;

/**
 * Feeds on one Argo CD: a narrow list, then the stream of changes, then whole
 * documents only for applications whose list entry changed without an event.
 *
 * 1. List. A list that lost more than 30 % of the applications is confirmed by
 *    a second one; until then the old picture stays.
 * 2. Follow the stream from the list's resource version.
 * 3. List again every `relistIntervalMs`, and after every loss of the stream.
 * 4. On failure, wait 0.5-30 s with jitter. A refused token is reported once.
 *
 * @public
 */
export class ArgocdDeploymentSource implements DeploymentSource {
  readonly instance: string;
  readonly title: string;
  readonly runtime = 'eks';

  readonly #client: ArgocdClient;
  readonly #logger: LoggerService;
  readonly #frontendUrl: string;
  readonly #relistIntervalMs: number;
  readonly #idleTimeoutMs: number;
  readonly #backoffMs: { min: number; max: number };
  readonly #confirmDelayMs: number;

  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  readonly #touchedAt = new Map<string, number>();
  readonly #revisions = new Map<string, Promise<RevisionMetadata>>();
  readonly #knownRevisions = new Map<string, RevisionMetadata>();
  readonly #detailQueue = new Set<string>();
  #detailWorkers = 0;
  #sequence = 0;

  readonly #abort = new AbortController();
  #running?: Promise<void>;
  #listing?: Promise<string | undefined>;
  #lastContact?: number;
  #restoredAt?: string;
  #failure?: { message: string; unusable: boolean };
  #announcedState?: string;
  #staleTimer?: NodeJS.Timeout;

  constructor(options: ArgocdDeploymentSourceOptions) {
    this.instance = options.instance;
    this.title = `Argo CD ${options.instance}`;
    this.#frontendUrl = options.frontendUrl ?? options.url;
    this.#logger = options.logger;
    this.#relistIntervalMs = options.relistIntervalMs ?? 5 * 60_000;
    this.#idleTimeoutMs = options.idleTimeoutMs ?? 90_000;
    this.#backoffMs = options.backoffMs ?? { min: 500, max: 30_000 };
    this.#confirmDelayMs = options.confirmDelayMs ?? 10_000;
    this.#client = new ArgocdClient({
      instance: options.instance,
      url: options.url,
      token: options.token,
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#staleTimer);
    this.#listeners.clear();
    await this.#running;
  }

  getSnapshot(): DeploymentSnapshot {
    const deployments = [...this.#entries.values()].map(e => e.deployment);
    const observedAt = this.#lastContact
      ? new Date(this.#lastContact).toISOString()
      : this.#restoredAt;
    const known = { deployments, ...(observedAt && { observedAt }) };
    const state = this.#state();
    if (state === 'live') return { state, ...known };
    const message =
      this.#failure?.message ??
      (this.#lastContact ? undefined : `${this.title} has not answered yet`);
    return { state, ...known, ...(message && { message }) };
  }

  restore(snapshot: DeploymentSnapshot): void {
    if (this.#entries.size > 0) return;
    for (const deployment of snapshot.deployments) {
      this.#store({ ...deployment, instance: this.instance }, true);
    }
    if (snapshot.observedAt && !this.#lastContact) {
      this.#restoredAt = snapshot.observedAt;
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(name: string): Promise<Deployment> {
    return this.#readWhole(name, { refresh: true });
  }

  async sync(
    name: string,
    options?: { revision?: string },
  ): Promise<Deployment> {
    const known = this.#find(name);
    const position = known?.source?.position;
    const body = await this.#visible(name, () =>
      this.#client.sync(name, {
        ...(known && { appNamespace: known.namespace }),
        ...(options?.revision &&
          (position
            ? { revisions: [options.revision], sourcePositions: [position] }
            : { revision: options.revision })),
      }),
    );
    return this.#acceptWhole(name, body);
  }

  async getRevisionMetadata(
    name: string,
    revision: string,
  ): Promise<RevisionMetadata> {
    const key = this.#revisionKey(name, revision);
    const running = this.#revisions.get(key);
    if (running) return running;
    const call = this.#visible(name, () =>
      this.#client.revisionMetadata(
        name,
        revision,
        this.#find(name)?.namespace,
      ),
    );
    this.#revisions.set(key, call);
    if (this.#revisions.size > MAX_REVISIONS) {
      const [oldest] = this.#revisions.keys();
      this.#revisions.delete(oldest);
      this.#knownRevisions.delete(oldest);
    }
    try {
      const metadata = await call;
      this.#knownRevisions.set(key, metadata);
      return metadata;
    } catch (error) {
      this.#revisions.delete(key);
      throw error;
    }
  }

  peekRevisionMetadata(
    name: string,
    revision: string,
  ): RevisionMetadata | undefined {
    return this.#knownRevisions.get(this.#revisionKey(name, revision));
  }

  /** A commit is the same whichever application names it, so its repository is the key. */
  #revisionKey(name: string, revision: string): string {
    return `${this.#find(name)?.source?.repoURL ?? name}@${revision}`;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let attempt = 0;
    while (!signal.aborted) {
      const began = Date.now();
      try {
        const resourceVersion = await this.#list();
        await this.#watch(resourceVersion);
      } catch (error) {
        this.#fail(error);
      }
      attempt = Date.now() - began > this.#backoffMs.max ? 0 : attempt + 1;
      await pause(this.#backoff(attempt), signal);
    }
  }

  #backoff(attempt: number): number {
    const ceiling = Math.min(
      this.#backoffMs.max,
      this.#backoffMs.min * 2 ** Math.min(attempt, 10),
    );
    return (
      this.#backoffMs.min + Math.random() * (ceiling - this.#backoffMs.min)
    );
  }

  async #watch(resourceVersion: string | undefined): Promise<void> {
    const { signal } = this.#abort;
    let damaged = false;
    const relist = setInterval(() => {
      this.#list().catch(error => this.#fail(error));
    }, this.#relistIntervalMs);
    try {
      const end = await this.#client.watch({
        resourceVersion,
        idleTimeoutMs: this.#idleTimeoutMs,
        signal,
        onActivity: () => this.#contact(),
        onEvent: (type, document) => this.#onEvent(type, document),
        onMalformed: reason => {
          if (damaged) return;
          damaged = true;
          this.#logger.warn('The stream of Argo CD cannot be read', {
            instance: this.instance,
            reason,
          });
          this.#list().catch(error => this.#fail(error));
        },
      });
      this.#logger.debug('The stream of Argo CD ended', {
        instance: this.instance,
        end,
      });
    } finally {
      clearInterval(relist);
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
    const { signal } = this.#abort;
    let began = ++this.#sequence;
    let answer = await this.#client.list(signal);
    let found = this.#parse(answer.items);
    if (this.#isSuspicious(found.size)) {
      this.#logger.warn(
        'Argo CD lists far fewer applications than before; asking again before believing it',
        {
          instance: this.instance,
          before: this.#entries.size,
          now: found.size,
        },
      );
      this.#failure = {
        unusable: true,
        message: `${this.title} suddenly lists ${found.size} of ${
          this.#entries.size
        } applications; asking again`,
      };
      this.#emitIfStateChanged();
      await pause(this.#confirmDelayMs, signal);
      began = ++this.#sequence;
      answer = await this.#client.list(signal);
      found = this.#parse(answer.items);
    }
    this.#failure = undefined;
    this.#contact();
    this.#replace(found, began);
    return answer.resourceVersion;
  }

  #isSuspicious(size: number): boolean {
    return size < this.#entries.size * SUSPICIOUS_SHARE;
  }

  #parse(items: unknown[]): Map<string, Deployment> {
    const found = new Map<string, Deployment>();
    let nameless = 0;
    for (const item of items) {
      const deployment = this.#parseOne(item);
      if (deployment) found.set(keyOf(deployment), deployment);
      else nameless++;
    }
    if (nameless) {
      this.#logger.warn('Argo CD lists applications without a name', {
        instance: this.instance,
        count: nameless,
      });
    }
    return found;
  }

  #parseOne(document: unknown): Deployment | undefined {
    return parseApplication(
      this.instance,
      document,
      (namespace, name) =>
        `${this.#frontendUrl}/applications/${encodeURIComponent(
          namespace,
        )}/${encodeURIComponent(name)}`,
    );
  }

  /** Takes over a list, except where an event came after it was asked for. */
  #replace(found: Map<string, Deployment>, began: number): void {
    let changed = false;
    for (const [key, deployment] of found) {
      if ((this.#touchedAt.get(key) ?? 0) > began) continue;
      changed = this.#store(deployment, false) || changed;
    }
    for (const key of [...this.#entries.keys()]) {
      if (found.has(key) || (this.#touchedAt.get(key) ?? 0) > began) continue;
      this.#entries.delete(key);
      this.#detailQueue.delete(key);
      changed = true;
    }
    this.#touchedAt.clear();
    if (changed) this.#emit();
    else this.#emitIfStateChanged();
    this.#fetchDetails();
  }

  #onEvent(type: string, document: unknown): void {
    const deployment = this.#parseOne(document);
    if (!deployment) return;
    const key = keyOf(deployment);
    this.#touchedAt.set(key, ++this.#sequence);
    this.#failure = undefined;
    if (type === 'DELETED') {
      if (this.#entries.delete(key)) this.#emit();
      return;
    }
    const changed = this.#store(deployment, true);
    if (changed) this.#emit();
    else this.#emitIfStateChanged();
    this.#learnRevisions(deployment);
  }

  /** @returns whether anything that can be seen changed. */
  #store(deployment: Deployment, whole: boolean): boolean {
    const key = keyOf(deployment);
    const known = this.#entries.get(key);
    const listHash = hashOf(listPart(deployment));
    const complete =
      whole ||
      !!deployment.problem ||
      (known?.complete === true && known.listHash === listHash);
    const merged = whole
      ? deployment
      : mergeListed(known?.deployment, deployment);
    const hash = hashOf(merged);
    this.#entries.set(key, { deployment: merged, hash, listHash, complete });
    if (!complete) this.#detailQueue.add(key);
    else this.#detailQueue.delete(key);
    return known?.hash !== hash;
  }

  #fetchDetails(): void {
    while (
      this.#detailWorkers < DETAIL_CONCURRENCY &&
      this.#detailQueue.size > this.#detailWorkers
    ) {
      this.#detailWorkers++;
      this.#drainDetails().finally(() => {
        this.#detailWorkers--;
      });
    }
  }

  async #drainDetails(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const [key] = this.#detailQueue;
      if (key === undefined) return;
      this.#detailQueue.delete(key);
      const entry = this.#entries.get(key);
      if (!entry) continue;
      try {
        const whole = await this.#readWhole(entry.deployment.name, {});
        await this.#learnRevisions(whole);
      } catch (error) {
        this.#logger.debug('Argo CD does not tell about an application', {
          instance: this.instance,
          application: entry.deployment.name,
          reason: String(error),
        });
      }
    }
  }

  /** Remembers who made the revisions of the history, so that no page has to ask. */
  async #learnRevisions(deployment: Deployment): Promise<void> {
    const revisions = new Set(
      (deployment.history ?? []).map(h => h.revision).filter(r => !!r),
    );
    for (const revision of revisions) {
      if (this.#abort.signal.aborted) return;
      const key = this.#revisionKey(deployment.name, revision!);
      if (this.#revisions.has(key)) continue;
      await this.getRevisionMetadata(deployment.name, revision!).catch(
        () => undefined,
      );
    }
  }

  async #readWhole(
    name: string,
    options: { refresh?: boolean },
  ): Promise<Deployment> {
    const body = await this.#visible(name, () =>
      this.#client.get(name, {
        ...options,
        namespace: this.#find(name)?.namespace,
        signal: this.#abort.signal,
      }),
    );
    return this.#acceptWhole(name, body);
  }

  #acceptWhole(name: string, body: unknown): Deployment {
    const deployment = this.#parseOne(body);
    if (!deployment) {
      throw new UnusableAnswerError(
        `${this.title} answered with something that is not application ${name}`,
      );
    }
    this.#contact();
    this.#touchedAt.set(keyOf(deployment), ++this.#sequence);
    if (this.#store(deployment, true)) this.#emit();
    return deployment;
  }

  /** Argo CD answers 403 for what does not exist, so as not to tell names. */
  async #visible<T>(name: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof NotAllowedError && !this.#find(name)) {
        throw new NotFoundError(
          `${this.title} has no application ${name}, or its token may not see it`,
        );
      }
      throw error;
    }
  }

  #find(name: string): Deployment | undefined {
    for (const { deployment } of this.#entries.values()) {
      if (deployment.name === name) return deployment;
    }
    return undefined;
  }

  #contact(): void {
    this.#lastContact = Date.now();
    clearTimeout(this.#staleTimer);
    this.#staleTimer = setTimeout(
      () => this.#emitIfStateChanged(),
      this.#idleTimeoutMs + 1_000,
    );
    this.#staleTimer.unref();
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const message =
      error instanceof ForwardedError || error instanceof Error
        ? error.message
        : String(error);
    const repeated = this.#failure?.message === message;
    this.#failure = { message, unusable: error instanceof UnusableAnswerError };
    if (!repeated) {
      this.#logger.warn('Argo CD cannot be followed', {
        instance: this.instance,
        reason: message,
      });
    }
    this.#emitIfStateChanged();
  }

  #state(): DeploymentSnapshot['state'] {
    if (this.#failure?.unusable) return 'error';
    if (!this.#lastContact) return 'stale';
    return Date.now() - this.#lastContact <= this.#idleTimeoutMs
      ? 'live'
      : 'stale';
  }

  #emitIfStateChanged(): void {
    const { state, message } = this.getSnapshot();
    if (`${state}${message}` !== this.#announcedState) this.#emit();
  }

  #emit(): void {
    const { state, message } = this.getSnapshot();
    this.#announcedState = `${state}${message}`;
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(deployment: Deployment): string {
  return `${deployment.namespace}/${deployment.name}`;
}

/** The part that every list carries. */
function listPart(deployment: Deployment): unknown {
  const { revision, history, conditions, operation, ...rest } = deployment;
  return [rest, operation?.phase, operation?.startedAt, operation?.finishedAt];
}

/** A list entry, completed by what was known from the last whole document. */
function mergeListed(
  known: Deployment | undefined,
  listed: Deployment,
): Deployment {
  if (!known) return listed;
  const sameOperation =
    known.operation?.startedAt === listed.operation?.startedAt &&
    known.operation?.phase === listed.operation?.phase;
  return {
    ...listed,
    conditions: known.conditions,
    ...(known.revision && { revision: known.revision }),
    ...(known.history && { history: known.history }),
    ...(sameOperation &&
      known.operation && {
        operation: { ...known.operation, ...listed.operation! },
      }),
  };
}

function hashOf(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('base64');
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

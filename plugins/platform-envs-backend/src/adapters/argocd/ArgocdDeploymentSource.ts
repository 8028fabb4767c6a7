import { LoggerService } from '@backstage/backend-plugin-api';
import {
  Audience,
  Deployment,
  DeploymentSnapshot,
  DeploymentSource,
  KubernetesDocument,
  ManagedObject,
  Pace,
  RevisionMetadata,
} from '@fairway/plugin-platform-envs-node';
import { ApplicationBook } from './ApplicationBook';
import { ApplicationFeed } from './ApplicationFeed';
import { ApplicationOperations } from './ApplicationOperations';
import { ArgocdClient } from './ArgocdClient';
import { DetailReader } from './DetailReader';
import { applicationParser } from './parseApplication';
import { ProjectWindows } from './ProjectWindows';
import { ObjectsOf, readManaged, readRendered } from './readObjects';
import { RevisionNotes } from './RevisionNotes';
import { SourceContact } from './SourceContact';

/** @public */
export interface ArgocdDeploymentSourceOptions {
  instance: string;
  /** Base URL of the API, without trailing slash. */
  url: string;
  /** Base URL of the UI, for links. Default: `url`. */
  frontendUrl?: string;
  token: string;
  /** Only applications of these projects. Default: all that the token may see. */
  projects?: string[];
  /** Only applications that live in these namespaces. Default: all. */
  namespaces?: string[];
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
  /** Default 5 s, doubling to 30 min: after which the pods of an application that stays unwell are looked at again. */
  treePauseMs?: { min: number; max: number };
  now?: () => Date;
}

/** Sync windows are for people: while nobody looks they are asked for this often. */
const IDLE_PROJECTS_MS = 60 * 60_000;

/** Longest that a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * What one Argo CD says: fed by {@link ApplicationFeed}, kept in an
 * {@link ApplicationBook}, completed by {@link DetailReader}.
 *
 * A source that has said nothing for `idleTimeoutMs` is asked, and is `stale`
 * when it does not answer soon; one whose answer cannot be used is `error`. Either way what was known stays, and is
 * told with its age.
 *
 * @public
 */
export class ArgocdDeploymentSource implements DeploymentSource {
  readonly instance: string;
  readonly title: string;
  readonly runtime = 'eks';

  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #client: ArgocdClient;
  readonly #parse: (document: unknown) => Deployment | undefined;
  readonly #windows: ProjectWindows;
  readonly #book: ApplicationBook;
  readonly #feed: ApplicationFeed;
  readonly #details: DetailReader;
  readonly #operations: ApplicationOperations;
  readonly #revisions: RevisionNotes;
  readonly #contact: SourceContact;
  readonly #listeners = new Set<() => void>();

  readonly #abort = new AbortController();
  /** With every list while somebody looks. */
  readonly #projects = new Pace({ activeMs: 0, idleMs: IDLE_PROJECTS_MS });
  #running?: Promise<void>;
  #windowTimer?: NodeJS.Timeout;

  constructor(options: ArgocdDeploymentSourceOptions) {
    const { instance, logger } = options;
    const { signal } = this.#abort;
    this.instance = instance;
    this.title = `Argo CD ${instance}`;
    this.#logger = logger;
    this.#now = options.now ?? (() => new Date());
    const idleTimeoutMs = options.idleTimeoutMs ?? 90_000;
    this.#contact = new SourceContact({
      title: this.title,
      idleTimeoutMs,
      now: this.#now,
      onSilence: () => this.#announce(false),
    });
    this.#client = new ArgocdClient({
      instance,
      url: options.url,
      token: options.token,
      projects: options.projects ?? [],
      requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    });
    this.#parse = applicationParser(options);
    this.#windows = new ProjectWindows(this.#now);
    this.#book = new ApplicationBook(deployment => {
      const syncWindow = this.#windows.stateOf(deployment);
      return syncWindow ? { syncWindow } : {};
    }, this.#now);
    this.#revisions = new RevisionNotes(
      ({ name, ...place }, revision) =>
        this.#operations.visible(name, place.namespace, () =>
          this.#client.revisionMetadata(name, revision, place),
        ),
      signal,
    );
    this.#details = new DetailReader({
      book: this.#book,
      client: this.#client,
      revisions: this.#revisions,
      logger,
      parse: this.#parse,
      onChange: () => this.#emit(),
      signal,
      treePauseMs: options.treePauseMs,
      isAttended: () => this.#projects.isActive,
    });
    this.#operations = new ApplicationOperations({
      title: this.title,
      client: this.#client,
      book: this.#book,
      parse: this.#parse,
      onAnswer: (deployment, changed) => {
        this.#contact.heard();
        if (!changed) return;
        this.#emit();
        this.#details.changed(deployment);
      },
      signal,
    });
    this.#feed = new ApplicationFeed({
      instance,
      title: this.title,
      client: this.#client,
      book: this.#book,
      logger,
      times: {
        relistIntervalMs: options.relistIntervalMs ?? 5 * 60_000,
        idleTimeoutMs,
        backoffMs: options.backoffMs ?? { min: 500, max: 30_000 },
        confirmDelayMs: options.confirmDelayMs ?? 10_000,
        projects: this.#projects,
      },
      parse: this.#parse,
      signal,
      listeners: {
        onContact: () => this.#contact.heard(),
        onRecovered: () => this.#contact.recover(),
        onFailure: error => this.#fail(error),
        onList: changed => {
          this.#announce(changed);
          this.#details.wake();
        },
        onApplication: (deployment, changed) => {
          this.#contact.recover();
          this.#announce(changed);
          if (changed) this.#details.changed(deployment);
        },
        onRemoved: (deployment, changed) => {
          this.#contact.recover();
          this.#announce(changed);
          this.#details.removed(deployment);
        },
        onRepeated: () => {
          this.#contact.recover();
          this.#announce(false);
        },
        onProjects: projects => this.#takeWindows(projects),
      },
    });
  }

  attend(audience: Audience): void {
    this.#projects.attend(audience);
    audience.onArrival(() => {
      if (!this.#running) return;
      void this.#feed.readProjects();
      this.#details.lookAgain();
    });
  }

  start(): void {
    this.#running ??= this.#feed.run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#contact.stop();
    clearTimeout(this.#windowTimer);
    this.#listeners.clear();
    await this.#running;
  }

  getSnapshot(): DeploymentSnapshot {
    return { ...this.#contact.condition(), deployments: this.#book.list() };
  }

  restore(snapshot: DeploymentSnapshot): void {
    if (this.#book.size > 0) return;
    const { instance } = this;
    this.#book.restore(
      snapshot.deployments.map(d =>
        d.instance === instance ? d : { ...d, instance },
      ),
    );
    this.#contact.restore(snapshot.observedAt);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  refresh(name: string, options?: { namespace?: string }): Promise<Deployment> {
    return this.#operations.refresh(name, options);
  }

  sync(
    name: string,
    options?: { revision?: string; namespace?: string },
  ): Promise<Deployment> {
    return this.#operations.sync(name, options);
  }

  getRevisionMetadata(
    name: string,
    revision: string,
  ): Promise<RevisionMetadata> {
    return this.#revisions.get(name, this.#book.find(name), revision);
  }

  peekRevisionMetadata(
    name: string,
    revision: string,
  ): RevisionMetadata | undefined {
    return this.#revisions.peek(this.#book.find(name), revision);
  }

  getRenderedObjects(
    name: string,
    { namespace, revision }: { namespace?: string; revision?: string },
  ): Promise<KubernetesDocument[]> {
    return this.#operations.visible(name, namespace, () =>
      readRendered(
        this.#client,
        this.#placeOf(name, namespace),
        revision,
        this.#abort.signal,
      ),
    );
  }

  getManagedObjects(
    name: string,
    { namespace }: { namespace?: string },
  ): Promise<ManagedObject[]> {
    return this.#operations.visible(name, namespace, () =>
      readManaged(
        this.#client,
        this.#placeOf(name, namespace),
        this.#abort.signal,
      ),
    );
  }

  #placeOf(name: string, namespace: string | undefined): ObjectsOf {
    const known = this.#book.find(name, namespace);
    const position = known?.source?.position;
    return {
      name,
      namespace: namespace ?? known?.namespace,
      ...(position && { position }),
    };
  }

  #takeWindows(projects: unknown[]): void {
    const { problems, changed } = this.#windows.replace(projects);
    for (const reason of problems) {
      this.#logger.warn('A sync window of Argo CD cannot be read', {
        instance: this.instance,
        reason,
      });
    }
    if (changed) this.#judgeWindows();
  }

  /** Judges the windows now, and again when the first of them opens or closes. */
  #judgeWindows(): void {
    if (this.#abort.signal.aborted) return;
    void this.#book.redecorate().then(changed => {
      if (changed) this.#emit();
    });
    clearTimeout(this.#windowTimer);
    const next = this.#windows.nextChange();
    if (!next) return;
    const wait = Math.max(next.getTime() - this.#now().getTime(), 0) + 1;
    this.#windowTimer = setTimeout(
      () => this.#judgeWindows(),
      Math.min(wait, MAX_TIMER_MS),
    );
    this.#windowTimer.unref();
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const reason = this.#contact.fail(error);
    if (reason) {
      this.#logger.warn('Argo CD cannot be followed', {
        instance: this.instance,
        reason,
      });
    }
    this.#announce(false);
  }

  /** Tells of a change; without one, only when the source itself stands otherwise than before. */
  #announce(changed: boolean): void {
    if (changed || this.#contact.isNews()) this.#emit();
  }

  #emit(): void {
    this.#contact.told();
    for (const listener of this.#listeners) listener();
  }
}

import { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  Audience,
  DeploymentSource,
  GitHost,
} from '@fairway/plugin-platform-envs-node';
import { setImmediate as pause } from 'node:timers/promises';
import { SnapshotStore } from '../database/SnapshotStore';
import { giveWay } from '../rightOfWay';
import { BoardChange, BoardInput } from './board';
import { BoardSnapshot } from './BoardSnapshot';
import { CatalogFeed } from './CatalogFeed';
import { SourceCommits } from './commits/SourceCommits';
import { DesiredState, GitPaces, KnownPushes } from './DesiredState';
import { LinkTemplate } from './links';
import { LiveBoard } from './LiveBoard';

/** @public */
export interface BoardKeeperOptions {
  catalog: CatalogService;
  auth: AuthService;
  logger: LoggerService;
  gitHost?: GitHost;
  /** When repositories are looked at again; absent: at each poll. */
  gitPaces?: GitPaces;
  /** What webhooks told; absent: none are configured. */
  pushes?: KnownPushes;
  deploymentSources: DeploymentSource[];
  /** Who looks; absent: somebody always does. */
  audience?: Audience;
  linkTemplates: LinkTemplate[];
  /** Which commits releases were built from; absent: nobody finds out. */
  commits?: SourceCommits;
  store: SnapshotStore;
  now?: () => Date;
}

/** Told after each change of what the board shows. */
export interface BoardHint {
  revision: string;
  /** Of the components whose rows changed; absent when more than rows did. */
  changed?: string[];
}

/** The first change after quiet is composed at once; those that follow wait this long, and go together. */
const COMPOSE_EVERY_MS = 50;

/** Other requests wait no longer than this while many rows are composed. */
const SLICE_MS = 4;

/**
 * Feeds the board: asks the catalog and Git when told to, listens to the
 * deployment sources, and composes what changed. What is known is saved, and
 * loaded at start, stale until the sources answer.
 */
export class BoardKeeper {
  readonly board = new LiveBoard();
  readonly catalog: CatalogFeed;
  readonly desired: DesiredState;
  readonly now: () => Date;
  readonly #options: BoardKeeperOptions;
  readonly #snapshot: BoardSnapshot;
  readonly #listeners = new Set<(hint: BoardHint) => void>();
  #timer?: NodeJS.Timeout;
  /** Whether the rest of the rows is composed at the next opportunity. */
  #goesOn = false;
  #composedAt = -Infinity;
  #stopped = false;

  constructor(options: BoardKeeperOptions) {
    this.#options = options;
    this.now = options.now ?? (() => new Date());
    this.catalog = new CatalogFeed({
      ...options,
      now: this.now,
      onRead: () => this.#catalogRead(),
    });
    this.desired = new DesiredState({
      ...options,
      paces: options.gitPaces,
      now: this.now,
      onChange: () => this.changed(),
    });
    this.#snapshot = new BoardSnapshot({
      ...options,
      catalog: this.catalog,
      desired: this.desired,
    });
  }

  /** Loads what was known before; nobody is asked yet. */
  async load(): Promise<void> {
    await this.#snapshot.load(() => this.#tellEnvironments());
    this.board.take(this.input());
    do {
      this.board.compose(performance.now() + SLICE_MS);
      await pause();
    } while (this.board.isBehind);
  }

  /** Lets the sources feed. */
  start(): void {
    const { audience, deploymentSources } = this.#options;
    for (const source of deploymentSources) {
      if (audience) source.attend?.(audience);
      source.onChange(() => this.changed());
      source.start();
    }
    this.#options.commits?.onChange(() => this.changed());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await Promise.all(this.#options.deploymentSources.map(s => s.stop()));
    await this.save();
  }

  /** Saves what changed since the last time. Never throws. */
  save(): Promise<void> {
    return this.#snapshot.save();
  }

  /** Calls back after each change. Returns the way to stop that. */
  onChange(listener: (hint: BoardHint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything that is known now. */
  input(): BoardInput {
    const { deploymentSources, gitHost, linkTemplates, commits } =
      this.#options;
    return {
      catalog: this.catalog.view,
      catalogSource: this.catalog.source,
      repositories: this.desired.getRepositories(),
      deploymentSources: deploymentSources.map(s => ({
        instance: s.instance,
        title: s.title,
        runtime: s.runtime,
        snapshot: s.getSnapshot(),
      })),
      gitHost,
      linkTemplates,
      ...(commits && { commits }),
    };
  }

  /** The board with everything that is known now; rows that changed follow within moments. */
  fresh(): LiveBoard {
    this.board.take(this.input());
    if (this.board.isBehind) this.changed();
    return this.board;
  }

  /** Has the board composed soon. */
  changed(): void {
    if (this.#stopped || this.#timer) return;
    const wait = this.#composedAt + COMPOSE_EVERY_MS - performance.now();
    this.#timer = setTimeout(() => this.compose(), Math.max(0, wait));
  }

  /** Composes what changed, as much as fits one slice now and the rest soon. */
  compose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.board.take(this.input());
    this.#announce(this.board.compose(performance.now() + SLICE_MS));
    this.#composedAt = performance.now();
    if (this.board.isBehind && !this.#goesOn) void this.#composeRest();
  }

  async #composeRest(): Promise<void> {
    this.#goesOn = true;
    await giveWay();
    this.#goesOn = false;
    if (!this.#stopped) this.compose();
  }

  #announce({ changed, other }: BoardChange): void {
    if (changed.size === 0 && !other) return;
    const hint: BoardHint = {
      revision: this.board.revision,
      ...(!other && { changed: [...changed] }),
    };
    for (const listener of this.#listeners) listener(hint);
  }

  #catalogRead(): void {
    if (this.catalog.source.state === 'live') {
      this.#tellEnvironments();
      const unread = this.desired
        .getRepositories()
        .some(r => !r.head && r.state === 'stale');
      if (unread) void this.desired.poll();
    }
    this.changed();
  }

  #tellEnvironments(): void {
    const { environments } = this.catalog.view;
    this.desired.setEnvironments(environments);
    for (const source of this.#options.deploymentSources) {
      source.follow?.(environments);
    }
  }
}

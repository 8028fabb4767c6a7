import { EventEmitter } from 'node:events';
import { SeedPlatform } from './platforms';
import type { ArgocdEngine } from './argocd/ArgocdEngine';
import type { AwsWorld } from './aws/AwsWorld';
import { CallCounters } from './CallCounters';
import { FaultTable } from './FaultTable';
import { BareGitStore } from './BareGitStore';
import { GithubState } from './GithubState';
import { ImageRegistry } from './aws/ImageRegistry';

/** The sandbox's time. Everything that needs "now" asks here. */
export interface Clock {
  now(): Date;
}

/** A clock that can be moved forward; see `POST /clock` of the control server. */
export interface AdvanceableClock extends Clock {
  advance(ms: number): void;
}

/** A file to write; `content: undefined` deletes it. */
export interface GitFileChange {
  path: string;
  content: string | Buffer | undefined;
}

export interface GitCommitInfo {
  sha: string;
  parents: string[];
  author: { name: string; email: string; date: string };
  committer: { name: string; email: string; date: string };
  /** SHA of the root tree. */
  tree: string;
  message: string;
}

/** A branch, tag or other ref. */
export interface GitRef {
  /** `refs/heads/main` */
  name: string;
  /** What the ref points at; a tag object for an annotated tag. */
  object: string;
  type: 'commit' | 'tag' | 'tree' | 'blob';
  /** What it comes down to: the tag's target for an annotated tag. */
  commit: string;
}

/** Bare repositories on disk, by `owner/name`. Everything is done by git itself. */
export interface GitStore {
  /** Emits `push` with {@link GitPush} after any ref moved, however it moved. */
  readonly events: EventEmitter;
  /** Names of all repositories, `owner/name`. */
  list(): string[];
  has(repository: string): boolean;
  /** Absolute path of the bare repository. */
  path(repository: string): string;
  /** Creates an empty bare repository with default branch `main`. */
  create(repository: string): Promise<void>;
  /** Commit SHA of a branch, tag or SHA; undefined when there is none. */
  resolve(repository: string, ref: string): Promise<string | undefined>;
  /** File content at a ref; undefined when there is no such file. */
  readFile(
    repository: string,
    ref: string,
    path: string,
  ): Promise<string | undefined>;
  /** Paths of all files below a folder at a ref. */
  listFiles(
    repository: string,
    ref: string,
    folder?: string,
  ): Promise<string[]>;
  /** One commit on a branch, made by plumbing; returns its SHA. */
  commit(
    repository: string,
    change: {
      branch: string;
      message: string;
      author: { name: string; email: string };
      files: GitFileChange[];
      at?: Date;
      /** Refuse unless the branch stands here. */
      expectedHead?: string;
    },
  ): Promise<string>;
  /** Newest first. */
  log(
    repository: string,
    ref: string,
    options?: {
      path?: string;
      limit?: number;
      skip?: number;
      since?: Date;
      until?: Date;
    },
  ): Promise<GitCommitInfo[]>;
  /** Writes the tree of a commit below a folder to disk (for kustomize). */
  checkout(
    repository: string,
    sha: string,
    targetFolder: string,
  ): Promise<void>;
  /** All refs, as last seen. */
  refs(repository: string): GitRef[];
  /** Looks at the refs again and emits `push` for those that moved. */
  sync(repository: string): Promise<void>;
  /** Runs git in the bare repository; for what this interface does not offer. */
  run(
    repository: string,
    args: string[],
    options?: { input?: string | Buffer; env?: Record<string, string> },
  ): Promise<Buffer>;
}

export interface GitPush {
  repository: string;
  /** `refs/heads/main` */
  ref: string;
  before: string | undefined;
  after: string | undefined;
}

export interface StoredImage {
  accountId: string;
  region: string;
  repository: string;
  digest: string;
  tags: string[];
  pushedAt: Date;
  sizeBytes: number;
}

/** What the image registries hold. */
export interface ImageStore {
  /** Emits `push` with {@link StoredImage}. */
  readonly events: EventEmitter;
  hasRepository(accountId: string, region: string, repository: string): boolean;
  /** Pushes an image; replicates to the other region where that is set up. */
  push(image: Omit<StoredImage, 'pushedAt' | 'sizeBytes'>): StoredImage;
  find(query: {
    accountId?: string;
    region?: string;
    repository: string;
    digest?: string;
    tag?: string;
  }): StoredImage | undefined;
}

/** Base URLs on loopback, without trailing slash. */
export interface SandboxUrls {
  control: string;
  github: string;
  argocd: string;
  kubernetes: string;
  aws: string;
  /** The identity provider; also its issuer. */
  oidc: string;
  grafana: string;
}

/** The pretend platform: state and rules, no sockets. */
export interface World {
  readonly clock: AdvanceableClock;
  /**
   * How many applications Argo CD renders before the start is over. It shows
   * the others as git says they were deployed, and renders them one after
   * another behind, or at once when somebody refreshes one.
   */
  readonly renderedAtStart: number;
  readonly platforms: SeedPlatform[];
  readonly git: BareGitStore;
  /** What GitHub knows beside git: repositories, protection, runs, pull requests. */
  readonly github: GithubState;
  readonly images: ImageRegistry;
  /** Known once the servers listen. */
  readonly urls: SandboxUrls;
  /** Folder on disk that belongs to this sandbox. */
  readonly dataDir: string;
  /** Multiplies the speed of everything that takes time; 1 in a demo, more in tests. */
  readonly speed: number;
  /** Calls, bytes and peaks by upstream and route; filled by every server. */
  readonly counters: CallCounters;
  /** Faults that the servers play before they answer. */
  readonly faults: FaultTable;
  /** Situations that one POST sets. */
  readonly scenarios: ScenarioTable;
  /**
   * Runs `task` after `delayMs` of the world's time (divided by {@link speed}).
   * Tasks end with the world; an error of a task goes to {@link report}.
   * Returns a function that takes the task back.
   */
  schedule(delayMs: number, task: () => unknown): () => void;
  /** Writes a line about something that went wrong inside the world. */
  report(message: string, error?: unknown): void;
  /** Runs when the sandbox is set back to its seed, after git was seeded again. */
  onReset(task: () => void | Promise<void>): void;
  /** Runs when the sandbox closes, before timers are cleared. */
  onClose(task: () => void | Promise<void>): void;
  /** Argo CD and the clusters that it deploys to; set by `startArgocd`. */
  argocd?: ArgocdEngine;
  /** The AWS of all accounts; set by `createAwsServer`. */
  aws?: AwsWorld;
}

/** What a scenario can be told. */
export interface ScenarioParameter {
  name: string;
  /** What it chooses, and what happens without it. */
  description: string;
  /** Text unless told; text is read as a number where one is wanted. */
  type?: 'text' | 'number';
  default?: string | number;
}

/** One start of a scenario, as it is kept until the scenario ends. */
export interface ScenarioRun {
  parameters: Record<string, unknown>;
  /** What `start` returned. */
  result: any;
  /** Time of the world, ISO 8601. */
  startedAt: string;
}

/** A named situation. */
export interface Scenario {
  /** As in `POST /scenarios/<name>`. */
  name: string;
  /** One sentence: what changes in the world. */
  description: string;
  /** Others are refused; absent: nothing is known of them, all are passed on. */
  parameters?: ScenarioParameter[];
  /**
   * Brings the world into the situation; safe to repeat.
   * Returns what was done, for the reply and for `stop`; plain data.
   */
  start(parameters: Record<string, unknown>): unknown | Promise<unknown>;
  /**
   * Takes back what `start` did; `calm` stops every scenario.
   *
   * @param runs - every start since the last stop, oldest first; also those
   *   from before a restart
   */
  stop?(runs: ScenarioRun[]): void | Promise<void>;
  /** Brings the situation back after a restart of the sandbox; starts it again unless told. */
  resume?(run: ScenarioRun): unknown | Promise<unknown>;
}

/** A scenario as it is listed. */
export interface ScenarioEntry {
  name: string;
  description: string;
  parameters: ScenarioParameter[];
  active: boolean;
  /** Starts that are in force; empty when it is not active. */
  runs: ScenarioRun[];
}

/** The situations that parts of the world offer. */
export interface ScenarioTable {
  /** @throws Error - the name is taken. */
  register(scenario: Scenario): void;
  list(): ScenarioEntry[];
  /** @throws Error - no such scenario or parameter; names the nearest. */
  start(name: string, parameters?: Record<string, unknown>): Promise<unknown>;
  /** Ends one scenario; nothing happens when it is not active. */
  stop(name: string): Promise<void>;
  /** Brings back what was active when the sandbox stopped. Once, when all are registered. */
  resume(): Promise<void>;
}

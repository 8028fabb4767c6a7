import { EventEmitter } from 'node:events';
import { SeedPlatform } from './platforms';

/** The sandbox's time. Everything that needs "now" asks here. */
export interface Clock {
  now(): Date;
}

/** A file to write; `content: undefined` deletes it. */
export interface GitFileChange {
  path: string;
  content: string | undefined;
}

export interface GitCommitInfo {
  sha: string;
  parents: string[];
  author: { name: string; email: string; date: string };
  message: string;
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
    },
  ): Promise<string>;
  /** Newest first. */
  log(
    repository: string,
    ref: string,
    options?: { path?: string; limit?: number },
  ): Promise<GitCommitInfo[]>;
  /** Writes the tree of a commit below a folder to disk (for kustomize). */
  checkout(
    repository: string,
    sha: string,
    targetFolder: string,
  ): Promise<void>;
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
  hasRepository(
    accountId: string,
    region: string,
    repository: string,
  ): boolean;
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
}

/** The pretend platform: state and rules, no sockets. */
export interface World {
  readonly clock: Clock;
  readonly platforms: SeedPlatform[];
  readonly git: GitStore;
  readonly images: ImageStore;
  /** Known once the servers listen. */
  readonly urls: SandboxUrls;
  /** Folder on disk that belongs to this sandbox. */
  readonly dataDir: string;
  /** Multiplies the speed of everything that takes time; 1 in a demo, more in tests. */
  readonly speed: number;
}

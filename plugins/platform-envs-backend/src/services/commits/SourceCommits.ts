import { LoggerService } from '@backstage/backend-plugin-api';
import {
  CommitComparison,
  Release,
  SourceCommit,
} from '@fairway/plugin-platform-envs-common';
import {
  Audience,
  GitCommit,
  GitHost,
  ImageLabelSource,
} from '@fairway/plugin-platform-envs-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapshotStore } from '../../database/SnapshotStore';
import {
  CommitQuestion,
  KnownCommits,
  KnownDifference,
  KnownRevision,
} from './applyCommits';
import { findRevision } from './findRevision';
import { savedCommits } from './savedCommits';
import { ComponentSource } from './sourceOf';

/** Releases that are looked up side by side. */
const CONCURRENCY = 3;

/**
 * Of more than `from`, as after the very first start, each waits after every one:
 * the rest of the portal and the registries have other things to do.
 */
const BACKLOG = { from: 300, pauseMs: 600 };

/** After so many others have their turn, and what was found out is told. */
const PART = 30;

/** What was found out is saved after this, and at the end. */
const SAVE_EVERY_MS = 60_000;

/** Commits of a difference that are kept; there may be more, and they are counted. */
const MAX_LISTED = 50;

/** Commits of either side that a comparison lists. */
const MAX_COMPARED = 200;

/** What may have changed is asked again after this. */
const RETRY_MS = 10 * 60_000;

/** Tags of a repository are not asked for more often than this, unless it was pushed to. */
const UPDATE_EVERY_MS = 60_000;

const DOCUMENT = 'source-commits';

/** Looks something up, and says whether a reader would see a difference. */
type Task = () => Promise<boolean>;

type Fact<T> = T & {
  /** Milliseconds since 1970; asked again after it. Absent: it stays. */
  until?: number;
};

/**
 * Which commit of its application's repository each release was built from, and
 * how far two of them are apart.
 *
 * It is fed: {@link SourceCommits.learn} asks registries and the Git host about
 * what is not known yet, once for each new digest and pair; reading asks
 * nobody. What was found is kept over restarts.
 */
export class SourceCommits implements KnownCommits {
  readonly #revisions = new Map<string, Fact<KnownRevision>>();
  readonly #differences = new Map<string, Fact<KnownDifference>>();
  /** The version with which something was last found out about each repository. */
  readonly #changes = new Map<string, number>();
  /** When each repository was last brought up to date, milliseconds since 1970. */
  readonly #updatedAt = new Map<string, number>();
  readonly #updating = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  readonly #asked: Array<() => CommitQuestion[]> = [];
  #version = 0;
  #learning?: Promise<void>;

  constructor(
    private readonly options: {
      gitHost?: GitHost;
      labels?: ImageLabelSource;
      /** Who looks: for nobody, nothing is asked. Absent: somebody always does. */
      audience?: Pick<Audience, 'since'>;
      store: SnapshotStore;
      logger: LoggerService;
      now?: () => Date;
    },
  ) {}

  /** Loads what was found before the restart. */
  async load(): Promise<void> {
    const saved = await this.options.store.load(DOCUMENT, savedCommits);
    for (const [key, fact] of saved?.revisions ?? []) {
      this.#revisions.set(key, fact);
    }
    for (const [key, fact] of saved?.differences ?? []) {
      this.#differences.set(key, fact);
    }
  }

  /** Calls back after something was found out. Returns the way to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Grows whenever something was found out. */
  get version(): number {
    return this.#version;
  }

  /** Repositories about which something was found out since that version. */
  changedSince(version: number): string[] {
    return [...this.#changes].flatMap(([repository, at]) =>
      at > version ? [repository] : [],
    );
  }

  revisionOf(
    source: ComponentSource,
    release: Release,
  ): KnownRevision | undefined {
    return this.#revisions.get(revisionKey(source, release));
  }

  differenceOf(
    source: ComponentSource,
    revision: string,
    other: string,
  ): KnownDifference | undefined {
    return this.#differences.get(differenceKey(source, revision, other));
  }

  /**
   * Finds out what these questions need and is not known yet. Never throws; who
   * asks while that runs waits for one more look. While nobody looks there is
   * nothing to do: it is to be called again when somebody comes.
   */
  learn(questions: () => CommitQuestion[]): Promise<void> {
    if (!this.#isAttended) return Promise.resolve();
    this.#asked.push(questions);
    this.#learning ??= this.#learnAll().finally(() => {
      this.#learning = undefined;
    });
    return this.#learning;
  }

  /** Forgets what none of these questions needs: what stands nowhere is asked for no more. */
  forgetAllBut(questions: CommitQuestion[]): void {
    const wanted = new Set<string>();
    for (const { source, release, previous } of questions) {
      wanted.add(revisionKey(source, release));
      if (!previous) continue;
      wanted.add(revisionKey(source, previous));
      const here = this.revisionOf(source, release);
      const there = this.revisionOf(source, previous);
      if (here && there && 'revision' in here && 'revision' in there) {
        wanted.add(differenceKey(source, here.revision, there.revision));
      }
    }
    for (const facts of [this.#revisions, this.#differences]) {
      for (const key of facts.keys()) {
        if (!wanted.has(key)) facts.delete(key);
      }
    }
  }

  /** A repository was pushed to: its tags are asked for again when something is not known. */
  pushed(repository: string): void {
    this.#updatedAt.delete(repository);
    for (const facts of [this.#revisions, this.#differences]) {
      for (const [key, fact] of facts) {
        if (key.startsWith(`${repository} `) && fact.until) fact.until = 0;
      }
    }
  }

  /**
   * The commits between two releases, looked up in the mirror of their
   * repository: for a person who asked for them, not for a page.
   *
   * @throws NotFoundError | ServiceUnavailableError - it cannot be told; the
   * message says why.
   */
  async compare(
    source: ComponentSource,
    from: string,
    to: string,
  ): Promise<CommitComparison> {
    const { repository, folder, without } = source;
    const gitHost = this.options.gitHost!;
    const found = await gitHost.compareCommits!(repository, from, to, {
      ...(folder && { folder }),
      without,
      limit: MAX_COMPARED,
    });
    return {
      repository,
      onlyFrom: found.onlyBase.map(c => this.#toCommit(repository, c)),
      onlyTo: found.onlyHead.map(c => this.#toCommit(repository, c)),
      totals: {
        onlyFrom: found.totals.onlyBase,
        onlyTo: found.totals.onlyHead,
      },
      url: gitHost.webUrl(repository, { base: from, head: to }),
    };
  }

  /** In turns, so that few questions do not wait for the many of a whole board. */
  async #learnAll(): Promise<void> {
    let isSaved = true;
    let savedAt = this.#now();
    for (
      let questions = this.#asked.shift();
      questions;
      questions = this.#asked.shift()
    ) {
      const { hasFound, isLeft } = await this.#learnPart(questions());
      if (isLeft && this.#isAttended) this.#asked.push(questions);
      if (hasFound) {
        isSaved = false;
        this.#version += 1;
        for (const listener of this.#listeners) listener();
      }
      if (!isSaved && this.#now() - savedAt >= SAVE_EVERY_MS) {
        await this.#save();
        isSaved = true;
        savedAt = this.#now();
      }
    }
    if (!isSaved) await this.#save();
  }

  async #learnPart(
    questions: CommitQuestion[],
  ): Promise<{ hasFound: boolean; isLeft: boolean }> {
    if (!this.options.gitHost) return { hasFound: false, isLeft: false };
    const releases = this.#unknownReleases(questions);
    const found = await this.#doSome(releases);
    const pairs = this.#unknownPairs(questions);
    const compared = await this.#doSome(pairs);
    return {
      hasFound: found || compared,
      isLeft: Math.max(releases.length, pairs.length) > PART,
    };
  }

  #unknownReleases(questions: CommitQuestion[]): Task[] {
    const tasks = new Map<string, Task>();
    for (const { source, release, previous } of questions) {
      for (const one of previous ? [release, previous] : [release]) {
        const key = revisionKey(source, one);
        if (this.#isDue(this.#revisions.get(key))) {
          tasks.set(key, () => this.#findRevision(key, source, one));
        }
      }
    }
    return [...tasks.values()];
  }

  #unknownPairs(questions: CommitQuestion[]): Task[] {
    const tasks = new Map<string, Task>();
    for (const { source, release, previous } of questions) {
      const here = this.revisionOf(source, release);
      const there = previous && this.revisionOf(source, previous);
      if (!here || !there) continue;
      if (!('revision' in here) || !('revision' in there)) continue;
      const [a, b] = [here.revision, there.revision];
      const key = differenceKey(source, a, b);
      if (this.#isDue(this.#differences.get(key))) {
        tasks.set(key, () => this.#findDifference(key, source, a, b));
      }
    }
    return [...tasks.values()];
  }

  /** The first of these, some side by side, as long as somebody looks; says whether any found something. */
  async #doSome(tasks: Task[]): Promise<boolean> {
    const isLong = tasks.length > BACKLOG.from;
    const queue = tasks.slice(0, PART);
    let hasFound = false;
    const worker = async () => {
      for (
        let task = queue.shift();
        task && this.#isAttended;
        task = queue.shift()
      ) {
        if (await task()) hasFound = true;
        if (isLong) await sleep(BACKLOG.pauseMs);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return hasFound;
  }

  async #findRevision(
    key: string,
    source: ComponentSource,
    release: Release,
  ): Promise<boolean> {
    const found = await findRevision(source, release, {
      labels: this.options.labels,
      gitHost: this.options.gitHost!,
      updateTags: repository => this.#update(repository),
    });
    return this.#keep(
      this.#revisions,
      key,
      'revision' in found
        ? found
        : {
            reason: found.reason,
            ...(!found.isLasting && { until: this.#now() + RETRY_MS }),
          },
    );
  }

  async #findDifference(
    key: string,
    source: ComponentSource,
    revision: string,
    other: string,
  ): Promise<boolean> {
    const { repository, folder, without } = source;
    const gitHost = this.options.gitHost!;
    if (!gitHost.compareCommits) {
      return this.#keep(this.#differences, key, {
        reason: 'the Git host cannot compare commits',
      });
    }
    try {
      if (!this.#updatedAt.has(repository)) await this.#update(repository);
      const { onlyHead, totals } = await gitHost.compareCommits(
        repository,
        revision,
        other,
        { ...(folder && { folder }), without, limit: MAX_LISTED },
      );
      return this.#keep(this.#differences, key, {
        missing: onlyHead.map(c => this.#toCommit(repository, c)),
        totals: { missing: totals.onlyHead, extra: totals.onlyBase },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.debug('Two releases cannot be compared', {
        repository,
        reason,
      });
      return this.#keep(this.#differences, key, {
        reason,
        until: this.#now() + RETRY_MS,
      });
    }
  }

  /** Says whether a reader would see a difference. */
  #keep<T extends object>(
    facts: Map<string, Fact<T>>,
    key: string,
    fact: Fact<T>,
  ): boolean {
    const before = facts.get(key);
    facts.set(key, fact);
    const visible = ({ until, ...rest }: Fact<T>) => JSON.stringify(rest);
    if (before && visible(before) === visible(fact)) return false;
    this.#changes.set(key.slice(0, key.indexOf(' ')), this.#version + 1);
    return true;
  }

  #isDue(fact: { until?: number } | undefined): boolean {
    return !fact || (fact.until !== undefined && fact.until <= this.#now());
  }

  /** One at a time for each repository, and not again for a while. */
  #update(repository: string): Promise<void> {
    const running = this.#updating.get(repository);
    if (running) return running;
    const last = this.#updatedAt.get(repository) ?? 0;
    if (this.#now() - last < UPDATE_EVERY_MS) return Promise.resolve();
    const update = this.options.gitHost!.update!(repository)
      .then(() => {
        this.#updatedAt.set(repository, this.#now());
      })
      .finally(() => this.#updating.delete(repository));
    this.#updating.set(repository, update);
    return update;
  }

  #toCommit(repository: string, commit: GitCommit): SourceCommit {
    return {
      sha: commit.sha,
      author: commit.author.name,
      committedAt: commit.committedAt,
      subject: commit.subject,
      url: this.options.gitHost!.webUrl(repository, { commit: commit.sha }),
    };
  }

  async #save(): Promise<void> {
    try {
      await this.options.store.save(DOCUMENT, {
        revisions: [...this.#revisions],
        differences: [...this.#differences],
      });
    } catch (error) {
      this.options.logger.warn('The commits of releases were not saved', {
        reason: String(error),
      });
    }
  }

  get #isAttended(): boolean {
    const { audience } = this.options;
    return !audience || audience.since !== undefined;
  }

  #now(): number {
    return (this.options.now?.() ?? new Date()).getTime();
  }
}

/** The repository first, as {@link SourceCommits.pushed} relies on. */
function revisionKey({ repository }: ComponentSource, release: Release) {
  const { image, version = '', digest } = release;
  return `${repository} ${digest ?? `${image}:${version}`}`;
}

function differenceKey(
  { repository, folder = '' }: ComponentSource,
  revision: string,
  other: string,
) {
  return `${repository} ${folder} ${revision} ${other}`;
}

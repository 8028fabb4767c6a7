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
import { CommitFacts, PairQuestion, ReleaseQuestion } from './CommitFacts';
import { findRevision } from './findRevision';
import { ComponentSource } from './sourceOf';

/** Releases that are looked up side by side. */
const CONCURRENCY = 3;

/**
 * Of more than `from`, as after the very first start, each waits after every one:
 * the rest of the portal and the registries have other things to do.
 */
const BACKLOG = { from: 30, pauseMs: 1500 };

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

/** Looks something up, and says whether a reader would see a difference. */
type Task = () => Promise<boolean>;

/**
 * Which commit of its application's repository each release was built from, and
 * how far two of them are apart.
 *
 * It is fed: {@link SourceCommits.learn} asks registries and the Git host about
 * what is not known yet, once for each new digest and pair; reading asks
 * nobody. What was found is kept over restarts.
 */
export class SourceCommits implements KnownCommits {
  readonly #facts = new CommitFacts(() => this.#now());
  /** When each repository was last brought up to date, milliseconds since 1970. */
  readonly #updatedAt = new Map<string, number>();
  readonly #updating = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  readonly #asked: Array<() => CommitQuestion[]> = [];
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
    await this.#facts.load(this.options.store);
  }

  /** Calls back after something was found out. Returns the way to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Grows whenever something was found out. */
  get version(): number {
    return this.#facts.version;
  }

  /** Repositories about which something was found out since that version. */
  changedSince(version: number): string[] {
    return this.#facts.changedSince(version);
  }

  revisionOf(
    source: ComponentSource,
    release: Release,
  ): KnownRevision | undefined {
    return this.#facts.revisionOf({ source, release });
  }

  differenceOf(
    source: ComponentSource,
    revision: string,
    other: string,
  ): KnownDifference | undefined {
    return this.#facts.differenceOf({ source, revision, other });
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
  forgetAllBut(questions: CommitQuestion[]): Promise<void> {
    return this.#facts.forgetAllBut(questions);
  }

  /** A repository was pushed to: its tags are asked for again when something is not known. */
  pushed(repository: string): void {
    this.#updatedAt.delete(repository);
    this.#facts.doubt(repository);
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
        this.#facts.close();
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
    const releases = await this.#facts.unknownReleases(questions);
    const found = await this.#doSome(
      releases.map(one => () => this.#findRevision(one)),
    );
    const pairs = await this.#facts.unknownPairs(questions);
    const compared = await this.#doSome(
      pairs.map(pair => () => this.#findDifference(pair)),
    );
    return {
      hasFound: found || compared,
      isLeft: Math.max(releases.length, pairs.length) > PART,
    };
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

  async #findRevision(question: ReleaseQuestion): Promise<boolean> {
    const found = await findRevision(question.source, question.release, {
      labels: this.options.labels,
      gitHost: this.options.gitHost!,
      updateTags: repository => this.#update(repository),
    });
    return this.#facts.keepRevision(
      question,
      'revision' in found
        ? found
        : {
            reason: found.reason,
            ...(!found.isLasting && { until: this.#now() + RETRY_MS }),
          },
    );
  }

  async #findDifference(pair: PairQuestion): Promise<boolean> {
    const { repository, folder, without } = pair.source;
    const gitHost = this.options.gitHost!;
    if (!gitHost.compareCommits) {
      return this.#facts.keepDifference(pair, {
        reason: 'the Git host cannot compare commits',
      });
    }
    try {
      if (!this.#updatedAt.has(repository)) await this.#update(repository);
      const { onlyHead, totals } = await gitHost.compareCommits(
        repository,
        pair.revision,
        pair.other,
        { ...(folder && { folder }), without, limit: MAX_LISTED },
      );
      return this.#facts.keepDifference(pair, {
        missing: onlyHead.map(c => this.#toCommit(repository, c)),
        totals: { missing: totals.onlyHead, extra: totals.onlyBase },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.debug('Two releases cannot be compared', {
        repository,
        reason,
      });
      return this.#facts.keepDifference(pair, {
        reason,
        until: this.#now() + RETRY_MS,
      });
    }
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
      await this.#facts.save(this.options.store);
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

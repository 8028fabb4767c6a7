import { GitRunner, NO_OBJECT } from './gitPlumbing';
import { readRefs } from './gitReading';
import { GitError } from './runGit';
import { GitPush, GitRef } from './types';

/** A ref had moved since the caller looked. */
export class RefMovedError extends Error {}

/**
 * Where the refs of all repositories point. It is read without asking git, and
 * compared with git after anything that may have moved one; every ref that
 * did is told once.
 */
export class RefBook {
  private readonly known = new Map<string, Map<string, GitRef>>();
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly runner: (repository: string) => GitRunner,
    private readonly tell: (push: GitPush) => void,
  ) {}

  /** Names of all repositories, sorted. */
  repositories(): string[] {
    return [...this.known.keys()].sort();
  }

  has(repository: string): boolean {
    return this.known.has(repository);
  }

  /** Refs by their full names; undefined when there is no such repository. */
  refs(repository: string): Map<string, GitRef> | undefined {
    return this.known.get(repository);
  }

  add(repository: string, refs: Map<string, GitRef>): void {
    this.known.set(repository, refs);
  }

  remove(repository: string): void {
    this.known.delete(repository);
  }

  /** Gives a repository another name; nothing is pushed by that. */
  rename(repository: string, name: string): void {
    this.known.set(name, this.known.get(repository)!);
    this.known.delete(repository);
  }

  /** Everything that moves refs of one repository, one after the other. */
  exclusive<T>(repository: string, action: () => Promise<T>): Promise<T> {
    const previous = this.queues.get(repository) ?? Promise.resolve();
    const next = previous.then(action, action);
    this.queues.set(
      repository,
      next.catch(() => {}),
    );
    return next;
  }

  /**
   * Moves, creates (`before` undefined) or deletes (`after` undefined) a ref.
   *
   * @throws RefMovedError - the ref is not at `before`.
   */
  async move(
    repository: string,
    ref: string,
    after: string | undefined,
    before: string | undefined,
  ): Promise<void> {
    try {
      await this.runner(repository)(
        after === undefined
          ? ['update-ref', '-d', ref, before ?? NO_OBJECT]
          : ['update-ref', ref, after, before ?? NO_OBJECT],
      );
    } catch (error) {
      if (
        error instanceof GitError &&
        /but expected|reference already exists|cannot lock ref/.test(
          error.stderr,
        )
      ) {
        await this.refresh(repository);
        throw new RefMovedError(`${ref} of ${repository} has moved`);
      }
      throw error;
    }
    await this.refresh(repository);
  }

  /** Looks where git has the refs now, and tells of those that moved. */
  async refresh(repository: string): Promise<void> {
    const before = this.known.get(repository);
    if (!before) {
      throw new Error(`there is no repository ${repository}`);
    }
    const after = await readRefs(this.runner(repository));
    if (this.known.get(repository) !== before) {
      return;
    }
    this.known.set(repository, after);
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const push: GitPush = {
        repository,
        ref: name,
        before: before.get(name)?.commit,
        after: after.get(name)?.commit,
      };
      if (push.before !== push.after) {
        this.tell(push);
      }
    }
  }
}

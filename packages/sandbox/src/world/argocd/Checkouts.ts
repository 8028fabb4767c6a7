import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GitStore } from '../types';

/** Commits of one repository whose files stay on disk. */
const KEPT = 4;
/** Whoever got a folder may still be rendering from it for this long, ms. */
const GRACE_MS = 60_000;

/** Files of commits on disk: each commit is written once, old ones go. */
export class Checkouts {
  private readonly folders = new Map<string, Promise<string>>();

  constructor(
    private readonly git: GitStore,
    private readonly directory: string,
  ) {}

  /**
   * The absolute path of a folder with the files of a commit.
   *
   * @throws Error - git's own message: no such repository or commit.
   */
  get(repository: string, sha: string): Promise<string> {
    const key = `${repository}@${sha}`;
    const known = this.folders.get(key);
    if (known) {
      // Most recently used last.
      this.folders.delete(key);
      this.folders.set(key, known);
      return known;
    }
    const folder = resolve(
      this.directory,
      repository.replaceAll('/', '__'),
      sha,
    );
    const checkout = (async () => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await this.git.checkout(repository, sha, folder);
      return folder;
    })();
    this.folders.set(key, checkout);
    checkout.catch(() => this.folders.delete(key));
    this.forgetOld(repository);
    return checkout;
  }

  private forgetOld(repository: string) {
    const keys = [...this.folders.keys()].filter(key =>
      key.startsWith(`${repository}@`),
    );
    for (const key of keys.slice(0, -KEPT)) {
      const folder = this.folders.get(key)!;
      this.folders.delete(key);
      const timer = setTimeout(() => {
        folder
          .then(path =>
            this.folders.has(key)
              ? undefined
              : rm(path, { recursive: true, force: true }),
          )
          .catch(() => {});
      }, GRACE_MS);
      timer.unref();
    }
  }
}

import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentSummary,
  Release,
  SourceState,
} from '@fairway/plugin-platform-envs-common';
import { GitHost, Pace } from '@fairway/plugin-platform-envs-node';
import { DesiredFile } from './desiredFiles';
import { PastReleases } from './PastReleases';
import { DesiredEntry } from './readDesiredEntry';
import {
  BranchMove,
  readEntries,
  readHead,
  withLastChanges,
} from './readRepository';

export { desiredFileOf, subjectOf } from './desiredFiles';
export type { DesiredFile } from './desiredFiles';
export type { DesiredEntry } from './readDesiredEntry';
export type { BranchMove } from './readRepository';

/** What one branch of one repository says, and how fresh that is. */
export interface RepositoryState {
  repository: string;
  branch: string;
  head?: string;
  /** The head under which the last commits of the entries were found. */
  changesAt?: string;
  state: SourceState;
  /** ISO 8601 UTC time at which the host last answered. */
  observedAt?: string;
  message?: string;
  /** By path. */
  entries: Record<string, DesiredEntry>;
}

/** When repositories are to be looked at again. */
export interface GitPaces {
  /** Where pushes are not told. */
  untold: Pace;
  /** Where webhooks tell of pushes: what they miss is found this often. */
  told: Pace;
}

/** What webhooks tell of pushes. @see PushNews */
export interface KnownPushes {
  /** Brings in what other replicas were told. */
  load(): Promise<void>;
  /** Whether pushes to a repository are told. */
  areTold(repository: string): boolean;
  /** When the last push to it was told, milliseconds since 1970. */
  lastAt(repository: string): number | undefined;
  /** The branch moved and nobody told. */
  missed(repository: string): void;
}

/**
 * Keeps what the GitOps repositories say.
 *
 * One question ("where is the branch?") per repository and poll; files are
 * read again only when the branch moved, and their last commit only when the
 * file changed.
 */
export class DesiredState {
  readonly #repositories = new Map<string, RepositoryState>();
  readonly #running = new Map<string, Promise<void>>();
  /** When each was last looked at, milliseconds since 1970. */
  readonly #askedAt = new Map<string, number>();
  /** The last push that each was looked at for. */
  readonly #seenPush = new Map<string, number | undefined>();
  readonly #past: PastReleases;
  #environments: EnvironmentSummary[] = [];

  constructor(
    private readonly options: {
      /** Absent: no Git host is configured. */
      gitHost?: GitHost;
      /** Absent: each poll asks. */
      paces?: GitPaces;
      /** Absent: no webhooks are configured. */
      pushes?: KnownPushes;
      logger: LoggerService;
      now: () => Date;
      onChange: () => void;
    },
  ) {
    this.#past = new PastReleases(options.gitHost);
  }

  /** Tells which environments there are; repositories that none names are forgotten. */
  setEnvironments(environments: EnvironmentSummary[]): void {
    this.#environments = environments;
    const wanted = new Set(
      environments
        .filter(e => e.gitops)
        .map(e => keyOf(e.gitops!.repository, e.gitops!.branch)),
    );
    for (const key of this.#repositories.keys()) {
      if (wanted.has(key)) continue;
      this.#repositories.delete(key);
      this.#askedAt.delete(key);
      this.#seenPush.delete(key);
    }
    for (const { gitops } of environments) {
      if (!gitops) continue;
      const key = keyOf(gitops.repository, gitops.branch);
      if (this.#repositories.has(key)) continue;
      this.#repositories.set(key, {
        repository: gitops.repository,
        branch: gitops.branch,
        entries: {},
        ...(this.options.gitHost
          ? { state: 'stale', message: 'It has not been read yet' }
          : {
              state: 'absent',
              message: 'No Git host is configured (platformEnvs.gitHost.host)',
            }),
      });
    }
  }

  getRepositories(): RepositoryState[] {
    return [...this.#repositories.values()];
  }

  getRepository(
    repository: string,
    branch: string,
  ): RepositoryState | undefined {
    return this.#repositories.get(keyOf(repository, branch));
  }

  /** Puts back what was known before a restart; it counts as stale until the host answers. */
  restore(repositories: RepositoryState[]): void {
    for (const known of repositories) {
      const key = keyOf(known.repository, known.branch);
      if (this.#repositories.get(key)?.head) continue;
      this.#repositories.set(key, {
        ...known,
        // Read everything again, but keep what unchanged files say about their commit.
        head: undefined,
        state: 'stale',
        message: 'Known from before the restart',
      });
    }
  }

  /**
   * What a file said at a commit; undefined when it had no release, was not
   * there or cannot be read. Answers are kept, since a commit does not change.
   */
  releaseAt(file: DesiredFile, commit: string): Promise<Release | undefined> {
    return this.#past.get(file, commit);
  }

  /** The same, but only what is already known. */
  peekReleaseAt(file: DesiredFile, commit: string): Release | undefined {
    return this.#past.peek(file, commit);
  }

  /** Looks at every repository that is due, or was pushed to. Never throws. */
  async poll(): Promise<void> {
    const { pushes, paces } = this.options;
    await pushes?.load();
    await Promise.all(
      this.getRepositories().map(async known => {
        const { repository, branch } = known;
        const key = keyOf(repository, branch);
        const askedAt = this.#askedAt.get(key);
        const isPushed = pushes?.lastAt(repository) !== this.#seenPush.get(key);
        const isTold = known.state === 'live' && pushes?.areTold(repository);
        const pace = isTold ? paces?.told : paces?.untold;
        if (!isPushed && pace?.isDue(askedAt) === false) return;
        await this.refresh(repository, branch);
        const { head } = this.#repositories.get(key) ?? {};
        const hasMoved = known.head !== undefined && head !== known.head;
        if (!isPushed && hasMoved) pushes?.missed(repository);
      }),
    );
  }

  /**
   * Looks at one repository now; who asks while that runs waits for one more look.
   *
   * @param move - the branch is known to have moved on, from a commit to one
   *   that has it in its history; where it is need not be asked then
   */
  async refresh(
    repository: string,
    branch: string,
    move?: BranchMove,
  ): Promise<void> {
    const key = keyOf(repository, branch);
    const before = this.#running.get(key) ?? Promise.resolve();
    const next = before.then(() => this.#read(key, move));
    this.#running.set(key, next);
    await next;
    if (this.#running.get(key) === next) this.#running.delete(key);
  }

  async #read(key: string, move?: BranchMove): Promise<void> {
    const { gitHost, pushes, now, logger } = this.options;
    const known = this.#repositories.get(key);
    if (!known || !gitHost) return;
    this.#askedAt.set(key, now().getTime());
    this.#seenPush.set(key, pushes?.lastAt(known.repository));
    try {
      const { head, isNext } = await readHead(gitHost, known, move);
      const keep = (entries: RepositoryState['entries']) => {
        this.#repositories.set(key, {
          repository: known.repository,
          branch: known.branch,
          head,
          changesAt: head,
          state: 'live',
          observedAt: now().toISOString(),
          entries,
        });
        if (head !== known.head || known.state !== 'live') {
          this.options.onChange();
        }
      };
      if (head === known.head) {
        keep(known.entries);
        return;
      }
      const { entries, changed } = await readEntries(gitHost, known, {
        head,
        isNext,
        environments: this.#environments,
      });
      // what should run is told at once; whose change it was may follow
      keep(entries);
      if (changed.length === 0) return;
      const complete = await withLastChanges(gitHost, changed, {
        repository: known.repository,
        head,
        logger,
      });
      keep({ ...entries, ...complete });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== known.message) {
        logger.warn('A GitOps repository cannot be read', {
          repository: known.repository,
          branch: known.branch,
          reason: message,
        });
      }
      this.#repositories.set(key, {
        ...known,
        state: known.observedAt ? 'stale' : 'error',
        message,
      });
      this.options.onChange();
    }
  }
}

function keyOf(repository: string, branch: string): string {
  return `${repository}#${branch}`;
}

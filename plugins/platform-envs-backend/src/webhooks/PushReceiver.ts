import { LoggerService } from '@backstage/backend-plugin-api';
import { BranchMove } from '../services/readRepository';
import { PushHint } from './githubDelivery';
import { Lane } from './Lane';

/** What is done about a push. None of it throws. */
export interface PushActions {
  /** Branches of a repository that hold desired state. */
  branchesOf(repository: string): string[];
  /** @param move - what pushes told since the last time, where they follow one another */
  refreshDesiredState(
    repository: string,
    branch: string,
    move?: BranchMove,
  ): Promise<void>;
  /** Components whose source is in a repository. */
  componentsFrom(repository: string): string[];
  refreshSource(repository: string, componentRefs: string[]): Promise<void>;
}

/**
 * Acts on pushes. A push is a hint that something moved; where the branch is,
 * is asked of the Git host unless it tells of the very next step. Those that
 * come while one is acted on are acted on together, so a hundred of them cost
 * two looks. What stands where does not wait for the commits of applications.
 */
export class PushReceiver {
  readonly #desired: Lane;
  readonly #sources: Lane;
  /** By repository and branch, what was told and not acted on; undefined where it does not fit together. */
  readonly #moves = new Map<string, BranchMove | undefined>();

  constructor(private readonly actions: PushActions, logger: LoggerService) {
    this.#desired = new Lane(logger);
    this.#sources = new Lane(logger);
  }

  /** Returns at once. Anybody may push anywhere; what is no repository of ours takes no room. */
  receive({ repository, branch, move }: PushHint): void {
    const { actions } = this;
    if (branch && actions.branchesOf(repository).includes(branch)) {
      const key = `${repository}#${branch}`;
      this.#moves.set(
        key,
        this.#moves.has(key) ? join(this.#moves.get(key), move) : move,
      );
      this.#desired.put(repository, branch, () => {
        const told = this.#moves.get(key);
        this.#moves.delete(key);
        return actions.refreshDesiredState(repository, branch, told);
      });
    }
    const components = actions.componentsFrom(repository);
    if (components.length > 0) {
      this.#sources.put(repository, '', () =>
        actions.refreshSource(repository, components),
      );
    }
  }

  /** Resolves when everything that was received was acted on. */
  async idle(): Promise<void> {
    await Promise.all([this.#desired.idle(), this.#sources.idle()]);
  }
}

/** Two moves as one, if the second begins where the first ends. */
function join(
  first: BranchMove | undefined,
  second: BranchMove | undefined,
): BranchMove | undefined {
  return first && first.after === second?.before
    ? { before: first.before, after: second.after }
    : undefined;
}

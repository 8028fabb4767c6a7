import { LoggerService } from '@backstage/backend-plugin-api';
import { PushHint } from './githubDelivery';
import { Lane } from './Lane';

/** What is done about a push. None of it throws. */
export interface PushActions {
  /** Branches of a repository that hold desired state. */
  branchesOf(repository: string): string[];
  refreshDesiredState(repository: string, branch: string): Promise<void>;
  /** Components whose source is in a repository. */
  componentsFrom(repository: string): string[];
  refreshSource(repository: string, componentRefs: string[]): Promise<void>;
}

/**
 * Acts on pushes. A push is only a hint that something moved: where the branch
 * is, is asked of the Git host. Those that come while one is acted on are acted
 * on together, so a hundred of them cost two looks. What stands where does not
 * wait for the commits of applications.
 */
export class PushReceiver {
  readonly #desired: Lane;
  readonly #sources: Lane;

  constructor(private readonly actions: PushActions, logger: LoggerService) {
    this.#desired = new Lane(logger);
    this.#sources = new Lane(logger);
  }

  /** Returns at once. Anybody may push anywhere; what is no repository of ours takes no room. */
  receive({ repository, branch }: PushHint): void {
    const { actions } = this;
    if (branch && actions.branchesOf(repository).includes(branch)) {
      this.#desired.put(repository, branch, () =>
        actions.refreshDesiredState(repository, branch),
      );
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

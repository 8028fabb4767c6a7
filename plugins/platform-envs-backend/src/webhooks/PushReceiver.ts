import { LoggerService } from '@backstage/backend-plugin-api';
import { PushHint } from './githubDelivery';

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
 * on together, so a hundred of them cost two looks.
 */
export class PushReceiver {
  readonly #waiting = new Map<string, PushHint>();
  #working?: Promise<void>;

  constructor(
    private readonly actions: PushActions,
    private readonly logger: LoggerService,
  ) {}

  /** Returns at once. */
  receive(push: PushHint): void {
    const { repository, branch = '' } = push;
    if (!this.#isKnown(push)) return;
    this.#waiting.set(`${repository}#${branch}`, push);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when everything that was received was acted on. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Anybody may push anywhere; what is no repository of ours takes no room. */
  #isKnown({ repository, branch }: PushHint): boolean {
    const { actions } = this;
    return (
      actions.componentsFrom(repository).length > 0 ||
      (branch !== undefined && actions.branchesOf(repository).includes(branch))
    );
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      const pushes = [...this.#waiting.values()];
      this.#waiting.clear();
      await Promise.all(pushes.map(push => this.#act(push)));
    }
  }

  async #act({ repository, branch }: PushHint): Promise<void> {
    const { actions, logger } = this;
    try {
      if (branch && actions.branchesOf(repository).includes(branch)) {
        await actions.refreshDesiredState(repository, branch);
      }
      const components = actions.componentsFrom(repository);
      if (components.length > 0) {
        await actions.refreshSource(repository, components);
      }
    } catch (error) {
      logger.warn('A push could not be acted on; polling will see it', {
        repository,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

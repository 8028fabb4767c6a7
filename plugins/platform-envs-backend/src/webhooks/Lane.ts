import { LoggerService } from '@backstage/backend-plugin-api';

/** Work of one kind: what is asked for while it is done is done once more, however often. */
export class Lane {
  readonly #waiting = new Map<string, () => Promise<void>>();
  #working?: Promise<void>;

  constructor(private readonly logger: LoggerService) {}

  /** Has it done soon. Returns at once; a failure is logged. */
  put(repository: string, branch: string, task: () => Promise<void>): void {
    this.#waiting.set(`${repository}#${branch}`, () =>
      this.#attempt(repository, task),
    );
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when everything was done. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      const tasks = [...this.#waiting.values()];
      this.#waiting.clear();
      await Promise.all(tasks.map(task => task()));
    }
  }

  async #attempt(repository: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.logger.warn('A push could not be acted on; polling will see it', {
        repository,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { SnapshotShape, SnapshotStore } from '../database/SnapshotStore';
import { KnownPushes } from './DesiredState';

interface SavedPush {
  repository: string;
  /** ISO 8601 UTC. */
  at: string;
}

const savedPush: SnapshotShape<SavedPush> = z.looseObject({
  repository: z.string(),
  at: z.iso.datetime(),
});

const PREFIX = 'git-push:';

/**
 * When webhooks last told of a push to each repository, over replicas and
 * restarts. They can be relied on until a push is found that nobody told of,
 * and again from the next one that is told.
 */
export class PushNews implements KnownPushes {
  readonly #lastAt = new Map<string, number>();
  readonly #missedAt = new Map<string, number>();

  constructor(
    private readonly options: {
      store: SnapshotStore;
      logger: LoggerService;
      now?: () => Date;
    },
  ) {}

  /** A webhook told of a push. Never throws. */
  async told(repository: string): Promise<void> {
    const at = this.#now();
    this.#lastAt.set(repository, at.getTime());
    const push: SavedPush = { repository, at: at.toISOString() };
    try {
      await this.options.store.save(`${PREFIX}${repository}`, push);
    } catch (error) {
      this.options.logger.warn('A push was not noted for other replicas', {
        repository,
        reason: String(error),
      });
    }
  }

  /** Without the database what this replica was told is all there is. Never throws. */
  async load(): Promise<void> {
    const saved = await this.options.store
      .loadAll(PREFIX, savedPush)
      .catch(() => new Map<string, SavedPush>());
    for (const { repository, at } of saved.values()) {
      const known = this.#lastAt.get(repository) ?? -Infinity;
      this.#lastAt.set(repository, Math.max(known, Date.parse(at)));
    }
  }

  areTold(repository: string): boolean {
    const lastAt = this.#lastAt.get(repository) ?? -Infinity;
    return lastAt > (this.#missedAt.get(repository) ?? -Infinity);
  }

  lastAt(repository: string): number | undefined {
    return this.#lastAt.get(repository);
  }

  missed(repository: string): void {
    if (this.areTold(repository)) {
      this.options.logger.warn(
        'A push was found that no webhook told of; the repository is polled more often until one does',
        { repository },
      );
    }
    this.#missedAt.set(repository, this.#now().getTime());
  }

  #now(): Date {
    return this.options.now?.() ?? new Date();
  }
}

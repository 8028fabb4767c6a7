import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { SnapshotShape, SnapshotStore } from './SnapshotStore';

/** Documents in the table `snapshot` of the plugin's database. */
export class DatabaseSnapshotStore implements SnapshotStore {
  constructor(
    private readonly knex: Knex,
    private readonly logger: LoggerService,
  ) {}

  async save(name: string, content: unknown): Promise<void> {
    const row = {
      name,
      content: JSON.stringify(content),
      saved_at: new Date().toISOString(),
    };
    await this.knex('snapshot').insert(row).onConflict('name').merge();
  }

  async load<T>(name: string, shape: SnapshotShape<T>): Promise<T | undefined> {
    const row = await this.knex('snapshot').where({ name }).first('content');
    if (!row) return undefined;
    try {
      return shape.parse(JSON.parse(row.content));
    } catch (error) {
      this.logger.warn('A saved snapshot cannot be used and is dropped', {
        name,
        reason: error instanceof Error ? error.name : String(error),
      });
      await this.knex('snapshot').where({ name }).delete();
      return undefined;
    }
  }
}

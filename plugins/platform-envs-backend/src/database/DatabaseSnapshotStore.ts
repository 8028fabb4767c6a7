import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { shareStrings } from '../shareStrings';
import { SnapshotShape, SnapshotStore } from './SnapshotStore';

/** Documents that are written at once; making them text holds up everybody else. */
const PART = 100;

/** Documents in the table `snapshot` of the plugin's database. */
export class DatabaseSnapshotStore implements SnapshotStore {
  constructor(
    private readonly knex: Knex,
    private readonly logger: LoggerService,
  ) {}

  async save(name: string, content: unknown): Promise<void> {
    await this.#write([[name, content]]);
  }

  async saveAll(
    documents: Map<string, unknown>,
    gone: string[],
  ): Promise<void> {
    // in one order, so that two who write the same never wait for each other
    const sorted = [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
    for (let i = 0; i < sorted.length; i += PART) {
      await this.#write(sorted.slice(i, i + PART));
    }
    const names = [...gone].sort();
    for (let i = 0; i < names.length; i += PART) {
      await this.knex('snapshot')
        .whereIn('name', names.slice(i, i + PART))
        .delete();
    }
  }

  async load<T>(name: string, shape: SnapshotShape<T>): Promise<T | undefined> {
    const row = await this.knex('snapshot').where({ name }).first('content');
    return row && this.#read(name, row.content, shape);
  }

  async loadAll<T>(
    prefix: string,
    shape: SnapshotShape<T>,
  ): Promise<Map<string, T>> {
    const pattern = `${prefix.replace(/[\\%_]/g, '\\$&')}%`;
    const rows: Array<{ name: string; content: string }> = await this.knex(
      'snapshot',
    )
      .whereRaw(`name LIKE ? ESCAPE '\\'`, [pattern])
      .orderBy('name')
      .select('name', 'content');
    const found = new Map<string, T>();
    const strings = new Map<string, string>();
    for (const { name, content } of rows) {
      const document = await this.#read(name, content, shape, strings);
      if (document !== undefined) found.set(name, document);
    }
    return found;
  }

  async #write(documents: Array<[string, unknown]>): Promise<void> {
    const savedAt = new Date().toISOString();
    await this.knex('snapshot')
      .insert(
        documents.map(([name, content]) => ({
          name,
          content: JSON.stringify(content),
          saved_at: savedAt,
        })),
      )
      .onConflict('name')
      .merge();
  }

  async #read<T>(
    name: string,
    content: string,
    shape: SnapshotShape<T>,
    strings?: Map<string, string>,
  ): Promise<T | undefined> {
    try {
      const json = JSON.parse(content);
      return shape.parse(strings ? shareStrings(json, strings) : json);
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

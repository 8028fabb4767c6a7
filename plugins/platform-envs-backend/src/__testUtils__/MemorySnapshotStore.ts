import { SnapshotShape, SnapshotStore } from '../database/SnapshotStore';

/** Keeps documents as text, as a database would. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly documents = new Map<string, string>();

  async save(name: string, content: unknown): Promise<void> {
    this.documents.set(name, JSON.stringify(content));
  }

  async load<T>(name: string, shape: SnapshotShape<T>): Promise<T | undefined> {
    const document = this.documents.get(name);
    return document === undefined
      ? undefined
      : shape.parse(JSON.parse(document));
  }

  async saveAll(
    documents: Map<string, unknown>,
    gone: string[],
  ): Promise<void> {
    for (const [name, content] of documents) await this.save(name, content);
    for (const name of gone) this.documents.delete(name);
  }

  async loadAll<T>(
    prefix: string,
    shape: SnapshotShape<T>,
  ): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    for (const name of this.documents.keys()) {
      if (!name.startsWith(prefix)) continue;
      found.set(name, (await this.load(name, shape))!);
    }
    return found;
  }
}

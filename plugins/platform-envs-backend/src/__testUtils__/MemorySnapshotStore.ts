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
}

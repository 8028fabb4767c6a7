/** Says whether a document has the expected shape, and gives it back with its type. */
export interface SnapshotShape<T> {
  /** @throws Error - the document has another shape. */
  parse(document: unknown): T;
}

/**
 * Keeps the last known picture over a restart, as named JSON documents.
 */
export interface SnapshotStore {
  /** Replaces the document of that name. The last writer wins. */
  save(name: string, content: unknown): Promise<void>;
  /**
   * The document, or undefined when there is none or it cannot be used; an
   * unusable one is dropped.
   */
  load<T>(name: string, shape: SnapshotShape<T>): Promise<T | undefined>;
  /**
   * Replaces and deletes many documents, in parts, so that nobody waits for
   * long. Two may do so at once; of each document the last writer's stays.
   */
  saveAll(documents: Map<string, unknown>, gone: string[]): Promise<void>;
  /** The documents whose names begin so, by name; those that cannot be used are dropped. */
  loadAll<T>(prefix: string, shape: SnapshotShape<T>): Promise<Map<string, T>>;
}

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
}

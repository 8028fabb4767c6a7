/** What a row can depend on. */
export type DependencyKind =
  | 'environment'
  | 'repository'
  | 'path'
  | 'deployment'
  | 'source';

/** Which rows have to be composed again when something changes. */
export class RowDependencies {
  readonly #rows = new Map<string, Set<string>>();
  readonly #keys = new Map<string, string[]>();

  /** Replaces what a row depends on. */
  set(row: string, dependencies: Array<[kind: DependencyKind, key: string]>) {
    this.delete(row);
    const keys = dependencies.map(([kind, key]) => `${kind} ${key}`);
    this.#keys.set(row, keys);
    for (const key of keys) {
      const rows = this.#rows.get(key);
      if (rows) rows.add(row);
      else this.#rows.set(key, new Set([row]));
    }
  }

  delete(row: string): void {
    for (const key of this.#keys.get(row) ?? []) {
      const rows = this.#rows.get(key);
      rows?.delete(row);
      if (rows?.size === 0) this.#rows.delete(key);
    }
    this.#keys.delete(row);
  }

  /** Rows that depend on something; empty when none does. */
  rowsOf(kind: DependencyKind, key: string): Iterable<string> {
    return this.#rows.get(`${kind} ${key}`) ?? [];
  }

  /** Whether any row depends on something. */
  has(kind: DependencyKind, key: string): boolean {
    return this.#rows.has(`${kind} ${key}`);
  }
}

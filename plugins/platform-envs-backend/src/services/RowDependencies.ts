/** What a row can depend on. */
export type DependencyKind =
  | 'environment'
  | 'repository'
  | 'path'
  | 'deployment'
  | 'source';

/** Which rows have to be composed again when something changes. */
export class RowDependencies {
  /** Most of what rows depend on is one row's own; a set for each would take more room than the board. */
  readonly #rows = new Map<string, string | Set<string>>();
  readonly #keys = new Map<string, string[]>();

  /** Replaces what a row depends on. */
  set(row: string, dependencies: Array<[kind: DependencyKind, key: string]>) {
    this.delete(row);
    const keys = dependencies.map(([kind, key]) => `${kind} ${key}`);
    this.#keys.set(row, keys);
    for (const key of keys) {
      const rows = this.#rows.get(key);
      if (rows === undefined || rows === row) this.#rows.set(key, row);
      else if (typeof rows === 'string') {
        this.#rows.set(key, new Set([rows, row]));
      } else rows.add(row);
    }
  }

  delete(row: string): void {
    for (const key of this.#keys.get(row) ?? []) {
      const rows = this.#rows.get(key);
      if (rows instanceof Set) rows.delete(row);
      if (rows === row || (rows instanceof Set && rows.size === 0)) {
        this.#rows.delete(key);
      }
    }
    this.#keys.delete(row);
  }

  /** Rows that depend on something; empty when none does. */
  rowsOf(kind: DependencyKind, key: string): Iterable<string> {
    const rows = this.#rows.get(`${kind} ${key}`);
    return typeof rows === 'string' ? [rows] : rows ?? [];
  }

  /** Whether any row depends on something. */
  has(kind: DependencyKind, key: string): boolean {
    return this.#rows.has(`${kind} ${key}`);
  }
}

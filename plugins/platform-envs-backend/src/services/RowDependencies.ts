/** What a row can depend on. */
export type DependencyKind =
  | 'environment'
  | 'repository'
  | 'path'
  | 'deployment'
  | 'source';

/** Something that a row depends on. */
export type Dependency = [kind: DependencyKind, key: string];

/** Which rows have to be composed again when something changes. */
export class RowDependencies {
  /** Most of what rows depend on is one row's own; a set for each would take more room than the board. */
  readonly #rows = new Map<string, string | Set<string>>();

  add(row: string, dependencies: Dependency[]): void {
    for (const key of dependencies.map(keyOf)) {
      const rows = this.#rows.get(key);
      if (rows === undefined || rows === row) this.#rows.set(key, row);
      else if (typeof rows === 'string') {
        this.#rows.set(key, new Set([rows, row]));
      } else rows.add(row);
    }
  }

  /** Takes back what was added for a row. */
  delete(row: string, dependencies: Dependency[]): void {
    for (const key of dependencies.map(keyOf)) {
      const rows = this.#rows.get(key);
      if (rows instanceof Set) rows.delete(row);
      if (rows === row || (rows instanceof Set && rows.size === 0)) {
        this.#rows.delete(key);
      }
    }
  }

  /** Rows that depend on something; empty when none does. */
  rowsOf(kind: DependencyKind, key: string): Iterable<string> {
    const rows = this.#rows.get(keyOf([kind, key]));
    return typeof rows === 'string' ? [rows] : rows ?? [];
  }

  /** Whether any row depends on something. */
  has(kind: DependencyKind, key: string): boolean {
    return this.#rows.has(keyOf([kind, key]));
  }
}

function keyOf([kind, key]: Dependency): string {
  return `${kind} ${key}`;
}

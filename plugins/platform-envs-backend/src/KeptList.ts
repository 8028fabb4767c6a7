/**
 * The values of a large map as an array that is made anew only where they
 * changed: one of thousands changes many times a second. Who has a former array
 * keeps it as it was.
 */
export class KeptList<T> {
  #items?: T[];
  /** Where the value of each key stands. */
  #places = new Map<string, number>();
  readonly #renewed = new Set<string>();

  /** There is another value under a key that was there before. */
  renew(key: string): void {
    this.#renewed.add(key);
  }

  /** A key came, went, or stands elsewhere. */
  reorder(): void {
    this.#items = undefined;
  }

  /**
   * The same array as long as nothing changed.
   *
   * @param keys - in the order of the array; asked for only after a {@link reorder}
   * @param valueOf - of a key that is among them
   */
  get(keys: () => string[], valueOf: (key: string) => T): T[] {
    if (!this.#items) {
      const all = keys();
      this.#items = all.map(valueOf);
      this.#places = new Map(all.map((key, place) => [key, place]));
    } else if (this.#renewed.size > 0) {
      this.#items = this.#items.slice();
      for (const key of this.#renewed) {
        const place = this.#places.get(key);
        if (place !== undefined) this.#items[place] = valueOf(key);
      }
    }
    this.#renewed.clear();
    return this.#items;
  }
}

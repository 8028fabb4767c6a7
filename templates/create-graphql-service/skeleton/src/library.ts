/** Who wrote books. */
export interface Author {
  id: string;
  name: string;
}

/** A book of one author. */
export interface Book {
  id: string;
  title: string;
  authorId: string;
}

/**
 * Where books are kept. The example to replace by a database: what is asked for
 * many things at once is asked in one query.
 */
export interface Library {
  /** Books in the order of title and id, after the one of this id. */
  books(options: { first: number; after?: string }): Promise<Book[]>;
  /** In the order of the ids; undefined where there is none. */
  booksById(ids: readonly string[]): Promise<(Book | undefined)[]>;
  /** In the order of the ids; undefined where there is none. */
  authorsById(ids: readonly string[]): Promise<(Author | undefined)[]>;
  /** The books of each author, in the order of the ids. */
  booksByAuthor(ids: readonly string[]): Promise<Book[][]>;
  addBook(book: Omit<Book, 'id'>): Promise<Book>;
}

/** Books in memory: gone with the process. */
export class MemoryLibrary implements Library {
  readonly #authors = new Map<string, Author>([
    ['1', { id: '1', name: 'Ursula K. Le Guin' }],
    ['2', { id: '2', name: 'Stanisław Lem' }],
  ]);

  readonly #books = new Map<string, Book>([
    ['1', { id: '1', title: 'The Dispossessed', authorId: '1' }],
    ['2', { id: '2', title: 'The Left Hand of Darkness', authorId: '1' }],
    ['3', { id: '3', title: 'Solaris', authorId: '2' }],
  ]);

  books({ first, after }: { first: number; after?: string }): Promise<Book[]> {
    const sorted = byTitle(this.#books.values());
    const start = after ? sorted.findIndex((book) => book.id === after) + 1 : 0;
    return Promise.resolve(
      after && start === 0 ? [] : sorted.slice(start, start + first),
    );
  }

  booksById(ids: readonly string[]): Promise<(Book | undefined)[]> {
    return Promise.resolve(ids.map((id) => this.#books.get(id)));
  }

  authorsById(ids: readonly string[]): Promise<(Author | undefined)[]> {
    return Promise.resolve(ids.map((id) => this.#authors.get(id)));
  }

  booksByAuthor(ids: readonly string[]): Promise<Book[][]> {
    const all = byTitle(this.#books.values());
    return Promise.resolve(
      ids.map((id) => all.filter((book) => book.authorId === id)),
    );
  }

  addBook(book: Omit<Book, 'id'>): Promise<Book> {
    const added = { ...book, id: String(this.#books.size + 1) };
    this.#books.set(added.id, added);
    return Promise.resolve(added);
  }
}

function byTitle(books: Iterable<Book>): Book[] {
  return [...books].sort(
    (a, b) => a.title.localeCompare(b.title, 'en') || (a.id < b.id ? -1 : 1),
  );
}

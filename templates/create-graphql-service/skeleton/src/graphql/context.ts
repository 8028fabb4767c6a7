import DataLoader from 'dataloader';
import type { FastifyBaseLogger } from 'fastify';
import type { Author, Book, Library } from '../library.ts';

/** What the resolvers of one request share. */
export interface Context {
  library: Library;
  loaders: Loaders;
  log: FastifyBaseLogger;
}

/**
 * Collect what the resolvers of one tick ask for into one question each, and
 * answer the same question once a request.
 */
export interface Loaders {
  author: DataLoader<string, Author | undefined>;
  book: DataLoader<string, Book | undefined>;
  booksOfAuthor: DataLoader<string, Book[]>;
}

export function createLoaders(library: Library): Loaders {
  return {
    author: new DataLoader((ids) => library.authorsById(ids)),
    book: new DataLoader((ids) => library.booksById(ids)),
    booksOfAuthor: new DataLoader((ids) => library.booksByAuthor(ids)),
  };
}

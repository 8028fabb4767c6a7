import { GraphQLError } from 'graphql';
import type { Resolvers } from './generated.ts';

const MAX_PAGE = 100;
const MAX_TITLE_LENGTH = 200;

/** An error that the caller can mend; its text is told, unlike that of others. */
function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

export const resolvers: Resolvers = {
  Query: {
    book: async (_, { id }, { loaders }) =>
      (await loaders.book.load(id)) ?? null,
    books: async (_, { first, after }, { library, loaders }) => {
      if (first < 1 || first > MAX_PAGE) {
        throw badInput(`first must be from 1 to ${MAX_PAGE}.`);
      }
      if (after && !(await loaders.book.load(after))) {
        throw badInput('after is not a cursor of this list.');
      }
      // One more says whether there is a next page.
      const found = await library.books({
        first: first + 1,
        ...(after && { after }),
      });
      const nodes = found.slice(0, first);
      return {
        nodes,
        next: found.length > first ? (nodes.at(-1)?.id ?? null) : null,
      };
    },
  },
  Mutation: {
    addBook: async (_, { input }, { library, loaders }) => {
      const title = input.title.trim();
      if (title.length < 1 || title.length > MAX_TITLE_LENGTH) {
        throw badInput(
          `title must have from 1 to ${MAX_TITLE_LENGTH} characters.`,
        );
      }
      if (!(await loaders.author.load(input.authorId))) {
        throw badInput(`There is no author ${JSON.stringify(input.authorId)}.`);
      }
      return library.addBook({ title, authorId: input.authorId });
    },
  },
  Book: {
    author: async ({ id, authorId }, _, { loaders }) => {
      const author = await loaders.author.load(authorId);
      if (!author) {
        throw new Error(
          `Book ${id} has the author ${authorId}, who is not there`,
        );
      }
      return author;
    },
  },
  Author: {
    books: ({ id }, _, { loaders }) => loaders.booksOfAuthor.load(id),
  },
};

import { graphqlError } from './errors';

/** Arguments that page through a connection. */
export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

const encode = (index: number) =>
  Buffer.from(`cursor:v2:${index}`).toString('base64');

function decode(cursor: string): number {
  const match = /^cursor:v2:(\d+)$/.exec(
    Buffer.from(cursor, 'base64').toString(),
  );
  if (!match) {
    throw graphqlError(
      'INVALID_CURSOR_ARGUMENTS',
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  }
  return Number(match[1]);
}

/**
 * A page of a list in the shape of GitHub's connections. `edge` adds to an
 * edge what it has beside cursor and node.
 *
 * @throws GraphQLError - neither `first` nor `last` is given, or it is not from 0 to 100.
 * @see https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api
 */
export function connection<T, N>(
  name: string,
  { first, last, after, before }: PageArguments,
  items: T[],
  node: (item: T) => N,
  edge: (item: T) => object = () => ({}),
) {
  for (const [argument, size] of Object.entries({ first, last })) {
    if (typeof size === 'number' && size > 100) {
      throw graphqlError(
        'EXCESSIVE_PAGINATION',
        `Requesting ${size} records on the \`${name}\` connection exceeds the \`${argument}\` limit of 100 records.`,
      );
    }
    if (typeof size === 'number' && size < 0) {
      throw graphqlError(
        'INVALID_PAGINATION',
        `\`${argument}\` on the \`${name}\` connection cannot be less than zero.`,
      );
    }
  }
  if (typeof first !== 'number' && typeof last !== 'number') {
    throw graphqlError(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  let start = after ? decode(after) : 0;
  let end = before ? Math.min(items.length, decode(before) - 1) : items.length;
  if (typeof first === 'number') {
    end = Math.min(end, start + first);
  }
  if (typeof last === 'number') {
    start = Math.max(start, end - last);
  }
  const shown = items.slice(start, Math.max(start, end)).map((item, index) => ({
    cursor: encode(start + index + 1),
    node: node(item),
    ...edge(item),
  }));
  return {
    totalCount: items.length,
    nodes: shown.map(entry => entry.node),
    edges: shown,
    pageInfo: {
      startCursor: shown[0]?.cursor ?? null,
      endCursor: shown[shown.length - 1]?.cursor ?? null,
      hasNextPage: end < items.length && typeof first === 'number',
      hasPreviousPage: start > 0,
    },
  };
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';
import { readConfig } from './config.ts';
import { typeDefs } from './graphql/createGraphql.ts';
import { readOperations } from './graphql/operations.ts';
import { type Library, MemoryLibrary } from './library.ts';
import { createServer } from './server.ts';

interface Line {
  level: string;
  message: string;
  route?: string;
  status?: number;
  requestId?: string;
  err?: { message: string };
}

const operations = readOperations(new URL('../operations/', import.meta.url));

function start(
  env: Record<string, string> = {},
  library: Library = new MemoryLibrary(),
) {
  const lines: Line[] = [];
  const server = createServer({
    config: readConfig(env),
    library,
    operations,
    service: 'test',
    version: 'test',
    lines: { write: (line) => lines.push(JSON.parse(line) as Line) },
  });
  server.setReady(true);
  const ask = async (body: object) => {
    const response = await server.app.inject({
      method: 'POST',
      url: '/graphql',
      body,
    });
    return { status: response.statusCode, ...response.json<Answer>() };
  };
  return { ...server, lines, ask };
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

const messages = ({ errors = [] }: Answer) =>
  errors.map(({ message }) => message).join('\n');

test('books are told with their authors, page by page', async () => {
  const { ask } = start();
  const query = `query ($after: String) {
    books(first: 2, after: $after) { nodes { title author { name } } next }
  }`;
  assert.deepEqual((await ask({ query })).data, {
    books: {
      nodes: [
        { title: 'Solaris', author: { name: 'Stanisław Lem' } },
        { title: 'The Dispossessed', author: { name: 'Ursula K. Le Guin' } },
      ],
      next: '1',
    },
  });
  assert.deepEqual((await ask({ query, variables: { after: '1' } })).data, {
    books: {
      nodes: [
        {
          title: 'The Left Hand of Darkness',
          author: { name: 'Ursula K. Le Guin' },
        },
      ],
      next: null,
    },
  });
  const answer = await ask({ query, variables: { after: 'x' } });
  assert.equal(messages(answer), 'after is not a cursor of this list.');
});

test('the authors of all books are asked for at once', async (t) => {
  const library = new MemoryLibrary();
  const authorsById = t.mock.method(library, 'authorsById');
  const { ask } = start({}, library);
  await ask({ query: '{ books { nodes { author { name } } } }' });
  assert.deepEqual(
    authorsById.mock.calls.map((call) => call.arguments[0]),
    [['2', '1']],
  );
});

test('a book is added, and bad input is told as such', async () => {
  const { ask } = start();
  const add = (title: string, authorId: string) =>
    ask({
      query: `mutation ($input: AddBookInput!) {
        addBook(input: $input) { id title author { books { title } } }
      }`,
      variables: { input: { title, authorId } },
    });
  assert.deepEqual((await add(' Fiasco ', '2')).data, {
    addBook: {
      id: '4',
      title: 'Fiasco',
      author: { books: [{ title: 'Fiasco' }, { title: 'Solaris' }] },
    },
  });
  for (const [title, author, message] of [
    [' ', '2', 'title must have from 1 to 200 characters.'],
    ['x'.repeat(201), '2', 'title must have from 1 to 200 characters.'],
    ['Eden', 'no"body', 'There is no author "no\\"body".'],
  ] as const) {
    const answer = await add(title, author);
    assert.equal(messages(answer), message);
    assert.equal(answer.errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
  }
});

test('what is too deep or too dear is refused before it runs', async (t) => {
  const library = new MemoryLibrary();
  const books = t.mock.method(library, 'books');
  const { ask, app } = start({ MAX_DEPTH: '4', MAX_COST: '60' }, library);
  const deep = await ask({
    query: '{ books { nodes { author { books { title } } } } }',
  });
  assert.match(messages(deep), /depth/i);
  const dear = await ask({
    query: `{ ${Array.from({ length: 20 }, (_, i) => `b${i}: books { next }`).join(' ')} }`,
  });
  assert.match(messages(dear), /cost/i);
  assert.equal(books.mock.callCount(), 0);
  const metrics = (await app.inject('/metrics')).body;
  assert.match(
    metrics,
    /graphql_operations_total\{type="unknown",result="refused"\} 2/,
  );
});

test('the schema is shown where the settings say so', async () => {
  const query = '{ __schema { queryType { name } } }';
  assert.deepEqual((await start().ask({ query })).data, {
    __schema: { queryType: { name: 'Query' } },
  });
  const hidden = await start({ ENVIRONMENT: 'prod' }).ask({ query });
  assert.match(messages(hidden), /introspection/i);
  const page = await start({ ENVIRONMENT: 'prod' }).app.inject({
    url: '/graphql',
    headers: { accept: 'text/html' },
  });
  assert.doesNotMatch(page.body, /graphiql/i);
});

test('operations of the folder are asked for by their hash', async () => {
  const schema = buildSchema(typeDefs);
  assert.ok(operations.size > 0);
  for (const text of operations.values()) {
    assert.deepEqual(validate(schema, parse(text)), []);
  }
  const { ask } = start({ PERSISTED_ONLY: 'true' });
  const [sha256Hash] = operations.keys();
  const answer = await ask({
    extensions: { persistedQuery: { version: 1, sha256Hash } },
    variables: { id: '3' },
  });
  assert.deepEqual(answer.data, {
    book: { title: 'Solaris', author: { name: 'Stanisław Lem' } },
  });
  const free = await ask({ query: '{ book(id: "3") { title } }' });
  assert.equal(messages(free), 'PersistedQueryOnly');
});

test('an unexpected error is logged and counted, and its cause kept back', async (t) => {
  const library = new MemoryLibrary();
  t.mock.method(library, 'booksById', () =>
    Promise.reject(new Error('out of luck')),
  );
  const { ask, app, lines } = start({}, library);
  const answer = await ask({ query: '{ book(id: "1") { title } }' });
  assert.equal(messages(answer), 'Unexpected error.');
  assert.doesNotMatch(JSON.stringify(answer), /luck/);
  const [failed, request] = lines;
  assert.equal(failed?.message, 'operation failed');
  assert.equal(failed.err?.message, 'out of luck');
  assert.equal(failed.requestId, request?.requestId);
  assert.match(
    (await app.inject('/metrics')).body,
    /graphql_operations_total\{type="query",result="failed"\} 1/,
  );
});

test('probes answer, and readiness follows the service', async () => {
  const { app, setReady, lines } = start();
  assert.equal((await app.inject('/healthz')).body, '{"status":"ok"}');
  assert.equal((await app.inject('/readyz')).body, '{"status":"ok"}');
  setReady(false);
  const response = await app.inject('/readyz');
  assert.equal(response.statusCode, 503);
  assert.equal(response.body, '{"status":"not ready"}');
  assert.equal((await app.inject('/healthz')).statusCode, 200);
  assert.deepEqual(
    lines.map((line) => line.status),
    [503],
  );
});

test('errors of HTTP are problems that carry the request id', async () => {
  const { app } = start();
  const nowhere = await app.inject({
    url: '/nowhere',
    headers: { 'x-request-id': 'abc-123' },
  });
  assert.equal(nowhere.statusCode, 404);
  assert.match(
    String(nowhere.headers['content-type']),
    /application\/problem\+json/,
  );
  assert.deepEqual(nowhere.json(), {
    title: 'Not Found',
    status: 404,
    detail: 'There is nothing at this address.',
    requestId: 'abc-123',
  });
  const large = await app.inject({
    method: 'POST',
    url: '/graphql',
    body: { query: 'x'.repeat(2 ** 20) },
  });
  assert.equal(large.statusCode, 413);
});

test('request ids that could forge a log line are replaced', async () => {
  const { app } = start();
  for (const forged of ['a" level=ERROR', 'x'.repeat(65)]) {
    const { headers } = await app.inject({
      url: '/healthz',
      headers: { 'x-request-id': forged },
    });
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/);
  }
});

test('requests are logged and counted by route', async () => {
  const { app, ask, lines } = start();
  await app.inject('/healthz');
  await ask({ query: '{ book(id: "1") { title } }' });
  assert.equal(lines.length, 1);
  const [line] = lines;
  assert.equal(line?.level, 'info');
  assert.equal(line.route, '/graphql');
  assert.equal(line.status, 200);
  const { body } = await app.inject('/metrics');
  for (const text of [
    'build_info{version="test"} 1',
    'http_requests_total{method="POST",route="/graphql",code="200"} 1',
    'http_request_duration_seconds_count{method="POST",route="/graphql",code="200"} 1',
    'graphql_operations_total{type="query",result="ok"} 1',
  ]) {
    assert.ok(body.includes(text), `no ${text} in\n${body}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api } from './api.ts';
import { readConfig } from './config.ts';
import type { Queue } from './queue.ts';
import { createServer } from './server.ts';

interface Line {
  level: string;
  message: string;
  route?: string;
  status?: number;
  requestId?: string;
  err?: { message: string };
}

function start(
  send: Queue['send'] | undefined = () => Promise.resolve('m-1'),
  withQueue = true,
) {
  const lines: Line[] = [];
  const queue = { name: 'jobs', send } as Queue;
  const server = createServer({
    config: readConfig({}),
    routes: api(withQueue ? queue : undefined),
    service: 'test',
    version: 'test',
    lines: { write: (line) => lines.push(JSON.parse(line) as Line) },
  });
  server.setReady(true);
  const post = (body: object) =>
    server.app.inject({ method: 'POST', url: '/v1/jobs', body });
  return { ...server, lines, post };
}

test('a job is left in the queue', async (t) => {
  const send = t.mock.fn(() => Promise.resolve('m-1'));
  const { post } = start(send);
  const response = await post({ name: 'Zoë', more: 'is left out' });
  assert.equal(response.statusCode, 202);
  assert.deepEqual(response.json(), { id: 'm-1' });
  assert.deepEqual(
    send.mock.calls.map((call) => call.arguments),
    [['{"name":"Zoë"}', response.headers['x-request-id']]],
  );
});

test('what is no job is refused with the reason', async () => {
  const { post, app } = start();
  for (const body of [
    {},
    { name: '' },
    { name: 'x'.repeat(81) },
    { name: 1 },
  ]) {
    const response = await post(body);
    assert.equal(response.statusCode, 400);
    assert.equal(
      response.json<{ detail: string }>().detail,
      'name must be text of 1 to 80 characters.',
    );
  }
  const broken = await app.inject({
    method: 'POST',
    url: '/v1/jobs',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  assert.equal(broken.statusCode, 400);
  const large = await post({ name: 'x'.repeat(2 ** 20) });
  assert.equal(large.statusCode, 413);
});

test('without a queue it says so', async () => {
  const { post } = start(undefined, false);
  const response = await post({ name: 'Ada' });
  assert.equal(response.statusCode, 503);
  assert.match(response.body, /QUEUE_URL is not set/);
});

test('an unexpected error is logged, and its cause kept back', async () => {
  const { post, lines } = start(() => Promise.reject(new Error('out of luck')));
  const response = await post({ name: 'Ada' });
  assert.equal(response.statusCode, 500);
  assert.doesNotMatch(response.body, /luck/);
  const [failed, request] = lines;
  assert.equal(failed?.err?.message, 'out of luck');
  assert.equal(failed.requestId, request?.requestId);
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

test('errors are problems that carry the request id', async () => {
  const { app } = start();
  const nowhere = await app.inject({
    url: '/nowhere',
    headers: { 'x-request-id': 'abc-123' },
  });
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
  const { app, post, lines } = start();
  await app.inject('/healthz');
  await post({ name: 'Ada' });
  assert.deepEqual(
    lines.map(({ level, route, status }) => [level, route, status]),
    [['info', '/v1/jobs', 202]],
  );
  const { body } = await app.inject('/metrics');
  for (const text of [
    'build_info{version="test"} 1',
    'http_requests_total{method="POST",route="/v1/jobs",code="202"} 1',
    'http_request_duration_seconds_count{method="POST",route="/v1/jobs",code="202"} 1',
  ]) {
    assert.ok(body.includes(text), `no ${text} in\n${body}`);
  }
});

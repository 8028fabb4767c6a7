// @vitest-environment node
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { metrics } from './metrics';
import { observeRequests } from './observe';

const lines: string[] = [];
const logger = pino({}, { write: line => void lines.push(line) });
const server = createServer((request, response) => {
  response.statusCode = request.url === '/' ? 200 : 404;
  response.end();
});
let stop: () => void;

beforeAll(async () => {
  stop = observeRequests(metrics(), logger);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  stop();
  server.close();
});

const ask = (path: string, id?: string) =>
  fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`, {
    headers: id ? { 'x-request-id': id } : {},
  });

it('counts, times and logs a request with its id', async () => {
  const answer = await ask('/', 'r-1');
  expect(answer.headers.get('x-request-id')).toBe('r-1');
  await ask('/made-up-by-somebody');
  await expect
    .poll(() => metrics().registry.metrics())
    .toMatch(/^http_requests_total\{.*route="other",code="404"\} 1$/m);
  expect(await metrics().registry.metrics()).toMatch(/_count\{.*route="\/",code="200"\} 1/);
  expect(lines.some(line => line.includes('"requestId":"r-1"'))).toBe(true);
});

it('replaces an id that could forge a log line', async () => {
  const answer = await ask('/', 'a b');
  expect(answer.headers.get('x-request-id')).not.toBe('a b');
});

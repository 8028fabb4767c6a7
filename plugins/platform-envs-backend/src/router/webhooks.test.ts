import { mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { AddressInfo, connect } from 'node:net';
import request from 'supertest';
import { PushHint } from '../webhooks/githubDelivery';
import { createWebhooksRouter, GITHUB_WEBHOOK_PATH } from './webhooks';

const SECRET = 'a-secret-that-nobody-guesses';
const PUSH = JSON.stringify({
  ref: 'refs/heads/main',
  after: 'f'.repeat(40),
  repository: { full_name: 'shop/gitops' },
});

const sign = (body: string, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('the webhook of GitHub', () => {
  const servers: http.Server[] = [];

  async function setUp(limits: { maxBytes?: number; timeoutMs?: number } = {}) {
    const pushes: PushHint[] = [];
    const taken = new Set<string>();
    const asked: string[] = [];
    const app = express().use(
      createWebhooksRouter({
        secret: SECRET,
        deliveries: {
          take: async id => {
            asked.push(id);
            return taken.size < taken.add(id).size;
          },
        },
        onPush: push => pushes.push(push),
        logger: mockServices.logger.mock(),
        ...limits,
      }),
    );
    const server = await new Promise<http.Server>(resolve => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
    servers.push(server);
    const post = (headers: Record<string, string> = {}, body = PUSH) =>
      request(server)
        .post(GITHUB_WEBHOOK_PATH)
        .set({
          'content-type': 'application/json',
          'x-github-event': 'push',
          'x-github-delivery': 'c0ffee00-0000-0000-0000-000000000001',
          'x-hub-signature-256': sign(body),
          ...headers,
        })
        .send(body);
    return { server, pushes, asked, post };
  }

  afterEach(async () => {
    await Promise.all(
      servers.splice(0).map(server => {
        server.closeAllConnections();
        return new Promise(resolve => {
          server.close(resolve);
        });
      }),
    );
  });

  it('tells where a branch moved to only when it moved on along its history', async () => {
    const { pushes, post } = await setUp();
    const [before, after] = ['a'.repeat(40), 'b'.repeat(40)];
    const usual = { created: false, deleted: false, forced: false };
    const bodies = [
      { before, after, ...usual },
      { before, after, ...usual, forced: true },
      { before: '0'.repeat(40), after, ...usual, created: true },
      { before, after: '0'.repeat(40), ...usual, deleted: true },
      { before, after },
      { before: 'HEAD', after, ...usual },
    ];
    for (const [index, body] of bodies.entries()) {
      const text = JSON.stringify({ ...JSON.parse(PUSH), ...body });
      await post({ 'x-github-delivery': `move-${index}` }, text).expect(202);
    }
    expect(pushes.map(({ branch }) => branch)).toEqual(
      bodies.map(() => 'main'),
    );
    expect(pushes.map(({ move }) => move)).toEqual([
      { before, after },
      ...bodies.slice(1).map(() => undefined),
    ]);
  });

  it('takes a push, and passes on where to look', async () => {
    const { post, pushes } = await setUp();
    const { body } = await post().expect(202);
    expect(body).toEqual({ accepted: true });
    expect(pushes).toEqual([{ repository: 'shop/gitops', branch: 'main' }]);
  });

  it('takes a push in a form, and one of a tag', async () => {
    const { post, pushes } = await setUp();
    const form = `payload=${encodeURIComponent(PUSH)}`;
    await post(
      {
        'content-type': 'application/x-www-form-urlencoded',
        'x-github-delivery': '1',
      },
      form,
    ).expect(202);
    await post(
      { 'x-github-delivery': '2' },
      PUSH.replace('refs/heads/main', 'refs/tags/v1.0.0'),
    ).expect(202);
    expect(pushes).toEqual([
      { repository: 'shop/gitops', branch: 'main' },
      { repository: 'shop/gitops' },
    ]);
  });

  it.each([
    ['no signature', undefined],
    ['an empty signature', ''],
    ['another secret', sign(PUSH, 'another')],
    ['another body', sign(`${PUSH} `)],
    ['the old algorithm', sign(PUSH).replace('sha256', 'sha1')],
    ['a cut signature', sign(PUSH).slice(0, 40)],
    ['no hex', `sha256=${'z'.repeat(64)}`],
  ])('F69 refuses %s, and notes nothing', async (_, signature) => {
    const { post, pushes, asked } = await setUp();
    const headers: Record<string, string> = {
      'x-hub-signature-256': signature ?? '',
    };
    const { body } = await post(headers).expect(401);
    expect(body.error.message).toContain('X-Hub-Signature-256');
    expect(pushes).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['{', { 'content-type': 'application/json' }],
    ['null', {}],
    ['{"ref": 7}', {}],
    ['{"ref":"refs/heads/main","repository":{"full_name":null}}', {}],
    [PUSH, { 'x-github-delivery': '' }],
    [PUSH, { 'x-github-delivery': `'; DROP TABLE x; --` }],
    [PUSH, { 'x-github-event': '' }],
  ])('F69 refuses what is signed but no push: %s %j', async (body, headers) => {
    const { post, pushes } = await setUp();
    await post(headers as Record<string, string>, body).expect(400);
    expect(pushes).toEqual([]);
  });

  it('answers a ping, and other events, without doing anything', async () => {
    const { post, pushes, asked } = await setUp();
    const { body } = await post({ 'x-github-event': 'ping' }).expect(202);
    expect(body).toEqual({ accepted: false, reason: 'ping is not needed' });
    expect(pushes).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('F70 acts once on a delivery that comes a hundred times', async () => {
    const { post, pushes } = await setUp();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post()),
    );
    expect(new Set(answers.map(a => a.status))).toEqual(new Set([202]));
    expect(answers.filter(a => a.body.accepted)).toHaveLength(1);
    expect(pushes).toHaveLength(1);
  });

  it('F71 cuts a body that says that it is too large, without reading it', async () => {
    const { server } = await setUp({ maxBytes: 1_000 });
    const { port } = server.address() as AddressInfo;
    const answer = await raw(
      port,
      `POST ${GITHUB_WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 2000000000\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  it('F71 cuts a body that turns out too large', async () => {
    const { server, pushes } = await setUp({ maxBytes: 1_000 });
    const { port } = server.address() as AddressInfo;
    const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`;
    const answer = await raw(
      port,
      `POST ${GITHUB_WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(pushes).toEqual([]);
  });

  it('F71 gives up on a body that does not come', async () => {
    const { server } = await setUp({ timeoutMs: 50 });
    const { port } = server.address() as AddressInfo;
    const answer = await raw(
      port,
      `POST ${GITHUB_WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

/** What a server answers to these bytes until it closes the connection. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise(resolve => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', data => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

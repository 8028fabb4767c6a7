import { createHmac } from 'node:crypto';
import { createServer, IncomingHttpHeaders, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import {
  eventually,
  startTestSandbox,
} from '../../__testUtils__/startTestSandbox';
import { Sandbox } from '../../startSandbox';
import { GITHUB_TOKEN } from '../../world/GithubState';

describe('webhooks', () => {
  let sandbox: Sandbox;
  let receiver: Server;
  const received: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
  const hooks = (method: string, body?: unknown) =>
    fetch(
      `${sandbox.urls.github}/api/v3/repos/cornjacket/platform-docs/hooks`,
      {
        method,
        headers: { authorization: `token ${GITHUB_TOKEN}` },
        body: body === undefined ? undefined : JSON.stringify(body),
      },
    );

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(202).end();
      });
    });
    await new Promise<void>(resolve =>
      receiver.listen(0, '127.0.0.1', () => resolve()),
    );
  });
  afterAll(async () => {
    receiver.close();
    await sandbox.close();
  });

  it('sends a signed push event and keeps how it went', async () => {
    const { port } = receiver.address() as AddressInfo;
    const created = await hooks('POST', {
      config: {
        url: `http://127.0.0.1:${port}/`,
        secret: 'shh',
        content_type: 'json',
      },
    });
    expect(created.status).toBe(201);
    expect((await created.json()).config.secret).toBe('********');

    const sha = await sandbox.world.git.commit('cornjacket/platform-docs', {
      branch: 'main',
      message: 'Tell everyone',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'a.txt', content: 'a' }],
    });
    const { headers, body } = await eventually(() =>
      received.find(({ headers: sent }) => sent['x-github-event'] === 'push'),
    );
    expect(headers['x-github-event']).toBe('push');
    expect(headers['x-hub-signature-256']).toBe(
      `sha256=${createHmac('sha256', 'shh').update(body).digest('hex')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      ref: 'refs/heads/main',
      after: sha,
      commits: [{ id: sha, message: 'Tell everyone' }],
      repository: { full_name: 'cornjacket/platform-docs' },
    });
    const [hook] = await eventually(async () => {
      const list = await (await hooks('GET')).json();
      return list[0].last_response.code ? list : undefined;
    });
    expect(hook.last_response).toMatchObject({ code: 202, status: 'active' });
  });

  it.each(['https://example.com/', 'http://10.0.0.1/', 'file:///etc', 'x'])(
    'refuses to deliver to %s',
    async url => {
      const reply = await hooks('POST', { config: { url } });
      expect(reply.status).toBe(422);
      expect((await reply.json()).message).toContain('loopback only');
    },
  );
});

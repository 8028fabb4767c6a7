import { PlatformEnvsClient } from './PlatformEnvsClient';

function aClient(
  reply: () => Response = () => Response.json({ environments: [], rows: [] }),
) {
  const fetch = jest.fn(
    async (_input: unknown, _init?: RequestInit): Promise<Response> => reply(),
  );
  const client = new PlatformEnvsClient({
    discoveryApi: { getBaseUrl: async id => `http://portal/api/${id}` },
    fetchApi: { fetch: fetch as typeof globalThis.fetch },
  });
  const lastCall = () => {
    const [url, init] = fetch.mock.calls[fetch.mock.calls.length - 1];
    return {
      url,
      method: init?.method ?? 'GET',
      headers: init?.headers as Record<string, string>,
      body: init?.body ? JSON.parse(String(init.body)) : undefined,
    };
  };
  return { client, fetch, lastCall };
}

const COMPONENT = 'component:default/backend';
const ENVIRONMENT = 'environment:default/sample-prod';

describe('PlatformEnvsClient', () => {
  it.each([
    ['getEnvironments', [], '/environments'],
    ['getEnvironment', [ENVIRONMENT], '/environments/default/sample-prod'],
    [
      'getReplicationLag',
      [ENVIRONMENT],
      '/environments/default/sample-prod/replication-lag',
    ],
    ['getOverview', [], '/overview'],
    [
      'getOverview',
      [{ attention: true, state: ['missing', 'unknown'], limit: 'all' }],
      '/overview?attention=true&state=missing%2Cunknown&limit=all',
    ],
    [
      'getCell',
      [COMPONENT, ENVIRONMENT],
      '/components/default/component/backend/environments/default/sample-prod',
    ],
    [
      'getDelivery',
      [COMPONENT],
      '/components/default/component/backend/delivery',
    ],
    ['listPromotions', [], '/promotions'],
    [
      'listPromotions',
      [{ scope: 'waiting', limit: 5, componentRef: undefined }],
      '/promotions?scope=waiting&limit=5',
    ],
    ['getPromotion', ['01J/../x'], '/promotions/01J%2F..%2Fx'],
  ] as const)('%s %j asks %s', async (method, args, path) => {
    const { client, lastCall } = aClient();
    await (client[method] as (...rest: unknown[]) => Promise<unknown>)(...args);
    expect(lastCall()).toMatchObject({
      url: `http://portal/api/platform-envs${path}`,
      method: 'GET',
    });
  });

  it.each(['sync', 'refresh'] as const)('posts a %s', async operation => {
    const { client, lastCall } = aClient(() =>
      Response.json({}, { status: 202 }),
    );
    await client[operation](COMPONENT, ENVIRONMENT);
    expect(lastCall()).toMatchObject({
      url: `http://portal/api/platform-envs/components/default/component/backend/environments/default/sample-prod/${operation}`,
      method: 'POST',
    });
  });

  it('posts requests, decisions and cancellations with their bodies', async () => {
    const { client, lastCall } = aClient();
    const target = {
      componentRef: COMPONENT,
      fromEnvironmentRef: 'environment:default/sample-uat',
      toEnvironmentRef: ENVIRONMENT,
    };
    await client.planPromotion(target);
    expect(lastCall()).toMatchObject({
      url: 'http://portal/api/platform-envs/promotions/plan',
      body: target,
    });
    await client.createPromotion({
      ...target,
      reason: 'r',
      idempotencyKey: 'k',
    });
    expect(lastCall()).toMatchObject({
      url: 'http://portal/api/platform-envs/promotions',
      body: { reason: 'r', idempotencyKey: 'k' },
    });
    await client.decidePromotion('1', {
      verdict: 'approve',
      comment: 'c',
      planDigest: 'd',
    });
    expect(lastCall()).toMatchObject({
      url: 'http://portal/api/platform-envs/promotions/1/approvals',
      body: { verdict: 'approve', comment: 'c', planDigest: 'd' },
    });
    await client.cancelPromotion('1', { reason: 'r' });
    expect(lastCall()).toMatchObject({
      url: 'http://portal/api/platform-envs/promotions/1/cancellation',
      body: { reason: 'r' },
    });
  });

  it('sends a token only when it is handed one', async () => {
    const { client, lastCall } = aClient();
    await client.getOverview();
    expect(lastCall().headers).not.toHaveProperty('authorization');
    await client.getOverview({}, { token: 't' });
    expect(lastCall().headers).toMatchObject({ authorization: 'Bearer t' });
  });

  it('rejects with what the server said', async () => {
    const { client } = aClient(() =>
      Response.json(
        {
          error: { name: 'ConflictError', message: 'Already decided' },
          response: { statusCode: 409 },
        },
        { status: 409 },
      ),
    );
    await expect(client.getPromotion('1')).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { message: 'Already decided' } },
    });
  });

  it('streams revisions and ends with the stream', async () => {
    const { client } = aClient(
      () =>
        new Response(
          'event: revision\ndata: {"revision":"7"}\n\n: heartbeat\n\nevent: other\ndata: {}\n\n',
        ),
    );
    const listeners = { onOpen: jest.fn(), onRevision: jest.fn() };
    await client.streamOverview(listeners);
    expect(listeners.onOpen).toHaveBeenCalledTimes(1);
    expect(listeners.onRevision.mock.calls).toEqual([[{ revision: '7' }]]);
  });
});

import { StreamedMessages } from './__testUtils__/readStream';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

// Real git and kustomize, on machines that may be busy.
jest.setTimeout(30_000);

const STREAM = '/api/v1/stream/applications';

describe('the stream of applications', () => {
  let argocd: ArgocdTestServer;
  let open: StreamedMessages[] = [];
  beforeAll(async () => {
    argocd = await startArgocdServer();
  });
  afterEach(() => {
    open.forEach(stream => stream.close());
    open = [];
  });
  afterAll(() => argocd.close());

  const watch = async (query: string, accept = 'text/event-stream') => {
    const stream = await argocd.stream(`${STREAM}?${query}`, accept);
    open.push(stream);
    return stream;
  };

  it('begins with everything there is', async () => {
    const { contentType, until } = await watch('');
    expect(contentType).toBe('text/event-stream');
    const messages = await until(seen => seen.length >= 9);
    expect(messages.slice(0, 9).map(({ result }) => result.type)).toEqual(
      Array(9).fill('ADDED'),
    );
  });

  it('follows a sync from a resource version on, without repeating itself', async () => {
    const { metadata } = (await argocd.get('/api/v1/applications')).body;
    const fields = [
      'result.type',
      'result.application.metadata.name',
      'result.application.status.operationState.phase',
      'result.application.status.history.revision',
    ].join(',');
    const { until } = await watch(
      `resourceVersion=${metadata.resourceVersion}&selector=fairway.dev/environment%3Dprod&fields=${fields}`,
    );
    await argocd.call(
      'POST',
      '/api/v1/applications/sample-frontend-prod/sync',
      {},
    );
    const messages = await until(seen =>
      seen.some(
        ({ result }) =>
          result.application.metadata.name === 'sample-frontend-prod' &&
          result.application.status.history.length === 3,
      ),
    );
    const phases = messages
      .filter(
        m => m.result.application.metadata.name === 'sample-frontend-prod',
      )
      .map(m => m.result.application.status.operationState?.phase);
    expect(phases).toContain('Running');
    expect(phases).toContain('Succeeded');
    expect(new Set(messages.map(m => JSON.stringify(m))).size).toBe(
      messages.length,
    );
    expect(Object.keys(messages[0].result.application).sort()).toEqual([
      'metadata',
      'status',
    ]);
  });

  it('answers in lines of JSON to those who do not ask for events', async () => {
    const { contentType, until } = await watch(
      'name=sample-backend-dev',
      'application/json',
    );
    expect(contentType).toBe('application/json');
    const [{ result }] = await until(seen => seen.length > 0);
    expect(result.application.metadata.name).toBe('sample-backend-dev');
  });

  it('F48 says nothing while Argo CD is silent, and catches up', async () => {
    const { world, engine } = argocd.sandbox;
    const { until, messages } = await watch(
      'name=sample-backend-prod&fields=result.application.status.reconciledAt',
    );
    await until(seen => seen.length === 1);
    await world.scenarios.start('argo-silent');
    let answered = false;
    const stalled = argocd
      .get('/api/v1/applications/sample-backend-uat')
      .then(() => {
        answered = true;
      });
    // A second later, so that what is shown differs.
    world.clock.advance(1000);
    await engine.refresh('sample-backend-prod');
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    expect(messages).toHaveLength(1);
    await world.scenarios.start('calm');
    await stalled;
    await until(seen => seen.length === 2);
  });
});

import { mockServices } from '@backstage/backend-test-utils';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { GithubBuildSource } from './GithubBuildSource';

const RUNS = '/repos/shop/greeter/actions/runs?event=push&per_page=1';
const run = (changes: object = {}) => ({
  workflow_runs: [
    {
      id: 7,
      name: 'ci',
      head_sha: 'c'.repeat(40),
      html_url: 'http://git/shop/greeter/actions/runs/7',
      status: 'completed',
      conclusion: 'failure',
      created_at: '2026-11-21T10:00:00Z',
      updated_at: '2026-11-21T10:01:00Z',
      ...changes,
    },
  ],
});

describe('GithubBuildSource', () => {
  let server: Server;
  let answers: Record<string, { status?: number; body: unknown }>;
  let calls: string[];
  let source: GithubBuildSource;

  beforeAll(async () => {
    server = createServer((req, res) => {
      const path = (req.url ?? '').replace('/api/v3', '');
      calls.push(`${req.headers.authorization} ${path}`);
      const answer = answers[path] ?? { status: 404, body: {} };
      res.writeHead(answer.status ?? 200);
      res.end(
        typeof answer.body === 'string'
          ? answer.body
          : JSON.stringify(answer.body),
      );
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const host = `127.0.0.1:${port}`;
    source = GithubBuildSource.fromConfig(
      mockServices.rootConfig({
        data: {
          integrations: {
            github: [
              { host, apiBaseUrl: `http://${host}/api/v3`, token: 'secret' },
            ],
          },
        },
      }),
      { host },
    );
  });
  beforeEach(() => {
    calls = [];
    answers = {};
  });
  afterAll(
    () =>
      new Promise(resolve => {
        server.close(resolve);
      }),
  );

  it.each([
    ['queued', null, 'queued'],
    ['in_progress', null, 'running'],
    ['completed', 'success', 'succeeded'],
  ])('takes %s/%s for %s, with one call', async (status, conclusion, state) => {
    answers[RUNS] = { body: run({ status, conclusion }) };
    await expect(source.latestBuild('shop/greeter')).resolves.toMatchObject({
      state,
      url: 'http://git/shop/greeter/actions/runs/7',
    });
    expect(calls).toEqual([`Bearer secret ${RUNS}`]);
  });

  it('says which job and step failed, and what it complained about', async () => {
    answers[RUNS] = { body: run() };
    answers['/repos/shop/greeter/actions/runs/7/jobs'] = {
      body: {
        jobs: [
          { id: 1, name: 'lint', conclusion: 'success' },
          {
            id: 2,
            name: 'check',
            conclusion: 'failure',
            check_run_url: 'http://git/api/v3/repos/shop/greeter/check-runs/22',
            steps: [
              { name: 'Checkout', conclusion: 'success' },
              { name: 'Test', conclusion: 'failure' },
            ],
          },
        ],
      },
    };
    answers['/repos/shop/greeter/check-runs/22/annotations'] = {
      body: [
        { annotation_level: 'warning', message: 'old node' },
        { annotation_level: 'failure', message: 'Process completed\n with 1.' },
      ],
    };
    await expect(source.latestBuild('shop/greeter')).resolves.toMatchObject({
      state: 'failed',
      failure: 'job check, step Test: Process completed with 1.',
    });
  });

  it('still says that it failed when the reason cannot be read', async () => {
    answers[RUNS] = { body: run() };
    await expect(source.latestBuild('shop/greeter')).resolves.toMatchObject({
      state: 'failed',
      failure: 'it ended failure',
    });
  });

  it('knows that there was none yet', async () => {
    answers[RUNS] = { body: { workflow_runs: [] } };
    await expect(source.latestBuild('shop/greeter')).resolves.toBe(undefined);
  });

  it.each([
    [404, {}, 'NotFoundError', 'There is no repository shop/greeter'],
    [401, {}, 'NotAllowedError', 'refuses the credentials'],
    [502, 'bad gateway', 'ServiceUnavailableError', 'answered 502'],
    [200, '{"workflow_ru', 'ServiceUnavailableError', 'not JSON'],
  ])('F38 tells %s with %j as %s', async (status, body, name, message) => {
    answers[RUNS] = { status, body };
    const failed = source.latestBuild('shop/greeter');
    await expect(failed).rejects.toMatchObject({ name });
    await expect(failed).rejects.toThrow(message);
  });
});

import { fuzzServer } from '../fuzz/fuzzServer';
import { toBytes } from '../fuzz/FuzzRequest';
import { startTestSandbox } from './__testUtils__/startTestSandbox';
import { Sandbox } from './index';
import { SandboxUrls } from './world/types';

// A sample of what `yarn workspace @fairway/sandbox fuzz` sends.
const REQUESTS = 250;

describe('requests that are wrong in every way', () => {
  let sandbox: Sandbox;
  const reports: string[] = [];

  beforeAll(async () => {
    sandbox = await startTestSandbox({
      only: ['github', 'argocd', 'kubernetes', 'aws', 'oidc', 'grafana'],
      report: (message, error) =>
        reports.push(`${message} ${error instanceof Error ? error.stack : ''}`),
    });
  });
  afterAll(() => sandbox?.close());

  it.each<keyof SandboxUrls>([
    'github',
    'argocd',
    'kubernetes',
    'aws',
    'oidc',
    'grafana',
    'control',
  ])(
    'neither break, hang nor crash %s',
    async upstream => {
      const report = await fuzzServer(sandbox, upstream, {
        requests: REQUESTS,
        seed: 'test',
      });
      expect(
        report.findings.map(
          ({ what, request }) =>
            `${what} ${request.delivery} ${toBytes(request)
              .toString('latin1')
              .slice(0, 500)}`,
        ),
      ).toEqual([]);
      expect(report).toMatchObject({ requests: REQUESTS, leftOpen: 0 });
      // Requests that only bounce off the door would prove nothing.
      const answered = Object.keys(report.statuses);
      expect(answered.length).toBeGreaterThan(2);
      expect(answered).toContain('200');
      const health = await fetch(`${sandbox.urls.control}/healthz`);
      expect(health.status).toBe(200);
    },
    120_000,
  );
});

import { PLATFORMS, Sandbox, startSandbox } from '@fairway/sandbox';
import { ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(120_000);

/**
 * Backstage's own backend with its own Kubernetes plugin, in a process of its
 * own: the plugin imports ES modules, which jest's sandbox cannot.
 */
const BACKEND = `
const { mockServices, startTestBackend } = require('@backstage/backend-test-utils');
const { catalogServiceMock } = require('@backstage/plugin-catalog-node/testUtils');
const { config, entities } = JSON.parse(process.argv[1]);
startTestBackend({
  features: [
    mockServices.rootConfig.factory({ data: config }),
    catalogServiceMock.factory({ entities }),
    require('@backstage/plugin-kubernetes-backend').default,
    require('./src').default,
  ],
}).then(
  ({ server }) => console.log('PORT ' + server.port()),
  error => { console.error(error); process.exit(1); },
);
process.stdin.resume().on('end', () => process.exit(0));
`;

const PLATFORM = PLATFORMS.find(p => p.system === 'sample-platform-ai')!;

const environment = (shortName: string, cluster?: string) => ({
  apiVersion: 'fairway.dev/v1alpha1',
  kind: 'Environment',
  metadata: { name: `sample-platform-ai-${shortName}`, namespace: 'default' },
  spec: {
    shortName,
    promotionOrder: ['dev', 'uat', 'prod', 'lost'].indexOf(shortName),
    runtime: 'eks',
    lifecycle: 'active',
    cluster: cluster ?? `resource:default/sample-platform-ai-${shortName}`,
  },
});

const resource = (name: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name, namespace: 'default', title: `EKS ${name}` },
  spec: { type: 'kubernetes-cluster', owner: 'x' },
});

const component = (name: string, environments: string[]) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name,
    namespace: 'default',
    annotations: { 'backstage.io/kubernetes-id': 'sample-backend' },
  },
  spec: { type: 'service', owner: 'x', lifecycle: 'production' },
  relations: environments.map(shortName => ({
    type: 'runsIn',
    targetRef: `environment:default/sample-platform-ai-${shortName}`,
  })),
});

const BACKEND_OF_TWO = component('sample-backend', ['dev', 'uat']);
const TOOL = component('tool', []);

describe("Backstage's Kubernetes plugin with this module", () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let backend: ChildProcess;
  let api: string;
  let output = '';

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fairway-kubernetes-'));
    sandbox = await startSandbox({
      dataDir,
      platforms: [PLATFORM],
      speed: 20,
      only: ['github', 'argocd', 'kubernetes'],
    });
    const url = sandbox.urls.kubernetes;
    backend = spawn(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        '-e',
        BACKEND,
        JSON.stringify({
          entities: [
            environment('dev'),
            environment('uat'),
            environment('prod'),
            environment('lost', 'resource:default/nowhere'),
            resource('sample-platform-ai-dev'),
            resource('sample-platform-ai-uat'),
            resource('sample-platform-ai-prod'),
            BACKEND_OF_TWO,
            TOOL,
          ],
          config: {
            platformEnvs: {
              clusters: {
                urlTemplate: `${url}/clusters/{cluster}`,
                token: 'sandbox-kubernetes-token',
              },
            },
            kubernetes: {
              serviceLocatorMethod: { type: 'multiTenant' },
              clusterLocatorMethods: [
                {
                  type: 'config',
                  clusters: [
                    {
                      name: 'by-hand',
                      url: `${url}/clusters/sample-platform-ai-prod`,
                      authProvider: 'serviceAccount',
                      serviceAccountToken: 'sandbox-kubernetes-token',
                    },
                  ],
                },
              ],
            },
          },
        }),
      ],
      {
        cwd: join(__dirname, '..'),
        // the test's own hooks are not the backend's
        env: { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'info' },
      },
    );
    const port = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk;
        const found = /^PORT (\d+)$/m.exec(output);
        if (found) resolve(found[1]);
      };
      backend.stdout!.on('data', read);
      backend.stderr!.on('data', read);
      backend.on('exit', code =>
        reject(new Error(`ended with ${code}: ${output}`)),
      );
    });
    api = `http://localhost:${port}/api/kubernetes`;
  });

  afterAll(async () => {
    backend?.removeAllListeners('exit');
    backend?.stdin!.end();
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const clustersOf = async (entity: object) => {
    const reply = await fetch(`${api}/services/sample-backend`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ entity, auth: {} }),
    });
    expect(reply.status).toBe(200);
    const { items } = (await reply.json()) as any;
    return items as any[];
  };

  it('locates the clusters of the environments beside those of configuration', async () => {
    const { items } = (await (await fetch(`${api}/clusters`)).json()) as any;
    expect(items.map((c: any) => [c.name, c.title])).toEqual([
      ['by-hand', undefined],
      ['sample-platform-ai-dev', 'EKS sample-platform-ai-dev'],
      ['sample-platform-ai-uat', 'EKS sample-platform-ai-uat'],
      ['sample-platform-ai-prod', 'EKS sample-platform-ai-prod'],
    ]);
    expect(JSON.stringify(items)).not.toContain('sandbox-kubernetes-token');
  });

  it('shows a component the clusters of its environments only, with what runs there', async () => {
    const items = await clustersOf(BACKEND_OF_TWO);
    expect(items.map(i => [i.cluster.name, i.errors])).toEqual([
      ['sample-platform-ai-dev', []],
      ['sample-platform-ai-uat', []],
    ]);
    const pods = items[1].resources.find((r: any) => r.type === 'pods');
    expect(pods.resources.length).toBeGreaterThan(0);
  });

  it('looks for what runs in no environment wherever configuration says', async () => {
    const items = await clustersOf(TOOL);
    expect(items.map(i => i.cluster.name)).toContain('by-hand');
  });
});

import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import { PLATFORMS, SeedPlatform } from '../../world/platforms';
import { newApplication } from '../../world/argocd/newApplication';
import { ARGOCD_TOKEN } from './ArgocdAccounts';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

jest.setTimeout(120_000);

const FIELDS = [
  'metadata.name',
  'metadata.labels',
  'spec',
  'status.sync.status',
  'status.health',
  'status.summary',
  'status.operationState.finishedAt',
]
  .map(field => `items.${field}`)
  .join(',');

/** The sample platform with many services. */
function manyServices(count: number): SeedPlatform {
  const [sample] = PLATFORMS.filter(p => p.system === 'sample-platform-ai');
  const platform = structuredClone(sample);
  const [service] = platform.services;
  platform.services = Array.from({ length: count }, (_, index) => ({
    ...service,
    name: `service-${index}`,
  }));
  return platform;
}

describe('many applications', () => {
  let argocd: ArgocdTestServer;
  afterEach(() => argocd?.close());

  it('start without being rendered all at once, and are right before and after', async () => {
    const services = 42;
    const began = performance.now();
    argocd = await startArgocdServer({ platforms: [manyServices(services)] });
    const startedMs = performance.now() - began;
    const { engine } = argocd.sandbox;
    expect(engine.store.list()).toHaveLength(services * 3 + 3);
    const left = engine.store.unrendered.size;
    expect(left).toBeGreaterThan(20);
    const last = [...engine.store.unrendered].at(-1)!;

    // Not rendered yet, and already as it was left.
    const before = engine.store.get(last)!.status;
    expect([before.sync.status, before.health.status]).toEqual([
      'Synced',
      'Healthy',
    ]);
    expect(before.history!.length).toBeGreaterThan(0);
    // Who asks for it does not wait for all others.
    const { body } = await argocd.get(
      `/api/v1/applications/${last}?refresh=normal`,
    );
    expect(body.status.summary.images).toHaveLength(1);
    expect(body.status.sync.status).toBe('Synced');
    expect(body.status.history).toEqual(before.history);

    for (let n = 0; n < 3000 && engine.store.unrendered.size > 0; n += 1) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    const states = new Set(
      engine.store
        .list()
        .map(a => `${a.status.sync.status} ${a.status.health.status}`),
    );
    expect([...states]).toEqual(['Synced Healthy']);
    process.stdout.write(
      `started ${services * 3} applications in ${Math.round(startedMs)} ms\n`,
    );
  });

  it('are listed by the thousand within what a portal waits for', async () => {
    argocd = await startArgocdServer();
    const { engine } = argocd.sandbox;
    const model = engine.store.get('sample-backend-uat')!;
    for (let index = 0; index < 6000; index += 1) {
      const metadata = { ...model.metadata, name: `many-${index}` };
      engine.store.save({
        ...structuredClone(model),
        metadata: {
          ...newApplication({ ...model, metadata }, new Date()).metadata,
          labels: model.metadata.labels,
        },
      });
    }
    const path = `/api/v1/applications?fields=${FIELDS}`;
    const times: number[] = [];
    let size = 0;
    for (let n = 0; n < 5; n += 1) {
      const began = performance.now();
      const bytes = await fetchGzipped(`${argocd.url}${path}`);
      times.push(performance.now() - began);
      size = bytes.length;
      expect(
        JSON.parse(gunzipSync(bytes).toString('utf8')).items.length,
      ).toBeGreaterThanOrEqual(6000);
    }
    const median = times.sort((a, b) => a - b)[2];
    process.stdout.write(
      `listed 6,000 applications in ${Math.round(median)} ms, ${size} bytes\n`,
    );
    // A real one needs seconds; this bound holds on a busy machine as well.
    expect(median).toBeLessThan(2_000);
    expect(size).toBeLessThan(1_000_000);
  });
});

function fetchGzipped(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(
      url,
      {
        headers: {
          authorization: `Bearer ${ARGOCD_TOKEN}`,
          'accept-encoding': 'gzip',
        },
      },
      reply => {
        const chunks: Buffer[] = [];
        reply.on('data', chunk => chunks.push(chunk));
        reply.on('end', () => resolve(Buffer.concat(chunks)));
        reply.on('error', reject);
      },
    ).on('error', reject);
  });
}

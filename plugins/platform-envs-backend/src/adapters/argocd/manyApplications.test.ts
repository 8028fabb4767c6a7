import { mockServices } from '@backstage/backend-test-utils';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  anApplication,
  json,
  MisbehavingArgocd,
} from './__testUtils__/MisbehavingArgocd';
import { ArgocdDeploymentSource } from './ArgocdDeploymentSource';

jest.setTimeout(60_000);

const COUNT = 10_000;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

async function until(what: string, isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 1_500; i++) {
    if (isDone()) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error(`In 30 s it was not so that ${what}`);
}

/** Heap in use once all garbage is gone, MB. */
async function heapMb(): Promise<number> {
  await new Promise(resolve => setTimeout(resolve, 50));
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** An application with what real ones carry besides what is read: 20 kB. */
function aHeavyApplication(i: number, status: Record<string, unknown> = {}) {
  const name = `app-${i}`;
  const application = anApplication(name, {
    sync: { status: 'Synced', revision: String(i).padStart(40, '0') },
    summary: { images: [`registry.example.com/${name}:1.${i}.0`] },
    resources: ['Deployment', 'Service', 'ConfigMap'].map(kind => ({
      group: kind === 'Deployment' ? 'apps' : '',
      version: 'v1',
      kind,
      namespace: 'shop',
      name,
      status: 'Synced',
      health: { status: 'Healthy' },
    })),
    ...status,
  });
  Object.assign(application.metadata as object, {
    managedFields: [{ fieldsV1: { ballast: `${name} `.repeat(2_000) } }],
  });
  return application;
}

describe('ArgocdDeploymentSource with 10,000 applications', () => {
  it('F86 keeps what is shown of them, not the documents, in less than 5 kB each', async () => {
    const argocd = await MisbehavingArgocd.start();
    const entries = Array.from({ length: COUNT }, (_, i) => {
      const { metadata, spec, status } = aHeavyApplication(i) as any;
      const { managedFields, ...rest } = metadata;
      return { metadata: rest, spec, status };
    });
    argocd.onList = (_, res) => json(res, 200, { items: entries });
    argocd.onApplication = (req, res) => {
      const [, number] = /app-(\d+)/.exec(req.url!) ?? [];
      json(res, 200, aHeavyApplication(Number(number)));
    };
    const source = new ArgocdDeploymentSource({
      instance: 'main',
      url: argocd.url,
      token: 'token',
      logger: mockServices.logger.mock(),
      backoffMs: { min: 5, max: 20 },
    });
    const before = await heapMb();
    try {
      source.start();
      await until(
        'all are listed',
        () =>
          source.getSnapshot().deployments.length === COUNT &&
          argocd.openStreams === 1,
      );
      const listed = await heapMb();
      // whole documents, as a restart of Argo CD's controller would send them
      for (let i = 0; i < 2_000; i++) {
        argocd.event(
          'MODIFIED',
          aHeavyApplication(i, { health: { status: 'Degraded' } }),
        );
        if (i % 100 === 0) await new Promise(resolve => setImmediate(resolve));
      }
      await until(
        'the last event was read',
        () =>
          source.getSnapshot().deployments.filter(d => d.health === 'Degraded')
            .length === 2_000,
      );
      const streamed = await heapMb();
      const perApplicationKb = ((listed - before) * 1024) / COUNT;
      expect(perApplicationKb).toBeLessThan(5);
      // 2,000 documents of 20 kB came; none of them stays
      expect(streamed - listed).toBeLessThan(15);
      expect(JSON.stringify(source.getSnapshot())).not.toContain('ballast');
    } finally {
      await source.stop();
      await argocd.close();
    }
  });

  it('F86 keeps one copy of what it knew before a restart and is told again', async () => {
    const argocd = await MisbehavingArgocd.start();
    argocd.onList = (__, res) =>
      json(res, 200, {
        items: Array.from({ length: COUNT }, (_, i) => {
          const { metadata, spec, status } = aHeavyApplication(i) as any;
          const { managedFields, ...rest } = metadata;
          return { metadata: rest, spec, status };
        }),
      });
    const start = () =>
      new ArgocdDeploymentSource({
        instance: 'main',
        url: argocd.url,
        token: 'token',
        logger: mockServices.logger.mock(),
        backoffMs: { min: 5, max: 20 },
      });
    const first = start();
    first.start();
    await until(
      'all are listed',
      () => first.getSnapshot().deployments.length === COUNT,
    );
    const saved = JSON.stringify(first.getSnapshot());
    await first.stop();
    const before = await heapMb();
    const source = start();
    try {
      source.restore(JSON.parse(saved));
      const restored = await heapMb();
      source.start();
      await until(
        'it is told again',
        () => source.getSnapshot().state === 'live' && argocd.openStreams === 1,
      );
      const told = await heapMb();
      expect((told - restored) / (restored - before)).toBeLessThan(0.5);
    } finally {
      await source.stop();
      await argocd.close();
    }
  });
});

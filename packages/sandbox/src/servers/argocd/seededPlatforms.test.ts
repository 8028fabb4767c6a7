import { performance } from 'node:perf_hooks';
import { PLATFORMS } from '../../world/platforms';
import {
  ArgocdTestServer,
  startArgocdServer,
} from './__testUtils__/startArgocdServer';

jest.setTimeout(120_000);

describe('the seeded platforms', () => {
  let argocd: ArgocdTestServer;
  let startedMs: number;
  beforeAll(async () => {
    const began = performance.now();
    argocd = await startArgocdServer({ platforms: PLATFORMS });
    startedMs = performance.now() - began;
  });
  afterAll(() => argocd.close());

  it('are rendered and rest in the state that git tells', () => {
    const { store } = argocd.sandbox.engine;
    expect(store.unrendered.size).toBe(0);
    const states = store
      .list()
      .map(a => `${a.status.sync.status} ${a.status.health.status}`);
    expect([...new Set(states)].sort()).toEqual([
      'OutOfSync Missing',
      'Synced Healthy',
    ]);
    expect(store.list().flatMap(a => a.status.conditions ?? [])).toEqual([]);
    process.stdout.write(
      `seeded ${states.length} applications in ${Math.round(startedMs)} ms\n`,
    );
  });

  it('have a service that takes its settings from a second source', async () => {
    const { body } = await argocd.get(
      '/api/v1/applications/campaign-config-prod',
    );
    const { spec, status } = body;
    expect(spec.source).toBeUndefined();
    expect(spec.sources.map((s: any) => s.path)).toEqual([
      expect.stringContaining('overlays/prod/campaign-config'),
      'settings/prod',
    ]);
    expect(status.sync.revisions).toHaveLength(2);
    expect(status.sourceTypes).toEqual(['Kustomize', 'Directory']);
    expect(status.history.length).toBeGreaterThan(1);
    expect(status.history[0].revisions).toHaveLength(2);
    expect(status.resources.map((r: any) => `${r.kind}/${r.name}`)).toEqual([
      'ConfigMap/campaign-config-settings',
      'Service/campaign-config',
      'Deployment/campaign-config',
    ]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findKustomize, Kustomize } from '../kustomize';
import { KustomizeBatches } from './KustomizeBatches';
import { parseManifests } from './parseManifests';

describe('KustomizeBatches', () => {
  const root = mkdtempSync(join(tmpdir(), 'fairway-batches-'));
  let kustomize: Kustomize;
  let runs: string[];
  const counted: Kustomize = {
    get version() {
      return kustomize.version;
    },
    get description() {
      return kustomize.description;
    },
    build: folder => {
      runs.push(folder);
      return kustomize.build(folder);
    },
  };

  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const overlay = (environment: string, name: string, more = '') => {
    write(
      `base/${name}/deployment.yaml`,
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, annotations: { note: of ${name} } }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: ${name} }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} } }
`,
    );
    write(
      `base/${name}/kustomization.yaml`,
      'resources: [deployment.yaml]\nconfigMapGenerator: [{ name: settings-of, literals: [a=1] }]\n'.replace(
        'settings-of',
        `${name}-settings`,
      ),
    );
    write(
      `overlays/${environment}/${name}/kustomization.yaml`,
      `namespace: ${environment}\nresources: [../../../base/${name}]\nimages: [{ name: ${name}, newTag: 1.2.3 }]\n${more}`,
    );
    return join(root, 'overlays', environment, name);
  };

  beforeAll(async () => {
    kustomize = await findKustomize({ cacheDir: join(root, 'bin') });
  });
  beforeEach(() => {
    runs = [];
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('builds those that stand beside each other in one run, each as if alone', async () => {
    const batches = new KustomizeBatches(counted, 2);
    const folders = ['api', 'web', 'worker'].map(name => overlay('dev', name));
    folders.push(overlay('prod', 'api'));
    const built = await Promise.all(
      folders.map(folder => batches.build(root, folder)),
    );
    expect(runs).toHaveLength(2);
    const alone = await Promise.all(
      folders.map(async folder =>
        parseManifests(await kustomize.build(folder)),
      ),
    );
    expect(built).toEqual(alone);
    expect(built[0]).toHaveLength(3);
    const left = (await readdir(root)).filter(name => name.startsWith('.'));
    expect(left).toEqual([]);
  });

  it('builds each alone where one of them is broken, which says why', async () => {
    const batches = new KustomizeBatches(counted, 2);
    const good = overlay('uat', 'api');
    const broken = overlay('uat', 'web', 'patches: [{ path: nowhere.yaml }]\n');
    const [first, second] = await Promise.allSettled([
      batches.build(root, good),
      batches.build(root, broken),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({
      reason: expect.objectContaining({
        message: expect.stringContaining('nowhere.yaml'),
      }),
    });
  });

  it('does not try again to put together what does not go together', async () => {
    const batches = new KustomizeBatches(counted, 2);
    const common = 'resources: [../../../common]\n';
    write('common/kustomization.yaml', 'resources: [map.yaml]\n');
    write(
      'common/map.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: common }\n',
    );
    const folders = ['a', 'b'].map(name => {
      write(`overlays/test/${name}/kustomization.yaml`, common);
      return join(root, 'overlays/test', name);
    });
    for (const attempt of [3, 2]) {
      runs = [];
      const built = await Promise.all(
        folders.map(folder => batches.build(root, folder)),
      );
      expect(built.map(([{ metadata }]) => metadata.name)).toEqual([
        'common',
        'common',
      ]);
      expect(runs).toHaveLength(attempt);
    }
  });
});

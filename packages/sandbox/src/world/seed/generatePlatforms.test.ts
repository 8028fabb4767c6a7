import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startTestSandbox } from '../../__testUtils__/startTestSandbox';
import { generatePlatforms, parseGeneratedSize } from './generatePlatforms';

describe('generatePlatforms', () => {
  it('generates the same for the same size, every name once', () => {
    const size = { services: 2000, environments: 3 };
    const platforms = generatePlatforms(size);
    expect(generatePlatforms(size)).toEqual(platforms);
    const services = platforms.flatMap(platform => platform.services);
    expect(services).toHaveLength(2000);
    expect(new Set(services.map(({ name }) => name)).size).toBe(2000);
    const environments = platforms.flatMap(one => one.environments);
    expect(environments).toHaveLength(60);
    expect(new Set(environments.map(one => one.accountId)).size).toBe(60);
    for (const { accountId } of environments) {
      expect(accountId).toMatch(/^\d{12}$/);
    }
    // Some stand behind, some have not arrived, none is ahead.
    const reached = services.filter(({ versions }) => versions.prod);
    expect(reached.length).toBeGreaterThan(1800);
    expect(reached.length).toBeLessThan(2000);
    for (const { versions } of reached) {
      expect(versions.prod <= versions.dev).toBe(true);
    }
  });

  it.each(['2000', '0x3', '10x0', '10x6', '5001x1', 'x', '10x3x1', '-1x3'])(
    'refuses %s',
    text => {
      expect(() => parseGeneratedSize(text)).toThrow(/such as 2000x3/);
    },
  );

  it('fills git, registries, Argo CD and a catalog file that agree, and keeps them', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-generated-'));
    const generate = { services: 120, environments: 3 };
    const start = (size?: typeof generate) =>
      startTestSandbox({
        dataDir,
        platforms: [],
        generate: size,
        only: ['github', 'argocd', 'aws'],
      });
    let sandbox = await start(generate);
    try {
      const list = async () =>
        (
          await (
            await fetch(`${sandbox.urls.argocd}/api/v1/applications`, {
              headers: { authorization: 'Bearer sandbox-argocd-token' },
            })
          ).json()
        ).items as any[];
      const applications = await list();
      // One for each service and environment, and a root for each environment.
      expect(applications).toHaveLength(120 * 3 + 2 * 3);
      const entities = parseAllDocuments(
        readFileSync(join(dataDir, 'catalog', 'generated.yaml'), 'utf8'),
      ).map(document => document.toJS());
      const components = entities.filter(({ kind }) => kind === 'Component');
      expect(components).toHaveLength(120);
      expect(
        entities.filter(({ kind }) => kind === 'Environment'),
      ).toHaveLength(6);
      const refs = new Set(
        entities.map(
          ({ kind, metadata }) =>
            `${kind.toLowerCase()}:default/${metadata.name}`,
        ),
      );
      for (const { spec } of entities) {
        for (const ref of [spec.owner, spec.cluster, spec.database]) {
          expect(ref === undefined || refs.has(ref)).toBe(true);
        }
      }
      // Of the first hundred, which are rendered at once, and of the others.
      for (const { metadata, spec } of [components[0], components[115]]) {
        const own = applications.filter(
          one => one.metadata.labels['fairway.dev/component'] === metadata.name,
        );
        expect(own).toHaveLength(3);
        const dev = own.find(
          one => one.metadata.labels['fairway.dev/environment'] === 'dev',
        );
        expect(dev.status).toMatchObject({
          sync: { status: 'Synced' },
          health: { status: 'Healthy' },
        });
        const [, image, tag] = /\/([^/:]+):([^@]+)@/.exec(
          dev.status.summary.images[0],
        )!;
        expect(image).toBe(metadata.name);
        const { imageDetails } = await new ECRClient({
          endpoint: sandbox.urls.aws,
          region: 'us-east-1',
          credentials: {
            accessKeyId: `AKIA90${spec.system.slice(-2)}00000000SANDBOX`,
            secretAccessKey: 'sandbox',
          },
        }).send(
          new DescribeImagesCommand({
            repositoryName: metadata.name,
            imageIds: [{ imageTag: tag }],
          }),
        );
        expect(dev.status.summary.images[0]).toContain(
          imageDetails![0].imageDigest!,
        );
      }

      await sandbox.close();
      await expect(start({ services: 5, environments: 1 })).rejects.toThrow(
        /seeded with 120x3 generated, not with 5x1/,
      );
      // It need not be asked for again.
      sandbox = await start();
      expect(await list()).toHaveLength(120 * 3 + 2 * 3);
    } finally {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});

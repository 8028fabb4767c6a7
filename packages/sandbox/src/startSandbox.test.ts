import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startTestSandbox } from './__testUtils__/startTestSandbox';
import { findKustomize } from './world/kustomize';
import { PLATFORMS, seedDigest } from './world/platforms';

describe('startSandbox', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sandbox-start-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it.each(['0.0.0.0', '::', '192.168.1.1', 'example.com', '127.0.0.1.nip.io'])(
    'refuses to listen on %s',
    async host => {
      await expect(startTestSandbox({ dataDir, host })).rejects.toThrow(
        /loopback only/,
      );
    },
  );

  it('is ready before Argo CD has rendered everything, and waits where that matters', async () => {
    const sandbox = await startTestSandbox({
      dataDir,
      only: ['github', 'argocd'],
      renderedAtStart: 0,
      platforms: PLATFORMS.filter(p => p.system === 'sample-platform-ai'),
    });
    try {
      const { store } = sandbox.world.argocd!;
      expect(store.unrendered.size).toBeGreaterThan(0);
      const last = [...store.unrendered].at(-1)!;
      expect(store.get(last)!.status).toMatchObject({
        sync: { status: 'Synced' },
        health: { status: 'Healthy' },
      });
      expect(store.get(last)!.status.resources).toBeUndefined();
      await sandbox.world.scenarios.start('sync-degraded', {
        application: last,
      });
      await eventually(
        () => store.get(last)!.status.health.status === 'Degraded' || undefined,
      );
      await eventually(() => store.unrendered.size === 0 || undefined);
    } finally {
      await sandbox.close();
    }
  });

  it('writes nothing more when it is closed, in the midst of rendering too', async () => {
    const sandbox = await startTestSandbox({
      dataDir,
      only: ['github', 'argocd'],
      renderedAtStart: 0,
    });
    const { store } = sandbox.world.argocd!;
    const all = store.unrendered.size;
    await eventually(() => store.unrendered.size < all || undefined);
    expect(store.unrendered.size).toBeGreaterThan(0);
    await sandbox.close();
    const files = () => readdirSync(dataDir, { recursive: true });
    const left = files();
    await new Promise(resolve => setTimeout(resolve, 1500));
    expect(files()).toEqual(left);
  });

  it('names the server and the next step when a port is taken', async () => {
    const other = createServer();
    const port = await new Promise<number>(resolve =>
      other.listen(0, '127.0.0.1', () =>
        resolve((other.address() as any).port),
      ),
    );
    try {
      await expect(
        startTestSandbox({ dataDir, port: port - 1 }),
      ).rejects.toThrow(
        `port ${port} of the sandbox's github server is taken; stop what uses it, or choose another first port with --port`,
      );
    } finally {
      other.close();
    }
  });

  it('keeps its state over a restart and goes back to the seed on reset', async () => {
    const repository = 'cornjacket/platform-docs';
    const first = await startTestSandbox({ dataDir });
    const seeded = await first.world.git.resolve(repository, 'main');
    const sha = await first.world.git.commit(repository, {
      branch: 'main',
      message: 'Kept',
      author: { name: 'A', email: 'a@example.com' },
      files: [{ path: 'kept.txt', content: 'kept' }],
    });
    const addressed = await first.world.git.readFile(
      'sample-platform-ai/sample-platform-ai',
      'main',
      'gitops/apps/dev/sample-backend.yaml',
    );
    expect(addressed).toContain(`repoURL: ${first.urls.github}/`);
    await first.close();

    const second = await startTestSandbox({ dataDir });
    try {
      expect(await second.world.git.resolve(repository, 'main')).toBe(sha);
      const followed = await second.world.git.readFile(
        'sample-platform-ai/sample-platform-ai',
        'main',
        'gitops/apps/dev/sample-backend.yaml',
      );
      expect(followed).toContain(`repoURL: ${second.urls.github}/`);
      second.world.faults.add({
        upstream: 'github',
        kind: 'status',
        status: 500,
      });

      const reset = await fetch(`${second.urls.control}/reset`, {
        method: 'POST',
      });
      expect(reset.status).toBe(200);
      expect(
        await second.world.git.resolve(repository, 'kept'),
      ).toBeUndefined();
      expect(
        await second.world.git.readFile(repository, 'main', 'kept.txt'),
      ).toBeUndefined();
      expect(seeded).toBeDefined();
      expect(second.world.faults.list()).toEqual([]);
    } finally {
      await second.close();
    }
  });

  it('seeds every release where the platforms say it stands, in manifests that render', async () => {
    const sandbox = await startTestSandbox({ dataDir });
    try {
      const kustomize = await findKustomize({
        cacheDir: join(dataDir, 'kustomize'),
      });
      const found: Array<{ rendered: boolean }> = [];
      for (const platform of PLATFORMS) {
        const { gitopsRepository: repository, gitopsPath } = platform;
        const head = (await sandbox.world.git.resolve(repository, 'main'))!;
        const folder = join(dataDir, 'checkout', platform.system);
        await sandbox.world.git.checkout(repository, head, folder);
        for (const service of platform.services) {
          for (const environment of platform.environments) {
            const version = service.versions[environment.shortName];
            const stands = { component: service.name, environment, version };
            if (environment.runtime === 'eks') {
              const manifests = await kustomize.build(
                join(
                  folder,
                  gitopsPath,
                  'overlays',
                  environment.shortName,
                  service.name,
                ),
              );
              const image = version
                ? `${version}@${seedDigest(service.name, version)}`
                : 'unreleased';
              found.push({
                ...stands,
                rendered: String(JSON.stringify(manifests)).includes(
                  `/${service.name}:${image}`,
                ),
              });
            } else if (environment.runtime === 'ecs') {
              const file = await sandbox.world.git.readFile(
                repository,
                'main',
                `${gitopsPath}/${environment.shortName}/${service.name}.tfvars.json`,
              );
              found.push({
                ...stands,
                rendered:
                  JSON.parse(file!).image_tag === (version ?? 'unreleased'),
              });
            }
          }
        }
      }
      expect(found.length).toBeGreaterThan(70);
      expect(found.filter(({ rendered }) => !rendered)).toEqual([]);
    } finally {
      await sandbox.close();
    }
  }, 60_000);

  it('gives each overlay a last change of its own, older the nearer to prod', async () => {
    const sandbox = await startTestSandbox({ dataDir });
    try {
      const last = async (environment: string) =>
        (
          await sandbox.world.git.log(
            'campaign-platform/platform-infrastructure',
            'main',
            { path: `gitops/overlays/${environment}/campaign-auth`, limit: 1 },
          )
        )[0];
      const [dev, staging, prod] = await Promise.all(
        ['dev', 'staging', 'prod'].map(last),
      );
      expect(prod.message).toBe('Release campaign-auth 0.9.2 to prod');
      expect(dev.message).toBe('Release campaign-auth 0.9.4 to dev');
      expect(dev.author.name).toBe('fairway-ci');
      const age = (commit: typeof dev) =>
        (Date.now() - Date.parse(commit.author.date)) / 86_400_000;
      expect(age(prod)).toBeGreaterThan(14);
      expect(age(staging)).toBeLessThan(age(prod));
      expect(age(dev)).toBeGreaterThan(age(staging));
      expect(age(dev)).toBeLessThan(14);
    } finally {
      await sandbox.close();
    }
  });
});

import { join } from 'node:path';
import { Cluster } from '../kubernetes/Cluster';
import { clusterInfrastructure } from '../kubernetes/infrastructure';
import { findKustomize } from '../kustomize';
import { World } from '../types';
import { ApplicationStore } from './ApplicationStore';
import { ArgocdEngine } from './ArgocdEngine';
import { registerArgocdScenarios } from './argocdScenarios';
import { Manifests } from './Manifests';
import { ARGOCD_NAMESPACE } from './newApplication';
import { renderUnrendered, seedApplications } from './seedApplications';

/** The day on which all clusters came up: some time before the first deployment. */
const CLUSTERS_SINCE_DAYS = 118;

/**
 * Starts the played Argo CD and the clusters it deploys to, and puts it into
 * `world.argocd`: as left on disk, else seeded from git. Git must be seeded
 * before.
 *
 * @returns `close` stops it and writes its state; the world's `close` does so too.
 * @throws Error - no kustomize was found, or its file on disk is broken.
 */
export async function startArgocd(
  world: World,
): Promise<{ engine: ArgocdEngine; close(): void }> {
  const directory = join(world.dataDir, 'argocd');
  const kustomize = await findKustomize({ cacheDir: join(directory, 'bin') });
  const store = new ApplicationStore(join(world.dataDir, 'argocd.json'));
  const manifests = new Manifests(world.git, kustomize, directory);
  const engine = new ArgocdEngine(
    world,
    store,
    manifests,
    createClusters(world),
  );

  const renderRest = () => {
    void renderUnrendered(engine, (name, error) => {
      if (!engine.isClosed) {
        world.report(`Argo CD could not seed ${name}`, error);
      }
    });
  };
  const snapshots = store.load();
  if (snapshots) {
    for (const snapshot of snapshots) {
      engine.clusters.get(snapshot.name)?.restore(snapshot);
    }
  } else {
    await seedApplications(world, engine);
  }
  renderRest();
  world.argocd = engine;
  engine.run();
  registerArgocdScenarios(world, engine);
  world.onReset(async () => {
    engine.setSilent(false);
    engine.reset();
    await seedApplications(world, engine);
    engine.write();
    renderRest();
  });

  let closed = false;
  const close = () => {
    if (!closed) {
      closed = true;
      engine.close();
    }
  };
  world.onClose(async () => {
    close();
    // whoever closes may delete the folder
    await manifests.close();
  });
  if (snapshots) {
    // What moved while nothing was watching; nobody waits for it.
    engine.refreshAll();
  } else {
    engine.write();
  }
  return { engine, close };
}

function createClusters(world: World): Cluster[] {
  const createdAt = new Date(
    Math.floor(world.clock.now().getTime() / 86_400_000) * 86_400_000 -
      CLUSTERS_SINCE_DAYS * 86_400_000,
  );
  const options = {
    now: () => world.clock.now(),
    speed: world.speed,
    images: world.images,
  };
  const clusters = world.platforms.flatMap(platform =>
    platform.environments.flatMap(environment =>
      environment.runtime === 'eks' && environment.cluster
        ? [
            new Cluster({
              ...options,
              name: environment.cluster,
              infrastructure: clusterInfrastructure(
                platform,
                environment,
                createdAt,
              ),
            }),
          ]
        : [],
    ),
  );
  return [
    ...clusters,
    // Where Argo CD itself runs: its applications live there.
    new Cluster({
      ...options,
      name: 'in-cluster',
      infrastructure: [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: ARGOCD_NAMESPACE },
        },
      ],
    }),
  ];
}

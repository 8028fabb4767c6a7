import { World } from '../types';
import { parseImage } from '../kubernetes/imageReference';
import { WORKLOAD_KINDS, templateImages } from '../kubernetes/workloads';
import { keyOf } from '../kubernetes/KubeObject';
import { Cluster } from '../kubernetes/Cluster';
import { ArgocdEngine } from './ArgocdEngine';
import { registerServerScenarios } from './serverScenarios';
import { Application } from './types';
import { registerWindowScenario } from './windowScenario';

const DEFAULT_APPLICATION = 'sample-backend-uat';
const APPLICATION = {
  name: 'application',
  description: 'name of the Argo CD application',
  default: DEFAULT_APPLICATION,
};

/** Registers what can happen to applications, and the `argo-...` scenarios of Argo CD itself. */
export function registerArgocdScenarios(
  world: Pick<World, 'scenarios' | 'clock'>,
  engine: ArgocdEngine,
): void {
  const find = async (
    parameters: Record<string, unknown>,
  ): Promise<Application> => {
    const name = String(parameters.application ?? DEFAULT_APPLICATION);
    const application = engine.store.get(name);
    if (!application) {
      throw new Error(
        `there is no application "${name}"; name one of ${engine.store
          .list()
          .map(a => a.metadata.name)
          .join(', ')}`,
      );
    }
    await engine.rendered(name);
    return application;
  };
  const workloads = (application: Application) =>
    engine
      .liveTree(application)
      .filter(object => WORKLOAD_KINDS.has(object.kind));
  const needWorkloads = (application: Application) => {
    const found = workloads(application);
    if (found.length === 0) {
      throw new Error(
        `application "${application.metadata.name}" has no workload in its cluster; choose one that is deployed`,
      );
    }
    return found;
  };
  const everyApplication = (task: (application: Application) => void) =>
    engine.store.list().forEach(application => {
      task(application);
      engine.watchHealth(application.metadata.name);
    });

  world.scenarios.register({
    name: 'sync-degraded',
    description:
      'The pods of one application fail after a restart: it becomes Degraded.',
    parameters: [
      APPLICATION,
      {
        name: 'reason',
        description: 'why its containers end, as their logs and events say',
        default:
          'readiness probe failed: HTTP probe failed with statuscode: 503',
      },
    ],
    async start(parameters) {
      const application = await find(parameters);
      const reason = String(
        parameters.reason ??
          'readiness probe failed: HTTP probe failed with statuscode: 503',
      );
      const cluster = engine.destination(application.spec);
      for (const workload of needWorkloads(application)) {
        cluster.crash(keyOf(workload), reason);
      }
      engine.watchHealth(application.metadata.name);
      return { application: application.metadata.name, reason };
    },
    stop() {
      everyApplication(application =>
        workloads(application).forEach(w =>
          engine.destination(application.spec).heal(keyOf(w)),
        ),
      );
    },
  });

  world.scenarios.register({
    name: 'image-missing',
    description:
      'The registry loses the images of one application, which is restarted: its new pods stay in ImagePullBackOff.',
    parameters: [APPLICATION],
    async start(parameters) {
      const application = await find(parameters);
      const cluster = engine.destination(application.spec);
      const found = needWorkloads(application);
      const repositories = new Set(
        found
          .flatMap(w => templateImages(w.spec?.template))
          .map(image => {
            const { ecr, repository } = parseImage(image);
            return ecr?.repository ?? repository;
          }),
      );
      for (const repository of repositories) {
        cluster.hideImages(repository, found.map(keyOf));
      }
      engine.watchHealth(application.metadata.name);
      return {
        application: application.metadata.name,
        repositories: [...repositories],
      };
    },
    stop() {
      for (const cluster of engine.clusters.values()) {
        cluster.showImages();
      }
      everyApplication(() => {});
    },
  });

  world.scenarios.register({
    name: 'live-drift',
    description:
      'Somebody scales a Deployment of one application by hand: it becomes OutOfSync (and heals itself under self-heal).',
    parameters: [APPLICATION],
    async start(parameters) {
      const application = await find(parameters);
      const cluster = engine.destination(application.spec);
      const scaled = needWorkloads(application).map(workload => {
        const key = keyOf(workload);
        const from = cluster.applied(key)!.spec.replicas ?? 1;
        scale(cluster, key, from, from + 1);
        return { key, from };
      });
      await engine.refresh(application.metadata.name);
      return {
        application: application.metadata.name,
        cluster: cluster.name,
        scaled,
      };
    },
    async stop(runs) {
      for (const { result } of [...runs].reverse()) {
        const cluster = engine.clusters.get(result.cluster);
        for (const { key, from } of result.scaled) {
          if (cluster) scale(cluster, key, from + 1, from);
        }
      }
      for (const application of engine.store.list()) {
        if (application.status.sync.status === 'OutOfSync') {
          await engine.refresh(application.metadata.name);
        }
      }
    },
    // The cluster remembers.
    resume() {},
  });

  registerWindowScenario(world, engine, find);
  registerServerScenarios(world, engine);
}

/** Scales a workload by hand, unless somebody else changed it since. */
function scale(cluster: Cluster, key: string, from: number, to: number) {
  const applied = structuredClone(cluster.applied(key));
  if (applied && (applied.spec.replicas ?? 1) === from) {
    applied.spec.replicas = to;
    cluster.apply(applied);
  }
}

import { World } from '../types';
import { deploymentsOf, ecsServices } from './ecsServices';

/** A service in an environment, as metrics know it. */
export interface ObservedService {
  /** Component in the catalog. */
  service: string;
  environment: string;
  /** System in the catalog. */
  system: string;
  namespace: string;
  /** Name of its Argo CD application; `<service>-<environment>` where there is none. */
  application: string;
  /** When its pods were replaced, oldest first; epoch milliseconds. */
  deployedMs: number[];
}

/** When a service that was never seen being deployed came up. */
const LONG_AGO_MS = Date.UTC(2026, 0, 1);

/**
 * Everything that runs and is measured: what Argo CD and ECS deployed, and the
 * seeded services where neither was started.
 */
export function observedServices(
  world: Pick<World, 'platforms' | 'argocd' | 'aws'>,
): ObservedService[] {
  const found = new Map<string, ObservedService>();
  for (const platform of world.platforms) {
    for (const { name, versions } of platform.services) {
      for (const environment of platform.environments) {
        const { shortName, runtime, namespace } = environment;
        if (
          !versions[shortName] ||
          runtime === 'local' ||
          (runtime === 'ecs' && world.aws)
        ) {
          continue;
        }
        const application = `${name}-${shortName}`;
        found.set(application, {
          service: name,
          environment: shortName,
          system: platform.system,
          namespace: namespace ?? platform.system,
          application,
          deployedMs: [LONG_AGO_MS],
        });
      }
    }
  }
  for (const { metadata, spec, status } of world.argocd?.store.list() ?? []) {
    const service = metadata.labels?.['fairway.dev/component'];
    const environment = metadata.labels?.['fairway.dev/environment'];
    const history = status.history ?? [];
    if (!service || !environment || history.length === 0) continue;
    const known = found.get(metadata.name);
    found.set(metadata.name, {
      service,
      environment,
      system: known?.system ?? spec.project,
      namespace: spec.destination.namespace ?? known?.namespace ?? 'default',
      application: metadata.name,
      deployedMs: history.map(({ deployedAt }) => Date.parse(deployedAt)),
    });
  }
  for (const { platform, environment, service } of ecsServices(world)) {
    const deployedMs = deploymentsOf(service);
    if (deployedMs.length === 0) continue;
    const application = `${service.name}-${environment.shortName}`;
    found.set(application, {
      service: service.name,
      environment: environment.shortName,
      system: platform.system,
      namespace: environment.namespace ?? platform.system,
      application,
      deployedMs,
    });
  }
  return [...found.values()];
}

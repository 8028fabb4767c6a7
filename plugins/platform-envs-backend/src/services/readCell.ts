import {
  ApplicationDetail,
  ApplicationFact,
  CellResource,
  DeliveryCell,
  DEPLOYERS,
  DesiredFact,
  EnvironmentRuntime,
  EnvironmentSummary,
  isSameRelease,
  okReading,
  parseImageReference,
  Reading,
  Release,
  unavailableReading,
} from '@fairway/plugin-platform-envs-common';
import {
  Deployment,
  DeploymentSnapshot,
  SourceCondition,
} from '@fairway/plugin-platform-envs-node';
import { ComponentEntry } from './CatalogView';
import { DesiredEntry, RepositoryState } from './DesiredState';

/** How what stands for a component in an environment is called: `Argo CD application`. */
export function unitOf({ runtime }: { runtime: EnvironmentRuntime }): string {
  const { name, unit } = DEPLOYERS[runtime];
  return `${name} ${unit}`;
}

/** What a source says of itself, for an environment. */
export function conditionIn(
  { environments, deployments, ...whole }: DeploymentSnapshot,
  environment: EnvironmentSummary,
): SourceCondition {
  if (!environments) return whole;
  return (
    environments[environment.ref] ?? {
      state: 'stale',
      message: `${environment.title} has not been looked at yet`,
    }
  );
}

/** What one file of the desired state says. */
export function readEntry(
  entry: DesiredEntry,
  repository: RepositoryState,
  environment: EnvironmentSummary,
): { fact: DesiredFact; reading: DeliveryCell['desired'] } {
  const observedAt = repository.observedAt!;
  if (entry.problem) {
    return {
      fact: { kind: 'unknown', reason: entry.problem },
      reading: unavailableReading(entry.problem, observedAt),
    };
  }
  if (!entry.release) {
    return {
      fact: { kind: 'unreleased' },
      reading: unavailableReading(
        `Nothing was released to ${environment.shortName} yet`,
        observedAt,
      ),
    };
  }
  return {
    fact: {
      kind: 'released',
      release: entry.release,
      ...(entry.change && { committedAt: entry.change.committedAt }),
    },
    reading: okReading(
      {
        ...entry.release,
        path: entry.path,
        ...entry.change,
        ...(entry.replicas !== undefined && { replicas: entry.replicas }),
      },
      observedAt,
    ),
  };
}

/** What a deployment says of a component, for judging its cell. */
export function toFact(
  deployment: Deployment,
  entry: ComponentEntry,
  desired: DesiredFact,
  { runtime }: EnvironmentSummary,
): ApplicationFact {
  const running = runningRelease(deployment, entry, desired);
  const deployedAt = deployment.history?.at(-1)?.deployedAt;
  const { operation } = deployment;
  return {
    name: deployment.name,
    automated: deployment.automated,
    sync: runtime === 'ecs' ? compare(running, desired) : deployment.sync,
    health: deployment.health,
    ...(deployment.healthMessage && {
      healthMessage: deployment.healthMessage,
    }),
    ...(deployment.syncSince && { syncSince: deployment.syncSince }),
    ...(deployment.healthSince && { healthSince: deployment.healthSince }),
    ...(deployment.syncWindow && { syncWindow: deployment.syncWindow }),
    ...(deployment.deletedAt && { deletedAt: deployment.deletedAt }),
    ...(running && { running }),
    ...(deployedAt && { deployedAt }),
    conditions: deployment.conditions,
    ...(operation && { operation: withoutRevision(operation) }),
    resources: deployment.resources,
    ...(deployment.problem && { problem: deployment.problem }),
  };
}

/** What a deployment tells beyond what decides about its cell. */
export function toDetail({
  sources,
  managedBy,
  syncWindow,
  conditions,
  events,
}: Deployment): ApplicationDetail {
  return {
    ...(sources && { sources }),
    ...(managedBy && { managedBy }),
    ...(syncWindow && { syncWindow }),
    ...(conditions.length && { conditions }),
    ...(events?.length && { events }),
  };
}

/** ECS does not know what Git says, so its word for sync is decided here. */
function compare(
  running: Release | undefined,
  desired: DesiredFact,
): ApplicationFact['sync'] {
  if (!running || desired.kind !== 'released') return 'Unknown';
  const same =
    isSameRelease(running, desired.release) ??
    (running.version && running.version === desired.release.version);
  if (same === undefined) return 'Unknown';
  return same ? 'Synced' : 'OutOfSync';
}

/** The image of the component among all that run: by repository, else by its last name, else the only one. */
function runningRelease(
  { images }: Deployment,
  { gitopsName }: ComponentEntry,
  desired: DesiredFact,
): Release | undefined {
  const releases = images.flatMap(reference => {
    try {
      return [parseImageReference(reference)];
    } catch {
      return [];
    }
  });
  const wanted =
    desired.kind === 'released' ? desired.release.image : undefined;
  const candidates = [
    releases.filter(r => r.image === wanted),
    releases.filter(r => r.image.split('/').at(-1) === gitopsName),
    releases,
  ].find(list => list.length > 0);
  const [first, second] = candidates ?? [];
  if (!first || first.version === 'unreleased') return undefined;
  if (!second) return withVersion(first, desired);
  // While a rollout replaces one by the other, both run: what Git asks for is not yet all that runs.
  return desired.kind === 'released'
    ? candidates!.find(r => r.digest !== desired.release.digest) ?? first
    : first;
}

/** An image that runs by digest alone has the version under which Git knows it. */
function withVersion(running: Release, desired: DesiredFact): Release {
  const isKnown =
    !running.version &&
    desired.kind === 'released' &&
    desired.release.version &&
    isSameRelease(running, desired.release);
  return isKnown ? { ...running, version: desired.release.version } : running;
}

/** What runs of a component, or why that cannot be told. */
export function readLive(
  environment: EnvironmentSummary,
  deployment: Deployment | undefined,
  application: ApplicationFact | undefined,
  source: DeliveryCell['source'],
): Reading<Release & { revision?: string }> {
  if (application?.problem) return unavailableReading(application.problem);
  if (application?.running) {
    return okReading(
      {
        ...application.running,
        ...(deployment?.revision && { revision: deployment.revision }),
      },
      source.observedAt ?? new Date(0).toISOString(),
    );
  }
  if (source.state === 'absent') {
    return unavailableReading(
      source.message ?? `${environment.title} has no deployment source`,
    );
  }
  if (!source.observedAt) {
    return unavailableReading(
      source.message ?? 'The deployment system has not answered yet',
    );
  }
  return unavailableReading(
    deployment
      ? `Nothing of it runs in ${environment.shortName}`
      : `There is no ${unitOf(environment)} of it in ${environment.shortName}`,
    source.observedAt,
  );
}

/** Resources in the order in which one would look at them. */
export function worstFirst(resources: Deployment['resources']): CellResource[] {
  const rank = (r: CellResource) =>
    (r.health && r.health !== 'Healthy' ? 0 : 2) +
    (r.sync && r.sync !== 'Synced' ? 0 : 1);
  return [...resources].sort((a, b) => rank(a) - rank(b));
}

/** An operation as cells show it. */
export function withoutRevision(
  operation: NonNullable<Deployment['operation']>,
) {
  const { revision, ...rest } = operation;
  return rest;
}

import {
  EnvironmentSummary,
  isSameRelease,
  parseImageReference,
  Release,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';

/**
 * A deployment whose word for sync can be relied on. Amazon ECS does not know
 * what Git says: there a service is in sync when it runs the release that is
 * wanted, and nothing else.
 */
export function withSync(
  deployment: Deployment,
  { runtime }: Pick<EnvironmentSummary, 'runtime'>,
  wanted: Release | undefined,
): Deployment {
  if (runtime !== 'ecs') return deployment;
  const running = releasesOf(deployment, wanted);
  if (!wanted || running.length === 0) {
    return { ...deployment, sync: 'Unknown' };
  }
  const isWanted = (release: Release) =>
    isSameRelease(release, wanted) ??
    (wanted.version !== undefined && release.version === wanted.version);
  return {
    ...deployment,
    sync: running.every(isWanted) ? 'Synced' : 'OutOfSync',
  };
}

/**
 * Why a rollout that began after a time (ISO 8601) did not work; undefined
 * when none did. ECS has then gone back to what ran before.
 */
export function failedRollout(
  { name, operation }: Deployment,
  since: string,
): string | undefined {
  if (operation?.phase !== 'Failed' || !operation.startedAt) return undefined;
  if (Date.parse(operation.startedAt) < Date.parse(since)) return undefined;
  return `the rollout of ${shortName(name)} failed: ${
    operation.message ?? 'Amazon ECS gives no reason'
  }`;
}

/** What people call a deployment: ARNs of services end with their names. */
export function shortName(name: string): string {
  return name.split('/').at(-1)!;
}

/** Of the images that run, those of the component; of all where none has its repository. */
function releasesOf(
  { images }: Deployment,
  wanted: Release | undefined,
): Release[] {
  const releases = images.flatMap(reference => {
    try {
      return [parseImageReference(reference)];
    } catch {
      return [];
    }
  });
  const own = releases.filter(({ image }) => image === wanted?.image);
  return own.length > 0 ? own : releases.slice(0, 1);
}

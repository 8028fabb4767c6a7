import { createHash } from 'node:crypto';
import { kubeTime } from '../kubernetes/KubeObject';
import { World } from '../types';
import { DeployedCommit } from './deployedCommits';
import {
  deployedFrom,
  hasSeveralSources,
  repositoryOf,
  sourcesOf,
} from './sources';
import { Application, RevisionHistory, isAutomated } from './types';

/** Entries of history that a seeded application has at most. */
const HISTORY = 10;

/** What a seeded application went through. */
export interface SeedHistory {
  /** Oldest first; empty for what was never deployed. */
  entries: RevisionHistory[];
  /** When it was first deployed. */
  since?: Date;
}

/**
 * The deployments that the commits to an application's folder caused, oldest
 * first; other sources stand where they stood then.
 */
export async function seedHistory(
  world: Pick<World, 'git' | 'clock'>,
  application: Application,
  commits: DeployedCommit[],
): Promise<SeedHistory> {
  const first = Math.max(0, commits.length - HISTORY);
  const entries: RevisionHistory[] = [];
  for (const [index, commit] of commits.slice(-HISTORY).entries()) {
    entries.push({
      ...deployment(application, commit, first + index, world.clock.now()),
      ...deployedFrom(
        sourcesOf(application.spec),
        await revisionsAt(world, application, commit),
        hasSeveralSources(application.spec),
      ),
    });
  }
  return { entries, since: commits[0]?.at };
}

async function revisionsAt(
  { git }: Pick<World, 'git'>,
  { spec }: Application,
  commit: DeployedCommit,
): Promise<string[]> {
  const sources = sourcesOf(spec);
  const own = repositoryOf(sources.find(s => s.path)?.repoURL);
  return Promise.all(
    sources.map(async ({ repoURL, targetRevision }) => {
      const repository = repositoryOf(repoURL);
      if (repository === own || !git.has(repository)) {
        return commit.sha;
      }
      const ref = targetRevision || 'HEAD';
      const [then] = await git.log(repository, ref, {
        until: commit.at,
        limit: 1,
      });
      return then?.sha ?? (await git.resolve(repository, ref)) ?? commit.sha;
    }),
  );
}

function deployment(
  application: Application,
  commit: DeployedCommit,
  id: number,
  now: Date,
): Omit<RevisionHistory, 'source'> {
  const automated = isAutomated(application.spec);
  const chance = createHash('sha256')
    .update(`${application.metadata.name}/${commit.sha}`)
    .digest();
  // A webhook takes seconds, a person some minutes.
  const waited = automated ? 4 + (chance[0] % 30) : 60 + chance[0] * 2;
  const took = 2 + (chance[1] % 9);
  const finished = Math.min(
    commit.at.getTime() + (waited + took) * 1000,
    now.getTime(),
  );
  return {
    id,
    deployStartedAt: kubeTime(new Date(finished - took * 1000)),
    deployedAt: kubeTime(new Date(finished)),
    initiatedBy: automated ? { automated: true } : { username: 'admin' },
  };
}

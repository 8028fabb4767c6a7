import { BranchProtection } from '../world/github/githubTypes';
import { CI } from '../world/seed/people';
import { releaseFile } from '../world/seed/gitopsFiles';
import { World } from '../world/types';

const NO_DIRECT_PUSH: BranchProtection = {
  enforceAdmins: true,
  requiredReviews: {
    requiredApprovingReviewCount: 1,
    requireCodeOwnerReviews: false,
    dismissStaleReviews: false,
    requireLastPushApproval: false,
    bypassUsers: [],
  },
  requiredLinearHistory: false,
  allowForcePushes: false,
  allowDeletions: false,
  requiredConversationResolution: false,
  blockCreations: false,
  requiredSignatures: false,
};

/** Situations that come about in git or at GitHub. */
export function registerGitScenarios(world: World): void {
  const gitopsRepositories = () =>
    world.platforms.flatMap(
      platform => world.github.repository(platform.gitopsRepository) ?? [],
    );

  world.scenarios.register({
    name: 'merge-blocked',
    description:
      'The main branch of every GitOps repository takes pull requests only: pushes and API commits are refused.',
    parameters: [],
    start() {
      const before = Object.fromEntries(
        gitopsRepositories().map(({ fullName, protection }) => [
          fullName,
          protection.main,
        ]),
      );
      for (const repository of gitopsRepositories()) {
        repository.protection.main = { ...NO_DIRECT_PUSH };
      }
      world.github.save();
      return { repositories: Object.keys(before), before };
    },
    // The first that blocked holds what protected them before.
    stop([{ result }]) {
      for (const repository of gitopsRepositories()) {
        const protection = result.before[repository.fullName];
        if (protection) {
          repository.protection.main = protection;
        } else {
          delete repository.protection.main;
        }
      }
      world.github.save();
    },
    // The Git host remembers.
    resume() {},
  });

  let throttles: number[] = [];
  world.scenarios.register({
    name: 'throttled-github',
    description:
      'GitHub refuses API calls: all of them by its secondary limit (403, retry-after 60), or those after the first ones of the hour by the primary limit (403, x-ratelimit-remaining 0).',
    parameters: [
      {
        name: 'limit',
        description: 'which limit: secondary or primary',
        default: 'secondary',
      },
      {
        name: 'calls',
        description: 'how many calls an hour the primary limit lets through',
        default: '0',
      },
    ],
    start(parameters) {
      if (parameters.limit === 'primary') {
        const calls = Number(parameters.calls ?? 0);
        if (!Number.isInteger(calls) || calls < 0) {
          throw new Error(`calls must be a whole number, not ${calls}`);
        }
        world.github.rateLimit.enforcePrimary(calls);
        return { limit: 'primary', calls };
      }
      throttles.push(
        world.faults.add({
          upstream: 'github',
          path: '/api/',
          kind: 'throttle',
        }).id,
      );
      return { faults: throttles };
    },
    stop() {
      throttles.forEach(id => world.faults.remove(id));
      throttles = [];
      world.github.rateLimit.calm();
    },
  });

  world.scenarios.register({
    name: 'tag-missing',
    description: 'An overlay asks for a tag that no registry has.',
    parameters: [
      {
        name: 'component',
        description: 'whose release it is',
        default: 'sample-backend',
      },
      {
        name: 'environment',
        description: 'short name of where it is delivered',
        default: 'dev',
      },
    ],
    async start(parameters) {
      const component = String(parameters.component ?? 'sample-backend');
      const shortName = String(parameters.environment ?? 'dev');
      for (const platform of world.platforms) {
        const environment = platform.environments.find(
          candidate => candidate.shortName === shortName,
        );
        const repository = platform.gitopsRepository;
        const path =
          environment && releaseFile(platform, environment, component);
        const content =
          path && (await world.git.readFile(repository, 'main', path));
        if (path && content !== undefined && content !== '') {
          const sha = await world.git.commit(repository, {
            branch: 'main',
            message: `Release ${component} 99.0.0 to ${shortName}`,
            author: { name: CI.name, email: CI.email },
            files: [
              {
                path,
                content: content
                  .replace(
                    /^(\s*newTag:\s*).*$/m,
                    (_line, key) => `${key}99.0.0`,
                  )
                  .replace(
                    /("image_tag":\s*)"[^"]*"/,
                    (_line, key) => `${key}"99.0.0"`,
                  )
                  .replace(/("image_digest":\s*)"[^"]*"/, '$1""'),
              },
            ],
          });
          return { repository, path, sha, content };
        }
      }
      throw new Error(
        `no GitOps repository delivers ${component} to ${shortName}`,
      );
    },
    // The first that was broken holds what stood before.
    async stop(runs) {
      for (const { result } of [...runs].reverse()) {
        const { repository, path, content } = result;
        if (world.git.has(repository)) {
          await world.git.commit(repository, {
            branch: 'main',
            message: 'Release what stood before the missing image',
            author: { name: CI.name, email: CI.email },
            files: [{ path, content }],
          });
        }
      }
    },
    // Git remembers.
    resume() {},
  });
}

import { z } from 'zod';
import {
  BranchProtection,
  GithubRepository,
} from '../../world/github/githubTypes';
import { HttpError } from '../createServer';
import { bodyOf, GithubContext, page, repositoryOf, text } from './context';
import { commitShape, repositoryApiUrl, repositoryUrl } from './shapes';

const actorsSchema = z.looseObject({
  users: z.array(text).optional(),
  teams: z.array(text).optional(),
  apps: z.array(text).optional(),
});
const protectionSchema = z.object({
  required_status_checks: z
    .looseObject({
      strict: z.boolean().default(false),
      contexts: z.array(text).default([]),
      checks: z.array(z.looseObject({ context: text })).optional(),
    })
    .nullable(),
  enforce_admins: z.boolean().nullable(),
  required_pull_request_reviews: z
    .looseObject({
      required_approving_review_count: z
        .number()
        .int()
        .min(0)
        .max(6)
        .optional(),
      require_code_owner_reviews: z.boolean().optional(),
      dismiss_stale_reviews: z.boolean().optional(),
      require_last_push_approval: z.boolean().optional(),
      bypass_pull_request_allowances: actorsSchema.optional(),
    })
    .nullable(),
  restrictions: actorsSchema.nullable(),
  required_linear_history: z.boolean().nullish(),
  allow_force_pushes: z.boolean().nullish(),
  allow_deletions: z.boolean().nullish(),
  block_creations: z.boolean().nullish(),
  required_conversation_resolution: z.boolean().nullish(),
});

const BRANCH = '/repos/:owner/:repo/branches/*';

/**
 * Branches and their protection. A branch name may contain slashes, so what
 * follows it is read from the end of the path.
 */
export function branchRoutes({ world, api }: GithubContext): void {
  const split = (request: any) => {
    const repository = repositoryOf(world, request);
    const rest = (request.params as { '*': string })['*'];
    const [, branch, tail = ''] =
      /^(.+?)(?:\/protection(\/.*)?)?$/.exec(rest) ?? [];
    return {
      repository,
      branch,
      tail,
      protection: /\/protection(\/|$)/.test(rest),
    };
  };
  const protectionOf = (repository: GithubRepository, branch: string) => {
    const protection = repository.protection[branch];
    if (!protection) {
      throw new HttpError(404, 'Branch not protected');
    }
    return protection;
  };
  const mustExist = async (repository: GithubRepository, branch: string) => {
    const sha = await world.git.resolve(
      repository.fullName,
      `refs/heads/${branch}`,
    );
    if (!sha) {
      throw new HttpError(404, 'Branch not found');
    }
    return sha;
  };
  const save = (repository: GithubRepository) => {
    repository.updatedAt = world.clock.now().toISOString();
    world.github.save();
  };

  api.get('/repos/:owner/:repo/branches', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const branches = world.git
      .refs(repository.fullName)
      .filter(ref => ref.name.startsWith('refs/heads/'))
      .map(ref => {
        const name = ref.name.slice('refs/heads/'.length);
        return {
          name,
          commit: {
            sha: ref.commit,
            url: `${repositoryApiUrl(world, repository)}/commits/${ref.commit}`,
          },
          protected: Boolean(repository.protection[name]),
        };
      });
    return page(request, reply, branches);
  });
  api.get('/repos/:owner/:repo/tags', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const url = repositoryApiUrl(world, repository);
    const tags = world.git
      .refs(repository.fullName)
      .filter(ref => ref.name.startsWith('refs/tags/'))
      .reverse()
      .map(ref => {
        const name = ref.name.slice('refs/tags/'.length);
        return {
          name,
          commit: { sha: ref.commit, url: `${url}/commits/${ref.commit}` },
          zipball_url: `${url}/zipball/refs/tags/${name}`,
          tarball_url: `${url}/tarball/refs/tags/${name}`,
          node_id: `tag-${repository.id}-${name}`,
        };
      });
    return page(request, reply, tags);
  });

  api.get(BRANCH, async request => {
    const { repository, branch, tail, protection } = split(request);
    if (protection) {
      const rules = protectionShape(
        repository,
        branch,
        protectionOf(repository, branch),
      );
      const part = tail.replace(/^\//, '') as keyof typeof rules;
      if (part && rules[part] === undefined) {
        throw new HttpError(404, 'Not Found');
      }
      return part ? rules[part] : rules;
    }
    const sha = await mustExist(repository, branch);
    const [commit] = await world.git.log(repository.fullName, sha, {
      limit: 1,
    });
    const url = `${repositoryApiUrl(world, repository)}/branches/${branch}`;
    const rules = repository.protection[branch];
    return {
      name: branch,
      commit: commitShape(world, repository, commit),
      _links: {
        self: url,
        html: `${repositoryUrl(world, repository)}/tree/${branch}`,
      },
      protected: Boolean(rules),
      protection: {
        enabled: Boolean(rules),
        required_status_checks: {
          enforcement_level: rules?.requiredStatusChecks ? 'everyone' : 'off',
          contexts: rules?.requiredStatusChecks?.contexts ?? [],
          checks: [],
        },
      },
      protection_url: `${url}/protection`,
    };
  });

  api.put(BRANCH, async request => {
    const { repository, branch, tail, protection } = split(request);
    if (!protection || tail) {
      throw new HttpError(404, 'Not Found');
    }
    const input = bodyOf(request, protectionSchema);
    await mustExist(repository, branch);
    const checks = input.required_status_checks;
    const reviews = input.required_pull_request_reviews;
    repository.protection[branch] = {
      requiredStatusChecks: checks
        ? {
            strict: checks.strict,
            contexts:
              checks.checks?.map(check => check.context) ?? checks.contexts,
          }
        : undefined,
      enforceAdmins: input.enforce_admins ?? false,
      requiredReviews: reviews
        ? {
            requiredApprovingReviewCount:
              reviews.required_approving_review_count ?? 1,
            requireCodeOwnerReviews:
              reviews.require_code_owner_reviews ?? false,
            dismissStaleReviews: reviews.dismiss_stale_reviews ?? false,
            requireLastPushApproval:
              reviews.require_last_push_approval ?? false,
            bypassUsers: [
              ...(reviews.bypass_pull_request_allowances?.users ?? []),
              ...(reviews.bypass_pull_request_allowances?.apps ?? []),
            ],
          }
        : undefined,
      restrictions: input.restrictions
        ? {
            users: input.restrictions.users ?? [],
            teams: input.restrictions.teams ?? [],
            apps: input.restrictions.apps ?? [],
          }
        : undefined,
      requiredLinearHistory: input.required_linear_history ?? false,
      allowForcePushes: input.allow_force_pushes ?? false,
      allowDeletions: input.allow_deletions ?? false,
      requiredConversationResolution:
        input.required_conversation_resolution ?? false,
      blockCreations: input.block_creations ?? false,
      requiredSignatures:
        repository.protection[branch]?.requiredSignatures ?? false,
    };
    save(repository);
    return protectionShape(repository, branch, repository.protection[branch]);
  });

  api.post(BRANCH, async request => {
    const { repository, branch, tail } = split(request);
    const rules = protectionOf(repository, branch);
    if (tail === '/required_signatures') {
      rules.requiredSignatures = true;
    } else if (tail === '/enforce_admins') {
      rules.enforceAdmins = true;
    } else {
      throw new HttpError(404, 'Not Found');
    }
    save(repository);
    return protectionShape(repository, branch, rules)[
      tail.slice(1) as 'required_signatures' | 'enforce_admins'
    ];
  });

  api.delete(BRANCH, async (request, reply) => {
    const { repository, branch, tail, protection } = split(request);
    if (!protection) {
      throw new HttpError(404, 'Not Found');
    }
    const rules = protectionOf(repository, branch);
    if (tail === '/required_signatures') {
      rules.requiredSignatures = false;
    } else if (tail === '/enforce_admins') {
      rules.enforceAdmins = false;
    } else if (tail === '/required_pull_request_reviews') {
      rules.requiredReviews = undefined;
    } else if (tail === '/required_status_checks') {
      rules.requiredStatusChecks = undefined;
    } else if (tail === '') {
      delete repository.protection[branch];
    } else {
      throw new HttpError(404, 'Not Found');
    }
    save(repository);
    return reply.code(204).send();
  });

  function protectionShape(
    repository: GithubRepository,
    branch: string,
    rules: BranchProtection,
  ) {
    const url = `${repositoryApiUrl(
      world,
      repository,
    )}/branches/${branch}/protection`;
    const checks = rules.requiredStatusChecks;
    const reviews = rules.requiredReviews;
    const list = (logins: string[]) => logins.map(login => ({ login }));
    return {
      url,
      ...(checks
        ? {
            required_status_checks: {
              url: `${url}/required_status_checks`,
              strict: checks.strict,
              contexts: checks.contexts,
              contexts_url: `${url}/required_status_checks/contexts`,
              checks: checks.contexts.map(context => ({
                context,
                app_id: null,
              })),
            },
          }
        : {}),
      ...(reviews
        ? {
            required_pull_request_reviews: {
              url: `${url}/required_pull_request_reviews`,
              dismiss_stale_reviews: reviews.dismissStaleReviews,
              require_code_owner_reviews: reviews.requireCodeOwnerReviews,
              required_approving_review_count:
                reviews.requiredApprovingReviewCount,
              require_last_push_approval: reviews.requireLastPushApproval,
            },
          }
        : {}),
      ...(rules.restrictions
        ? {
            restrictions: {
              url: `${url}/restrictions`,
              users_url: `${url}/restrictions/users`,
              teams_url: `${url}/restrictions/teams`,
              apps_url: `${url}/restrictions/apps`,
              users: list(rules.restrictions.users),
              teams: rules.restrictions.teams.map(slug => ({ slug })),
              apps: rules.restrictions.apps.map(slug => ({ slug })),
            },
          }
        : {}),
      required_signatures: {
        url: `${url}/required_signatures`,
        enabled: rules.requiredSignatures,
      },
      enforce_admins: {
        url: `${url}/enforce_admins`,
        enabled: rules.enforceAdmins,
      },
      required_linear_history: { enabled: rules.requiredLinearHistory },
      allow_force_pushes: { enabled: rules.allowForcePushes },
      allow_deletions: { enabled: rules.allowDeletions },
      block_creations: { enabled: rules.blockCreations },
      required_conversation_resolution: {
        enabled: rules.requiredConversationResolution,
      },
      lock_branch: { enabled: false },
      allow_fork_syncing: { enabled: false },
    };
  }
}

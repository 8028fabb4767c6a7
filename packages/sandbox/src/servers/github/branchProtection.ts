import { z } from 'zod';
import {
  BranchProtection,
  GithubRepository,
} from '../../world/github/githubTypes';
import { World } from '../../world/types';
import { text } from './context';
import { repositoryApiUrl, teamWithParent, userByLogin } from './shapes';

const actorsSchema = z.looseObject({
  users: z.array(text).optional(),
  teams: z.array(text).optional(),
  apps: z.array(text).optional(),
});
/** What a change of a branch's protection says: all of it, every time. */
export const protectionSchema = z.object({
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

/** The rules that a change asks for. Signatures are asked for by a call of their own. */
export function protectionOfInput(
  input: z.output<typeof protectionSchema>,
  before: BranchProtection | undefined,
): BranchProtection {
  const checks = input.required_status_checks;
  const reviews = input.required_pull_request_reviews;
  return {
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
          requireCodeOwnerReviews: reviews.require_code_owner_reviews ?? false,
          dismissStaleReviews: reviews.dismiss_stale_reviews ?? false,
          requireLastPushApproval: reviews.require_last_push_approval ?? false,
          bypassUsers: [
            ...(reviews.bypass_pull_request_allowances?.users ?? []),
            ...(reviews.bypass_pull_request_allowances?.apps ?? []),
          ],
          bypassTeams: reviews.bypass_pull_request_allowances?.teams ?? [],
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
    requiredSignatures: before?.requiredSignatures ?? false,
  };
}

/** `protected-branch` of the API. */
export function protectionShape(
  world: World,
  repository: GithubRepository,
  branch: string,
  rules: BranchProtection,
) {
  const url = `${repositoryApiUrl(
    world,
    repository,
  )}/branches/${branch}/protection`;
  const [org] = repository.fullName.split('/');
  const checks = rules.requiredStatusChecks;
  const reviews = rules.requiredReviews;
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
            ...(reviews.bypassUsers.length || reviews.bypassTeams?.length
              ? {
                  bypass_pull_request_allowances: {
                    users: reviews.bypassUsers.map(login =>
                      userByLogin(world, login),
                    ),
                    teams: (reviews.bypassTeams ?? []).map(slug =>
                      teamWithParent(world, org, slug),
                    ),
                    apps: [],
                  },
                }
              : {}),
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
            users: rules.restrictions.users.map(login =>
              userByLogin(world, login),
            ),
            teams: rules.restrictions.teams.map(slug =>
              teamWithParent(world, org, slug),
            ),
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

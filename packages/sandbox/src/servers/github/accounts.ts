import { z } from 'zod';
import { GithubAccount } from '../../world/github/githubTypes';
import { HttpError } from '../createServer';
import { actorOf, bodyOf, GithubContext, repositoryOf } from './context';
import {
  repositoryApiUrl,
  simpleUser,
  organizationSimple,
  teamWithParent,
} from './shapes';

const PERMISSIONS = ['pull', 'triage', 'push', 'maintain', 'admin'] as const;
const permissionSchema = z.object({
  permission: z.enum(PERMISSIONS).default('push'),
});

const subscriptionSchema = z.object({
  subscribed: z.boolean().default(true),
  ignored: z.boolean().default(false),
});

/** Accounts and teams are older than anything that is shown. */
const SINCE = '2024-01-01T00:00:00Z';

/** People, organisations, teams, and who may do what in a repository. */
export function accountRoutes({ world, api }: GithubContext): void {
  const publicOf = ({ login }: GithubAccount) =>
    world.github
      .repositories()
      .filter(
        repository =>
          !repository.private && repository.fullName.startsWith(`${login}/`),
      );
  const full = (account: GithubAccount) => ({
    ...simpleUser(world, account),
    name: account.name ?? null,
    company: null,
    blog: '',
    location: null,
    email: account.email ?? null,
    hireable: null,
    bio: null,
    public_repos: publicOf(account).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: SINCE,
    updated_at: SINCE,
  });
  const accountOf = (login: string, type?: GithubAccount['type']) => {
    const account = world.github.account(login);
    if (!account || (type && account.type !== type)) {
      throw new HttpError(404, 'Not Found');
    }
    return account;
  };

  api.get('/user', async (request, reply) => {
    reply.header('x-oauth-scopes', 'admin:repo_hook, repo, workflow');
    return {
      ...full(actorOf(world, request)),
      private_gists: 0,
      total_private_repos: world.github.repositories().length,
      owned_private_repos: 0,
      disk_usage: 0,
      collaborators: 0,
      two_factor_authentication: true,
    };
  });
  api.get('/users/:username', async request =>
    full(accountOf((request.params as { username: string }).username)),
  );
  api.get('/orgs/:org', async request => {
    const account = accountOf(
      (request.params as { org: string }).org,
      'Organization',
    );
    return organization(account);
  });
  function organization(account: GithubAccount) {
    return {
      ...organizationSimple(world, account),
      html_url: `${world.urls.github}/${account.login}`,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: publicOf(account).length,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: SINCE,
      updated_at: SINCE,
      archived_at: null,
      type: 'Organization',
    };
  }

  api.get('/orgs/:org/teams/:slug', async request => {
    const { org, slug } = request.params as { org: string; slug: string };
    const team = world.github.team(org, slug);
    if (!team) {
      throw new HttpError(404, 'Not Found');
    }
    return {
      ...teamWithParent(world, team.org, team.slug),
      members_count: team.members.length,
      repos_count: world.github
        .repositories()
        .filter(({ teams }) => teams[slug] !== undefined).length,
      created_at: SINCE,
      updated_at: SINCE,
      organization: organization(accountOf(org)),
    };
  });
  api.put(
    '/orgs/:org/teams/:slug/repos/:owner/:repo',
    async (request, reply) => {
      const { org, slug } = request.params as { org: string; slug: string };
      const repository = repositoryOf(world, request);
      if (!world.github.team(org, slug)) {
        throw new HttpError(404, 'Not Found');
      }
      repository.teams[slug] = bodyOf(request, permissionSchema).permission;
      world.github.save();
      return reply.code(204).send();
    },
  );

  api.get('/repos/:owner/:repo/collaborators', async request => {
    const repository = repositoryOf(world, request);
    return Object.entries(repository.collaborators).map(
      ([login, permission]) => ({
        ...simpleUser(world, accountOf(login)),
        role_name: permission,
        permissions: permissionsOf(permission),
      }),
    );
  });
  api.put(
    '/repos/:owner/:repo/collaborators/:username',
    async (request, reply) => {
      const repository = repositoryOf(world, request);
      const { username } = request.params as { username: string };
      const account = accountOf(username, 'User');
      const { permission } = bodyOf(request, permissionSchema);
      repository.collaborators[account.login] = permission;
      world.github.save();
      return reply.code(204).send();
    },
  );
  api.get(
    '/repos/:owner/:repo/collaborators/:username/permission',
    async request => {
      const repository = repositoryOf(world, request);
      const account = accountOf(
        (request.params as { username: string }).username,
        'User',
      );
      const permission =
        repository.collaborators[account.login] ??
        (account.login === 'fairway-portal' ? 'admin' : 'none');
      return {
        permission: { push: 'write', pull: 'read' }[permission] ?? permission,
        role_name: permission,
        user: {
          ...simpleUser(world, account),
          role_name: permission,
          permissions: permissionsOf(permission),
        },
      };
    },
  );

  api.put('/repos/:owner/:repo/subscription', async request => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, subscriptionSchema);
    const url = repositoryApiUrl(world, repository);
    return {
      ...input,
      reason: null,
      created_at: world.clock.now().toISOString(),
      url: `${url}/subscription`,
      repository_url: url,
    };
  });
}

function permissionsOf(permission: string) {
  const level = PERMISSIONS.indexOf(permission as (typeof PERMISSIONS)[number]);
  return Object.fromEntries(
    PERMISSIONS.map((name, index) => [name, index <= level]),
  );
}

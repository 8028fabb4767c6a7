import { GithubAccount, GithubTeam } from '../../../world/github/githubTypes';
import { nodeId } from '../shapes';
import { connection, PageArguments } from './connection';
import { GraphContext, GraphNode } from './context';
import { graphqlError } from './errors';
import { repositoryNode } from './repositoryNodes';

/** Accounts and teams are older than anything that is shown. */
const SINCE = '2024-01-01T00:00:00Z';

interface RepositoryFilter extends PageArguments {
  isFork?: boolean | null;
  isArchived?: boolean | null;
  privacy?: 'PUBLIC' | 'PRIVATE' | null;
}

/** What people and organisations have in common. */
function ownerFields(graph: GraphContext, account: GithubAccount) {
  const { world } = graph;
  return {
    id: nodeId(account.type, account.id),
    databaseId: account.id,
    login: account.login,
    name: account.name ?? null,
    avatarUrl: `${world.urls.github}/avatars/${account.login}.svg`,
    url: `${world.urls.github}/${account.login}`,
    resourcePath: `/${account.login}`,
    createdAt: SINCE,
    updatedAt: SINCE,
    repositories: (args: RepositoryFilter) =>
      connection(
        'repositories',
        args,
        world.github
          .repositories()
          .filter(
            repository =>
              repository.fullName.startsWith(`${account.login}/`) &&
              (typeof args.isFork !== 'boolean' ||
                args.isFork === (repository.parentId !== undefined)) &&
              (typeof args.isArchived !== 'boolean' ||
                args.isArchived === repository.archived) &&
              (!args.privacy ||
                (args.privacy === 'PRIVATE') === repository.private),
          )
          .sort((a, b) => a.id - b.id),
        repository => repositoryNode(graph, repository),
      ),
    repository({ name }: { name: string }) {
      const found = world.github.repository(`${account.login}/${name}`);
      if (!found) {
        throw graphqlError(
          'NOT_FOUND',
          `Could not resolve to a Repository with the name '${account.login}/${name}'.`,
        );
      }
      return repositoryNode(graph, found);
    },
  };
}

/** `User` or `Organization` of the schema. */
export function accountNode(
  graph: GraphContext,
  account: GithubAccount,
): GraphNode {
  return account.type === 'User'
    ? userNode(graph, account)
    : organizationNode(graph, account);
}

/** `User` of the schema. */
export function userNode(
  graph: GraphContext,
  account: GithubAccount,
): GraphNode {
  const organizations = () =>
    graph.world.github
      .accounts()
      .filter(({ members }) => members?.[account.login]);
  return {
    __typename: 'User',
    ...ownerFields(graph, account),
    bio: null,
    company: null,
    email: account.email ?? '',
    isViewer: account.login === graph.actor.login,
    organizationVerifiedDomainEmails: [],
    organization: ({ login }: { login: string }) => {
      const found = organizations().find(
        org => org.login.toLowerCase() === login.toLowerCase(),
      );
      return found ? organizationNode(graph, found) : null;
    },
    organizations: (args: PageArguments) =>
      connection('organizations', args, organizations(), org =>
        organizationNode(graph, org),
      ),
  };
}

/** `Organization` of the schema. */
export function organizationNode(
  graph: GraphContext,
  account: GithubAccount,
): GraphNode {
  const { github } = graph.world;
  const members = account.members ?? {};
  return {
    __typename: 'Organization',
    ...ownerFields(graph, account),
    description: null,
    email: null,
    isVerified: false,
    viewerIsAMember: Boolean(members[graph.actor.login]),
    viewerCanAdminister: members[graph.actor.login] === 'admin',
    membersWithRole: (args: PageArguments) =>
      connection(
        'membersWithRole',
        args,
        Object.keys(members).flatMap(login => github.account(login) ?? []),
        member => userNode(graph, member),
        member => ({ role: members[member.login].toUpperCase() }),
      ),
    team: ({ slug }: { slug: string }) => {
      const team = github.team(account.login, slug);
      return team ? teamNode(graph, team) : null;
    },
    teams: (
      args: PageArguments & {
        userLogins?: string[] | null;
        query?: string | null;
      },
    ) =>
      connection(
        'teams',
        args,
        github
          .teams(account.login)
          .filter(
            team =>
              (!args.userLogins?.length ||
                args.userLogins.some(login => team.members.includes(login))) &&
              (!args.query || team.name.includes(args.query)),
          ),
        team => teamNode(graph, team),
      ),
  };
}

/** `Team` of the schema. Its members are those of its own, not of teams below it. */
export function teamNode(graph: GraphContext, team: GithubTeam): GraphNode {
  const { world } = graph;
  const path = `/orgs/${team.org}/teams/${team.slug}`;
  return {
    __typename: 'Team',
    id: nodeId('Team', team.id),
    databaseId: team.id,
    slug: team.slug,
    combinedSlug: `${team.org}/${team.slug}`,
    name: team.name,
    description: team.description ?? null,
    privacy: 'VISIBLE',
    avatarUrl: `${world.urls.github}/avatars/${team.slug}.svg`,
    resourcePath: path,
    url: `${world.urls.github}${path}`,
    editTeamResourcePath: `${path}/edit`,
    editTeamUrl: `${world.urls.github}${path}/edit`,
    createdAt: SINCE,
    updatedAt: SINCE,
    organization: () =>
      organizationNode(graph, world.github.account(team.org)!),
    parentTeam: () => {
      const parent = team.parent && world.github.team(team.org, team.parent);
      return parent ? teamNode(graph, parent) : null;
    },
    members: (
      args: PageArguments & { membership?: string; query?: string | null },
    ) => {
      const below = world.github
        .teams(team.org)
        .filter(({ parent }) => parent === team.slug)
        .flatMap(({ members }) => members);
      const logins = {
        IMMEDIATE: team.members,
        CHILD_TEAM: below,
        ALL: [...new Set([...team.members, ...below])],
      }[args.membership ?? 'ALL'];
      return connection(
        'members',
        args,
        (logins ?? []).flatMap(login => world.github.account(login) ?? []),
        member => userNode(graph, member),
        () => ({ role: 'MEMBER' }),
      );
    },
    repositories: (args: PageArguments & { query?: string | null }) =>
      connection(
        'repositories',
        args,
        world.github
          .repositories()
          .filter(
            ({ fullName, teams }) =>
              fullName.startsWith(`${team.org}/`) &&
              teams[team.slug] !== undefined,
          ),
        repository => repositoryNode(graph, repository),
      ),
  };
}

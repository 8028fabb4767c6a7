import {
  GithubAccount,
  GithubRepository,
} from '../../world/github/githubTypes';
import { ChangedFile } from '../../world/github/gitObjects';
import { GitCommitInfo, World } from '../../world/types';

/** GitHub's GraphQL-style id of a REST object. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url');
}

/** Root of the REST API. */
export function apiUrl(world: World): string {
  return `${world.urls.github}/api/v3`;
}

/** Root of a repository in the REST API. */
export function repositoryApiUrl(
  world: World,
  repository: GithubRepository,
): string {
  return `${apiUrl(world)}/repos/${repository.fullName}`;
}

/** Page of a repository. */
export function repositoryUrl(
  world: World,
  repository: GithubRepository,
): string {
  return `${world.urls.github}/${repository.fullName}`;
}

/** `simple-user` of the API. */
export function simpleUser(world: World, account: GithubAccount) {
  const url = `${apiUrl(world)}/users/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.urls.github}/avatars/${account.login}.svg`,
    gravatar_id: '',
    url,
    html_url: `${world.urls.github}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** `organization-simple` of the API. */
export function organizationSimple(world: World, account: GithubAccount) {
  const url = `${apiUrl(world)}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.urls.github}/avatars/${account.login}.svg`,
    description: '',
  };
}

/** `simple-user` by login; a login that nobody has is shown as a ghost. */
export function userByLogin(world: World, login: string) {
  return simpleUser(
    world,
    world.github.account(login) ?? { id: 10137, login: 'ghost', type: 'User' },
  );
}

/** `team-simple` of the API. */
export function teamShape(world: World, org: string, slug: string) {
  const team = world.github.team(org, slug);
  const account = world.github.account(org);
  const url = `${apiUrl(world)}/organizations/${account?.id ?? 0}/team/${
    team?.id ?? 0
  }`;
  return {
    id: team?.id ?? 0,
    node_id: nodeId('Team', team?.id ?? 0),
    url,
    html_url: `${world.urls.github}/orgs/${org}/teams/${slug}`,
    name: team?.name ?? slug,
    slug,
    description: team?.description ?? null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: 'organization',
    organization_id: account?.id ?? 0,
  };
}

/** `team` of the API: with the team that it is part of. */
export function teamWithParent(world: World, org: string, slug: string) {
  const parent = world.github.team(org, slug)?.parent;
  return {
    ...teamShape(world, org, slug),
    parent: parent ? teamShape(world, org, parent) : null,
  };
}

/** `diff-entry` of the API: a changed file. */
export function diffEntry(
  world: World,
  repository: GithubRepository,
  head: string,
  file: ChangedFile,
) {
  const html = repositoryUrl(world, repository);
  const encoded = file.filename.split('/').map(encodeURIComponent).join('/');
  return {
    ...file,
    blob_url: `${html}/blob/${head}/${encoded}`,
    raw_url: `${html}/raw/${head}/${encoded}`,
    contents_url: `${repositoryApiUrl(
      world,
      repository,
    )}/contents/${encodeURIComponent(file.filename)}?ref=${head}`,
  };
}

const VERIFICATION = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
};

/** `commit` of the commits API, without files. */
export function commitShape(
  world: World,
  repository: GithubRepository,
  commit: GitCommitInfo,
) {
  const url = repositoryApiUrl(world, repository);
  const html = repositoryUrl(world, repository);
  const account = (email: string) => {
    const found = world.github.accountByEmail(email);
    return found ? simpleUser(world, found) : null;
  };
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', `${repository.id}:${commit.sha}`),
    commit: {
      author: utc(commit.author),
      committer: utc(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: VERIFICATION,
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: account(commit.author.email),
    committer: account(commit.committer.email),
    parents: commit.parents.map(sha => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
  };
}

/** `git-commit` of the git database API. */
export function gitCommitShape(
  world: World,
  repository: GithubRepository,
  commit: GitCommitInfo,
) {
  const url = repositoryApiUrl(world, repository);
  const html = repositoryUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', `${repository.id}:${commit.sha}`),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    author: utc(commit.author),
    committer: utc(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map(sha => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: VERIFICATION,
  };
}

function utc<T extends { date: string }>(signature: T): T {
  return {
    ...signature,
    date: `${new Date(signature.date).toISOString().slice(0, 19)}Z`,
  };
}

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

/** `simple-user` by login; a login that nobody has is shown as a ghost. */
export function userByLogin(world: World, login: string) {
  return simpleUser(
    world,
    world.github.account(login) ?? { id: 10137, login: 'ghost', type: 'User' },
  );
}

/** `minimal-repository` of the API: what other objects carry. */
export function minimalRepository(world: World, repository: GithubRepository) {
  const [owner, name] = repository.fullName.split('/');
  const url = repositoryApiUrl(world, repository);
  const html = repositoryUrl(world, repository);
  const forks = world.github
    .repositories()
    .filter(({ parentId }) => parentId === repository.id).length;
  const open = repository.pulls.filter(pull => pull.state === 'open').length;
  const templates: Record<string, string> = {
    archive: '/{archive_format}{/ref}',
    assignees: '/assignees{/user}',
    blobs: '/git/blobs{/sha}',
    branches: '/branches{/branch}',
    collaborators: '/collaborators{/collaborator}',
    comments: '/comments{/number}',
    commits: '/commits{/sha}',
    compare: '/compare/{base}...{head}',
    contents: '/contents/{+path}',
    contributors: '/contributors',
    deployments: '/deployments',
    downloads: '/downloads',
    events: '/events',
    forks: '/forks',
    git_commits: '/git/commits{/sha}',
    git_refs: '/git/refs{/sha}',
    git_tags: '/git/tags{/sha}',
    hooks: '/hooks',
    issue_comment: '/issues/comments{/number}',
    issue_events: '/issues/events{/number}',
    issues: '/issues{/number}',
    keys: '/keys{/key_id}',
    labels: '/labels{/name}',
    languages: '/languages',
    merges: '/merges',
    milestones: '/milestones{/number}',
    notifications: '/notifications{?since,all,participating}',
    pulls: '/pulls{/number}',
    releases: '/releases{/id}',
    stargazers: '/stargazers',
    statuses: '/statuses/{sha}',
    subscribers: '/subscribers',
    subscription: '/subscription',
    tags: '/tags',
    teams: '/teams',
    trees: '/git/trees{/sha}',
  };
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name,
    full_name: repository.fullName,
    private: repository.private,
    owner: userByLogin(world, owner),
    html_url: html,
    description: repository.description ?? null,
    fork: repository.parentId !== undefined,
    url,
    ...Object.fromEntries(
      Object.entries(templates).map(([key, template]) => [
        `${key}_url`,
        `${url}${template}`,
      ]),
    ),
    git_url: `git://${new URL(html).host}/${repository.fullName}.git`,
    ssh_url: `git@${new URL(html).hostname}:${repository.fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: repository.homepage ?? null,
    language: null,
    forks_count: forks,
    stargazers_count: 0,
    watchers_count: 0,
    open_issues_count: open,
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: repository.topics,
    has_issues: repository.settings.has_issues ?? true,
    has_projects: repository.settings.has_projects ?? true,
    has_wiki: repository.settings.has_wiki ?? true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    pushed_at: repository.updatedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    permissions: {
      admin: true,
      maintain: true,
      push: true,
      triage: true,
      pull: true,
    },
    forks,
    open_issues: open,
    watchers: 0,
    allow_forking: true,
    web_commit_signoff_required: false,
    license: null,
    // GitHub counts kilobytes; what matters to clients is that an empty one has 0.
    size: world.git.refs(repository.fullName).length ? 64 : 0,
  };
}

/** `full-repository` of the API. */
export function fullRepository(world: World, repository: GithubRepository) {
  const [owner] = repository.fullName.split('/');
  const account = world.github.account(owner);
  const { settings, parentId } = repository;
  const parent =
    parentId === undefined ? undefined : world.github.repositoryById(parentId);
  return {
    ...minimalRepository(world, repository),
    allow_rebase_merge: settings.allow_rebase_merge ?? true,
    allow_squash_merge: settings.allow_squash_merge ?? true,
    allow_merge_commit: settings.allow_merge_commit ?? true,
    allow_auto_merge: settings.allow_auto_merge ?? false,
    allow_update_branch: settings.allow_update_branch ?? false,
    delete_branch_on_merge: settings.delete_branch_on_merge ?? false,
    squash_merge_commit_title:
      settings.squash_merge_commit_title ?? 'COMMIT_OR_PR_TITLE',
    squash_merge_commit_message:
      settings.squash_merge_commit_message ?? 'COMMIT_MESSAGES',
    temp_clone_token: '',
    ...(account?.type === 'Organization'
      ? { organization: simpleUser(world, account) }
      : {}),
    ...(parent
      ? {
          parent: minimalRepository(world, parent),
          source: minimalRepository(world, sourceOf(world, parent)),
        }
      : {}),
    network_count: 0,
    subscribers_count: 0,
  };
}

/** The repository at the root of a network of forks. */
function sourceOf(
  world: World,
  repository: GithubRepository,
): GithubRepository {
  const parent =
    repository.parentId === undefined
      ? undefined
      : world.github.repositoryById(repository.parentId);
  return parent ? sourceOf(world, parent) : repository;
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

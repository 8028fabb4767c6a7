import { GithubRepository } from '../../world/github/githubTypes';
import { World } from '../../world/types';
import {
  nodeId,
  repositoryApiUrl,
  repositoryUrl,
  simpleUser,
  userByLogin,
} from './shapes';

/** What a repository is and where its parts are: what workflow runs carry. */
export function repositoryLite(world: World, repository: GithubRepository) {
  const [owner, name] = repository.fullName.split('/');
  const url = repositoryApiUrl(world, repository);
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
    html_url: repositoryUrl(world, repository),
    description: repository.description ?? null,
    fork: repository.parentId !== undefined,
    url,
    ...Object.fromEntries(
      Object.entries(templates).map(([key, template]) => [
        `${key}_url`,
        `${url}${template}`,
      ]),
    ),
  };
}

/** `minimal-repository` of the API: what other objects carry. */
export function minimalRepository(world: World, repository: GithubRepository) {
  const html = repositoryUrl(world, repository);
  const forks = world.github
    .repositories()
    .filter(({ parentId }) => parentId === repository.id).length;
  const open = repository.pulls.filter(pull => pull.state === 'open').length;
  return {
    ...repositoryLite(world, repository),
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

/** `repository` of the API: what pull requests and events carry. */
export function repositoryShape(world: World, repository: GithubRepository) {
  const { settings } = repository;
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
  };
}

/** A repository as events carry it. */
export function eventRepository(world: World, repository: GithubRepository) {
  const {
    temp_clone_token: _token,
    squash_merge_commit_title: _title,
    squash_merge_commit_message: _message,
    ...rest
  } = repositoryShape(world, repository);
  return rest;
}

/** `full-repository` of the API: a repository that was asked for itself. */
export function fullRepository(world: World, repository: GithubRepository) {
  const [owner] = repository.fullName.split('/');
  const account = world.github.account(owner);
  const { parentId } = repository;
  const parent =
    parentId === undefined ? undefined : world.github.repositoryById(parentId);
  const source = sourceOf(world, repository);
  return {
    ...repositoryShape(world, repository),
    ...(account?.type === 'Organization'
      ? { organization: simpleUser(world, account) }
      : {}),
    ...(parent
      ? {
          parent: repositoryShape(world, parent),
          source: repositoryShape(world, source),
        }
      : {}),
    network_count: world.github
      .repositories()
      .filter(other => other !== source && sourceOf(world, other) === source)
      .length,
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

import { GithubRepository } from '../../../world/github/githubTypes';
import {
  changedFiles,
  describeObject,
  EMPTY_TREE,
  readBlob,
  readTree,
  TreeEntry,
} from '../../../world/github/gitObjects';
import { pullsWithCommit } from '../../../world/github/pullRequests';
import { GitCommitInfo } from '../../../world/types';
import { nodeId, repositoryApiUrl, repositoryUrl } from '../shapes';
import { userNode } from './accountNodes';
import { connection, PageArguments } from './connection';
import { GraphContext, GraphNode } from './context';
import { pullConnection, repositoryNode } from './repositoryNodes';
import { rollupNode, statusNode } from './statusNodes';

/** More text than this is cut off in a blob, bytes. */
const LONGEST_TEXT = 512 * 1024;

/**
 * `Blob`, `Tree`, `Commit` or `Tag` that an expression names (`HEAD:a/b.txt`,
 * `main`, a SHA); null when there is none.
 */
export async function objectNode(
  graph: GraphContext,
  repository: GithubRepository,
  expression: string,
): Promise<GraphNode | null | undefined> {
  const { git } = graph.world;
  const [, revision, path] = /^([^:]*)(?::(.*))?$/s.exec(expression) ?? [];
  const wanted =
    revision === '' || revision === 'HEAD'
      ? `refs/heads/${repository.defaultBranch}`
      : revision;
  const commit = await git.resolve(repository.fullName, wanted);
  const start = commit ?? (/^[0-9a-f]{40}$/.test(revision) ? revision : '');
  if (!start || /[\0\n]/.test(expression)) {
    return null;
  }
  const object = await describeObject(
    graph.world,
    repository,
    path === undefined ? start : `${start}:${path.replace(/^\/+/, '')}`,
  );
  if (!object) {
    return null;
  }
  switch (object.type) {
    case 'blob':
      return blobNode(graph, repository, object.sha);
    case 'tree':
      return treeNode(graph, repository, object.sha, path ?? '');
    case 'tag':
      return tagNode(graph, repository, object.sha);
    default:
      return commitNode(graph, repository, object.sha);
  }
}

/** What all git objects have. */
function objectFields(
  graph: GraphContext,
  repository: GithubRepository,
  type: string,
  oid: string,
): GraphNode {
  const path = `/${repository.fullName}/commit/${oid}`;
  return {
    __typename: type,
    id: nodeId(type, `${repository.id}:${oid}`),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitResourcePath: path,
    commitUrl: `${graph.world.urls.github}${path}`,
    repository: () => repositoryNode(graph, repository),
  };
}

async function blobNode(
  graph: GraphContext,
  repository: GithubRepository,
  oid: string,
): Promise<GraphNode> {
  const content = (await readBlob(graph.world, repository, oid))!;
  const isBinary = content.subarray(0, 8000).includes(0);
  return {
    ...objectFields(graph, repository, 'Blob', oid),
    byteSize: content.length,
    isBinary,
    isTruncated: content.length > LONGEST_TEXT,
    text: isBinary ? null : content.subarray(0, LONGEST_TEXT).toString('utf8'),
  };
}

function treeNode(
  graph: GraphContext,
  repository: GithubRepository,
  oid: string,
  folder: string,
): GraphNode {
  return {
    ...objectFields(graph, repository, 'Tree', oid),
    entries: async () =>
      ((await readTree(graph.world, repository, oid)) ?? []).map(entry =>
        entryNode(graph, repository, entry, folder),
      ),
  };
}

function entryNode(
  graph: GraphContext,
  repository: GithubRepository,
  entry: TreeEntry,
  folder: string,
): GraphNode {
  const name = entry.path.split('/').pop()!;
  return {
    name,
    path: folder ? `${folder}/${name}` : name,
    extension: /(\.[^.]+)$/.exec(name)?.[1] ?? '',
    mode: Number.parseInt(entry.mode, 8),
    type: entry.type,
    oid: entry.sha,
    size: entry.size ?? 0,
    isGenerated: false,
    submodule: null,
    object: () =>
      entry.type === 'commit' ? null : objectNode(graph, repository, entry.sha),
    repository: () => repositoryNode(graph, repository),
  };
}

async function tagNode(
  graph: GraphContext,
  repository: GithubRepository,
  oid: string,
): Promise<GraphNode> {
  const out = await graph.world.git.run(repository.fullName, [
    'cat-file',
    'tag',
    oid,
  ]);
  const [head, ...message] = out.toString('utf8').split('\n\n');
  const field = (name: string) =>
    new RegExp(`^${name} (.*)$`, 'm').exec(head)?.[1] ?? '';
  const [, name, email, seconds] =
    /^(.*) <(.*)> (\d+)/.exec(field('tagger')) ?? [];
  return {
    ...objectFields(graph, repository, 'Tag', oid),
    name: field('tag'),
    message: message.join('\n\n').trimEnd(),
    tagger: name
      ? actorNode(graph, {
          name,
          email,
          date: new Date(Number(seconds) * 1000).toISOString(),
        })
      : null,
    target: () => objectNode(graph, repository, field('object')),
  };
}

/** `GitActor` of the schema: who is written in a commit, and whose account that is. */
function actorNode(
  graph: GraphContext,
  person: { name: string; email: string; date: string },
): GraphNode {
  const account = graph.world.github.accountByEmail(person.email);
  return {
    ...person,
    avatarUrl: `${graph.world.urls.github}/avatars/${
      account?.login ?? 'ghost'
    }.svg`,
    user: () => (account?.type === 'User' ? userNode(graph, account) : null),
  };
}

/** `Commit` of the schema; null when there is none. */
export async function commitNode(
  graph: GraphContext,
  repository: GithubRepository,
  sha: string,
): Promise<GraphNode | null> {
  const [commit] = await graph.world.git.log(repository.fullName, sha, {
    limit: 1,
  });
  return commit ? describedCommit(graph, repository, commit) : null;
}

function describedCommit(
  graph: GraphContext,
  repository: GithubRepository,
  commit: GitCommitInfo,
): GraphNode {
  const { world } = graph;
  const { git } = world;
  const { sha, message } = commit;
  const html = repositoryUrl(world, repository);
  const archives = repositoryApiUrl(world, repository);
  const [messageHeadline, ...rest] = message.split('\n');
  const files = () =>
    changedFiles(world, repository, commit.parents[0] ?? EMPTY_TREE, sha);
  const sum = async (key: 'additions' | 'deletions') =>
    (await files()).reduce((total, file) => total + file[key], 0);
  const shown = objectFields(graph, repository, 'Commit', sha);
  return {
    ...shown,
    url: shown.commitUrl,
    resourcePath: shown.commitResourcePath,
    treeUrl: `${html}/tree/${sha}`,
    treeResourcePath: `/${repository.fullName}/tree/${sha}`,
    tarballUrl: `${archives}/tarball/${sha}`,
    zipballUrl: `${archives}/zipball/${sha}`,
    message,
    messageHeadline,
    messageBody: rest.join('\n').trim(),
    author: () => actorNode(graph, commit.author),
    committer: () => actorNode(graph, commit.committer),
    authoredByCommitter: commit.author.email === commit.committer.email,
    authoredDate: commit.author.date,
    committedDate: commit.committer.date,
    committedViaWeb: commit.committer.email === 'noreply@github.com',
    additions: () => sum('additions'),
    deletions: () => sum('deletions'),
    changedFilesIfAvailable: async () => (await files()).length,
    tree: () => treeNode(graph, repository, commit.tree, ''),
    file: async ({ path }: { path: string }) => {
      const folder = path.split('/').slice(0, -1).join('/');
      const entries = await readTree(world, repository, `${sha}:${folder}`);
      const entry = entries?.find(
        candidate => candidate.path === path.split('/').pop(),
      );
      return entry ? entryNode(graph, repository, entry, folder) : null;
    },
    parents: (args: PageArguments) =>
      connection('parents', args, commit.parents, parent =>
        commitNode(graph, repository, parent),
      ),
    history: async (
      args: PageArguments & {
        path?: string | null;
        since?: string | null;
        until?: string | null;
      },
    ) =>
      connection(
        'history',
        args,
        await git.log(repository.fullName, sha, {
          limit: 10_000,
          path: args.path ?? undefined,
          since: args.since ? new Date(args.since) : undefined,
          until: args.until ? new Date(args.until) : undefined,
        }),
        found => describedCommit(graph, repository, found),
      ),
    associatedPullRequests: async (args: PageArguments) =>
      pullConnection(
        graph,
        repository,
        'associatedPullRequests',
        await pullsWithCommit(world, repository, sha),
        args,
      ),
    status: () => statusNode(graph, repository, sha),
    statusCheckRollup: () => rollupNode(graph, repository, sha),
  };
}

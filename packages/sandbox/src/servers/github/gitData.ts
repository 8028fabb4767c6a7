import { z } from 'zod';
import { GithubRepository } from '../../world/github/githubTypes';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  commitOf,
  GithubContext,
  repositoryOf,
  text,
} from './context';
import { validPath, wrapped } from './contents';
import {
  describeObject,
  readBlob,
  readTree,
} from '../../world/github/gitObjects';
import { gitCommitShape, nodeId, repositoryApiUrl } from './shapes';

const SHA = /^[0-9a-f]{40}$/;
/** The whole name of an object. */
export const sha = text.regex(SHA, 'is not a full SHA');
const personSchema = z.object({
  name: text,
  email: text,
  date: text.optional(),
});
const blobSchema = z.object({
  content: text,
  encoding: z.enum(['utf-8', 'base64']).default('utf-8'),
});
const treeSchema = z.object({
  base_tree: text.nullish(),
  tree: z.array(
    z.object({
      path: text,
      mode: z
        .enum(['100644', '100755', '040000', '160000', '120000'])
        .optional(),
      type: z.enum(['blob', 'tree', 'commit']).optional(),
      sha: sha.nullish(),
      content: text.optional(),
    }),
  ),
});
const commitSchema = z.object({
  message: text,
  tree: sha,
  parents: z.array(sha).default([]),
  author: personSchema.nullish(),
  committer: personSchema.nullish(),
});

/** @throws HttpError - 409 when nothing was pushed yet. */
export function notEmpty(world: World, repository: GithubRepository): void {
  if (!world.git.refs(repository.fullName).length) {
    throw new HttpError(409, 'Git Repository is empty.');
  }
}

/** Blobs, trees and commits: git's own objects. */
export function gitDataRoutes({ world, api }: GithubContext): void {
  api.get('/repos/:owner/:repo/git/blobs/:sha', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const params = request.params as { sha: string };
    const content = SHA.test(params.sha)
      ? await readBlob(world, repository, params.sha)
      : undefined;
    if (!content) {
      throw new HttpError(404, 'Not Found');
    }
    if (/\braw\b/.test(request.headers.accept ?? '')) {
      return reply
        .type('application/vnd.github.raw; charset=utf-8')
        .send(content);
    }
    return {
      sha: params.sha,
      node_id: nodeId('Blob', params.sha),
      size: content.length,
      url: `${repositoryApiUrl(world, repository)}/git/blobs/${params.sha}`,
      content: wrapped(content),
      encoding: 'base64',
    };
  });
  api.post('/repos/:owner/:repo/git/blobs', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { content, encoding } = bodyOf(request, blobSchema);
    notEmpty(world, repository);
    const blob = await world.git.writeBlob(
      repository.fullName,
      Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'),
    );
    const url = `${repositoryApiUrl(world, repository)}/git/blobs/${blob}`;
    return reply.code(201).send({ sha: blob, url });
  });

  api.get('/repos/:owner/:repo/git/trees/*', async request => {
    const repository = repositoryOf(world, request);
    const ref = (request.params as { '*': string })['*'];
    notEmpty(world, repository);
    const { recursive } = request.query as { recursive?: string };
    const commit = await world.git.resolve(repository.fullName, ref);
    const object = await describeObject(
      world,
      repository,
      `${commit ?? (SHA.test(ref) ? ref : 'none')}^{tree}`,
    );
    if (!object) {
      throw new HttpError(404, 'Not Found');
    }
    const entries = (await readTree(world, repository, object.sha, {
      // GitHub takes any value, even `0` and `false`, as a wish for all levels.
      recursive: recursive !== undefined,
    }))!;
    const url = repositoryApiUrl(world, repository);
    return {
      sha: object.sha,
      url: `${url}/git/trees/${object.sha}`,
      tree: entries.map(({ path, mode, type, sha: entrySha, size }) => ({
        path,
        mode,
        type,
        sha: entrySha,
        ...(size === undefined ? {} : { size }),
        ...(type === 'commit'
          ? {}
          : { url: `${url}/git/${type}s/${entrySha}` }),
      })),
      truncated: false,
    };
  });
  api.post('/repos/:owner/:repo/git/trees', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, treeSchema);
    notEmpty(world, repository);
    const bad = input.tree.find(entry => !validPath(entry.path));
    if (bad) {
      throw new HttpError(
        422,
        `tree.path contains a malformed path component: ${bad.path}`,
      );
    }
    for (const base of [
      input.base_tree,
      ...input.tree.map(entry => entry.sha),
    ]) {
      if (base && !(await describeObject(world, repository, base))) {
        throw new HttpError(422, `${base} is not a valid object`);
      }
    }
    const tree = await world.git.writeTree(
      repository.fullName,
      input.base_tree ?? undefined,
      input.tree.map(entry => ({
        path: entry.path,
        content: entry.sha === undefined ? entry.content ?? '' : undefined,
        blob: entry.sha ?? undefined,
        mode: entry.type === 'tree' && entry.sha ? '040000' : entry.mode,
      })),
    );
    const entries = (await readTree(world, repository, tree)) ?? [];
    const url = repositoryApiUrl(world, repository);
    return reply.code(201).send({
      sha: tree,
      url: `${url}/git/trees/${tree}`,
      tree: entries.map(entry => ({
        ...entry,
        url: `${url}/git/${entry.type}s/${entry.sha}`,
      })),
      truncated: false,
    });
  });

  api.get('/repos/:owner/:repo/git/commits/:sha', async request => {
    const repository = repositoryOf(world, request);
    const params = request.params as { sha: string };
    const found = await commitOf(world, repository, params.sha, {
      status: 404,
      message: 'Not Found',
    });
    const [commit] = await world.git.log(repository.fullName, found, {
      limit: 1,
    });
    return gitCommitShape(world, repository, commit);
  });
  api.post('/repos/:owner/:repo/git/commits', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, commitSchema);
    notEmpty(world, repository);
    if (
      (await describeObject(world, repository, input.tree))?.type !== 'tree'
    ) {
      throw new HttpError(422, 'Tree SHA does not exist');
    }
    for (const parent of input.parents) {
      if (
        (await describeObject(world, repository, parent))?.type !== 'commit'
      ) {
        throw new HttpError(
          422,
          'Parent SHA does not exist or is not a commit object',
        );
      }
    }
    const self = {
      name: actor.name ?? actor.login,
      email: actor.email ?? `${actor.login}@users.noreply.github.com`,
    };
    const dated = (person: z.output<typeof personSchema>) => {
      const date = person.date ? new Date(person.date) : world.clock.now();
      if (Number.isNaN(date.getTime())) {
        throw new HttpError(
          422,
          `Invalid request.\n\n"date" is not an ISO 8601 timestamp.`,
        );
      }
      return { name: person.name, email: person.email, date };
    };
    const author = input.author ?? self;
    const created = await world.git.writeCommit(repository.fullName, {
      tree: input.tree,
      parents: input.parents,
      message: input.message,
      author: dated(author),
      committer: dated(input.committer ?? author),
    });
    const [commit] = await world.git.log(repository.fullName, created, {
      limit: 1,
    });
    return reply.code(201).send(gitCommitShape(world, repository, commit));
  });
}

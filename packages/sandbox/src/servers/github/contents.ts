import { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RefMovedError } from '../../world/RefBook';
import {
  GithubAccount,
  GithubRepository,
} from '../../world/github/githubTypes';
import { pushRefusals } from '../../world/protection';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  checked,
  commitOf,
  GithubContext,
  repositoryOf,
  text,
} from './context';
import {
  describeObject,
  readBlob,
  readTree,
  TreeEntry,
} from '../../world/github/gitObjects';
import { gitCommitShape, repositoryApiUrl, repositoryUrl } from './shapes';

const personSchema = z.object({ name: text, email: text });
const putSchema = z.object({
  message: text,
  content: text,
  sha: text.nullish(),
  branch: text.nullish(),
  committer: personSchema.nullish(),
  author: personSchema.nullish(),
});
const deleteSchema = putSchema.omit({ content: true }).extend({
  sha: text,
});

/** Files and folders by path. */
export function contentsRoutes({ world, api }: GithubContext): void {
  const entryShape = (
    repository: GithubRepository,
    ref: string,
    entry: TreeEntry,
    path: string,
  ) => {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const url = `${repositoryApiUrl(
      world,
      repository,
    )}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
    const gitUrl = `${repositoryApiUrl(world, repository)}/git/${
      entry.type === 'tree' ? 'trees' : 'blobs'
    }/${entry.sha}`;
    const html = `${repositoryUrl(world, repository)}/${
      entry.type === 'tree' ? 'tree' : 'blob'
    }/${ref}/${encoded}`;
    return {
      name: path.split('/').pop()!,
      path,
      sha: entry.sha,
      size: entry.size ?? 0,
      url,
      html_url: html,
      git_url: gitUrl,
      download_url:
        entry.type === 'blob'
          ? `${world.urls.github}/${repository.fullName}/raw/${ref}/${encoded}`
          : null,
      type: { blob: 'file', tree: 'dir', commit: 'submodule' }[entry.type],
      _links: { self: url, git: gitUrl, html },
    };
  };

  const read = async (request: FastifyRequest, reply: FastifyReply) => {
    const repository = repositoryOf(world, request);
    const { ref } = request.query as { ref?: string };
    const sha = await commitOf(world, repository, ref, {
      status: 404,
      message: `No commit found for the ref ${ref}`,
    }).catch(error => {
      if (error instanceof HttpError && error.status === 409) {
        throw new HttpError(404, 'This repository is empty.');
      }
      throw error;
    });
    const shown = ref || repository.defaultBranch;
    const path = pathOf(request);
    const object = await describeObject(world, repository, `${sha}:${path}`);
    if (!object || path.includes('\n')) {
      throw new HttpError(404, 'Not Found');
    }
    const [last] = await world.git.log(repository.fullName, sha, {
      path: path || undefined,
      limit: 1,
    });
    if (last) {
      reply.header(
        'last-modified',
        new Date(last.committer.date).toUTCString(),
      );
    }
    if (object.type === 'tree') {
      const entries =
        (await readTree(world, repository, `${sha}:${path}`)) ?? [];
      return entries.map(entry =>
        entryShape(
          repository,
          shown,
          entry,
          path ? `${path}/${entry.path}` : entry.path,
        ),
      );
    }
    const content = (await readBlob(world, repository, object.sha))!;
    if (/\braw\b/.test(request.headers.accept ?? '')) {
      return reply
        .type('application/vnd.github.raw; charset=utf-8')
        .send(content);
    }
    return {
      ...entryShape(
        repository,
        shown,
        {
          mode: '100644',
          type: 'blob',
          sha: object.sha,
          size: content.length,
          path,
        },
        path,
      ),
      encoding: 'base64',
      content: wrapped(content),
    };
  };
  api.get('/repos/:owner/:repo/contents', read);
  api.get('/repos/:owner/:repo/contents/*', read);

  api.get('/repos/:owner/:repo/readme', async (request, reply) => {
    (request.params as Record<string, string>)['*'] = 'README.md';
    return read(request, reply);
  });

  const write = async (
    request: FastifyRequest,
    actor: GithubAccount,
    input: z.output<typeof putSchema>,
    content: Buffer | undefined,
  ) => {
    const repository = repositoryOf(world, request);
    const branch = input.branch || repository.defaultBranch;
    const path = pathOf(request);
    if (!path || !validPath(path)) {
      throw new HttpError(422, 'path contains a malformed path component');
    }
    const [refusal] = pushRefusals(world, repository, branch, actor.login);
    if (refusal) {
      throw new HttpError(
        409,
        `Could not ${
          content === undefined ? 'delete' : 'update'
        } file: ${refusal}`,
      );
    }
    const head = await world.git.resolve(
      repository.fullName,
      `refs/heads/${branch}`,
    );
    if (!head && world.git.refs(repository.fullName).length) {
      throw new HttpError(404, `Branch ${branch} not found`);
    }
    const before = head
      ? await describeObject(world, repository, `${head}:${path}`)
      : undefined;
    if (before && before.type !== 'blob') {
      throw new HttpError(422, `Invalid request.\n\n"${path}" is a directory.`);
    }
    if (before && !input.sha) {
      throw new HttpError(422, `Invalid request.\n\n"sha" wasn't supplied.`);
    }
    if (before && input.sha !== before.sha) {
      throw new HttpError(409, `${path} does not match ${input.sha}`);
    }
    if (!before && (input.sha || content === undefined)) {
      throw content === undefined
        ? new HttpError(404, 'Not Found')
        : new HttpError(409, `${path} does not match ${input.sha}`);
    }
    const self = {
      name: actor.name ?? actor.login,
      email: actor.email ?? `${actor.login}@users.noreply.github.com`,
    };
    try {
      const sha = await world.git.commit(repository.fullName, {
        branch,
        message: input.message,
        author: input.author ?? input.committer ?? self,
        committer: input.committer ?? self,
        files: [{ path, content }],
        expectedHead: head ?? '0'.repeat(40),
      });
      repository.updatedAt = world.clock.now().toISOString();
      world.github.save();
      return { repository, branch, path, sha, created: !before };
    } catch (error) {
      if (error instanceof RefMovedError) {
        throw new HttpError(
          409,
          `is at ${await world.git.resolve(
            repository.fullName,
            branch,
          )} but expected ${head}`,
        );
      }
      throw error;
    }
  };

  const commitReply = async (repository: GithubRepository, sha: string) => {
    const [commit] = await world.git.log(repository.fullName, sha, {
      limit: 1,
    });
    return gitCommitShape(world, repository, commit);
  };

  api.put('/repos/:owner/:repo/contents/*', async (request, reply) => {
    const actor = actorOf(world, request);
    const input = bodyOf(request, putSchema);
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(input.content)) {
      throw new HttpError(422, 'content is not valid Base64');
    }
    const { repository, branch, path, sha, created } = await write(
      request,
      actor,
      input,
      Buffer.from(input.content, 'base64'),
    );
    const object = (await describeObject(world, repository, `${sha}:${path}`))!;
    const size = (await readBlob(world, repository, object.sha))!.length;
    return reply.code(created ? 201 : 200).send({
      content: entryShape(
        repository,
        branch,
        { mode: '100644', type: 'blob', sha: object.sha, size, path },
        path,
      ),
      commit: await commitReply(repository, sha),
    });
  });

  api.delete('/repos/:owner/:repo/contents/*', async request => {
    const actor = actorOf(world, request);
    const query = request.query as Record<string, string>;
    const body = request.body as Buffer | undefined;
    const input = body?.length
      ? bodyOf(request, deleteSchema)
      : checked(query, deleteSchema);
    const { repository, sha } = await write(
      request,
      actor,
      { ...input, content: '' },
      undefined,
    );
    return { content: null, commit: await commitReply(repository, sha) };
  });
}

/** The path below `contents/`, without slashes around it. */
function pathOf(request: FastifyRequest): string {
  const path = (request.params as { '*'?: string })['*'] ?? '';
  return path.replace(/^\/+|\/+$/g, '');
}

/** Whether git takes a path: no empty, dot or `.git` component. */
export function validPath(path: string): boolean {
  return (
    path.length > 0 &&
    // eslint-disable-next-line no-control-regex
    !/[\x00-\x1f]/.test(path) &&
    path
      .split('/')
      .every(part => part !== '' && !/^\.{1,2}$|^\.git$/i.test(part))
  );
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
export function wrapped(content: Buffer): string {
  return content.toString('base64').replace(/.{1,60}/g, '$&\n');
}

import { spawn } from 'node:child_process';
import { FastifyInstance } from 'fastify';
import { readBlob } from '../../world/github/gitObjects';
import { gitEnvironment } from '../../world/runGit';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { accountOfToken, repositoryOf, tokenOf } from './context';
import { escape, restOf, splitRef } from './pageLayout';

/** Files as they are, pictures of accounts, and archives. */
export function downloadRoutes(server: FastifyInstance, world: World): void {
  server.get('/:owner/:repo/raw/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = splitRef(world, repository, restOf(request));
    const sha = await world.git.resolve(repository.fullName, ref);
    const content =
      sha && (await readBlob(world, repository, `${sha}:${path}`));
    if (!content) {
      throw new HttpError(404, 'Not Found');
    }
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .send(content);
  });

  server.get('/avatars/:file', async (request, reply) => {
    const { file } = request.params as { file: string };
    const letter = escape(file[0]?.toUpperCase() ?? '?');
    return reply
      .type('image/svg+xml')
      .send(
        `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" rx="32" fill="#0969da"/><text x="32" y="42" font-family="sans-serif" font-size="28" fill="#fff" text-anchor="middle">${letter}</text></svg>`,
      );
  });

  server.get(
    '/_codeload/:owner/:repo/:archive/:sha',
    async (request, reply) => {
      const token = tokenOf(request.headers.authorization);
      if (!token || !accountOfToken(world, token)) {
        throw new HttpError(404, 'Not Found');
      }
      const repository = repositoryOf(world, request);
      const { archive, sha } = request.params as {
        archive: string;
        sha: string;
      };
      const format = { 'legacy.tar.gz': 'tar.gz', 'legacy.zip': 'zip' }[
        archive
      ];
      const commit = await world.git.resolve(repository.fullName, sha);
      if (!format || !commit) {
        throw new HttpError(404, 'Not Found');
      }
      const root = `${repository.fullName.replace('/', '-')}-${commit.slice(
        0,
        7,
      )}`;
      const child = spawn(
        'git',
        ['archive', `--format=${format}`, `--prefix=${root}/`, commit],
        {
          cwd: world.git.path(repository.fullName),
          env: gitEnvironment(),
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      reply.raw.once('close', () => child.kill());
      return reply
        .type(format === 'zip' ? 'application/zip' : 'application/x-gzip')
        .header('content-disposition', `attachment; filename=${root}.${format}`)
        .send(child.stdout);
    },
  );
}

import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  changedFiles,
  describeObject,
  EMPTY_TREE,
  readBlob,
  readTree,
} from '../../world/github/gitObjects';
import { GithubRepository } from '../../world/github/githubTypes';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { repositoryOf } from './context';
import { escape, heading, restOf, sendPage, splitRef } from './pageLayout';

/**
 * Pages that links from the portal land on: repositories, trees, files,
 * commits and how they differ. Read only, without signing in.
 */
export function pageRoutes(server: FastifyInstance, world: World): void {
  const commitsTable = async (
    repository: GithubRepository,
    ref: string,
    options: { path?: string; limit: number },
  ) => {
    const commits = await world.git.log(repository.fullName, ref, options);
    return `<table>${commits
      .map(
        commit =>
          `<tr><td><a href="/${repository.fullName}/commit/${
            commit.sha
          }"><code>${commit.sha.slice(0, 7)}</code></a><td>${escape(
            commit.message.split('\n')[0],
          )}<td class="quiet">${escape(commit.author.name)}<td class="quiet">${
            commit.author.date
          }`,
      )
      .join('')}</table>`;
  };

  server.get('/', async (_request, reply) =>
    sendPage(
      reply,
      'Sandbox Git host',
      `<h1>Repositories</h1><ul>${world.git
        .list()
        .map(name => `<li><a href="/${name}">${escape(name)}</a>`)
        .join('')}</ul>`,
    ),
  );
  server.get('/:owner', async (request, reply) => {
    const { owner } = request.params as { owner: string };
    const account = world.github.account(owner);
    if (!account) {
      throw new HttpError(404, 'Not Found');
    }
    const names = world.git
      .list()
      .filter(name => name.startsWith(`${account.login}/`));
    return sendPage(
      reply,
      account.login,
      `<h1>${escape(account.login)}</h1><ul>${names
        .map(name => `<li><a href="/${name}">${escape(name)}</a>`)
        .join('')}</ul>`,
    );
  });

  const showTree = async (
    reply: FastifyReply,
    repository: GithubRepository,
    ref: string,
    path: string,
  ) => {
    const sha = await world.git.resolve(repository.fullName, ref);
    if (!sha) {
      if (!world.git.refs(repository.fullName).length) {
        return sendPage(
          reply,
          repository.fullName,
          `${heading(repository)}<p>This repository is empty.</p>`,
        );
      }
      throw new HttpError(404, 'Not Found');
    }
    const entries = await readTree(world, repository, `${sha}:${path}`);
    if (!entries) {
      throw new HttpError(404, 'Not Found');
    }
    const rows = entries
      .sort(
        (a, b) =>
          Number(b.type === 'tree') - Number(a.type === 'tree') ||
          a.path.localeCompare(b.path),
      )
      .map(entry => {
        const full = path ? `${path}/${entry.path}` : entry.path;
        const kind = entry.type === 'tree' ? 'tree' : 'blob';
        return `<tr><td><a href="/${repository.fullName}/${kind}/${encodePath(
          ref,
        )}/${encodePath(full)}">${escape(entry.path)}${
          kind === 'tree' ? '/' : ''
        }</a><td class="quiet">${entry.size ?? ''}`;
      });
    return sendPage(
      reply,
      `${repository.fullName} ${path}`,
      `${heading(
        repository,
        ` <small>${escape(`${ref} ${path}`)}</small>`,
      )}<p>${escape(repository.description ?? '')}</p><table>${rows.join(
        '',
      )}</table><h2>History</h2>${await commitsTable(repository, sha, {
        path: path || undefined,
        limit: 20,
      })}`,
    );
  };

  server.get('/:owner/:repo', async (request, reply) => {
    const repository = repositoryOf(world, withoutSuffix(request));
    return showTree(reply, repository, repository.defaultBranch, '');
  });
  server.get('/:owner/:repo/tree/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = splitRef(world, repository, restOf(request));
    return showTree(reply, repository, ref, path);
  });
  server.get('/:owner/:repo/blob/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = splitRef(world, repository, restOf(request));
    const sha = await world.git.resolve(repository.fullName, ref);
    const object =
      sha && (await describeObject(world, repository, `${sha}:${path}`));
    if (!object) {
      throw new HttpError(404, 'Not Found');
    }
    if (object.type === 'tree') {
      return showTree(reply, repository, ref, path);
    }
    const content = (await readBlob(world, repository, object.sha))!;
    const text = content.includes(0)
      ? '(binary file)'
      : content.toString('utf8');
    return sendPage(
      reply,
      path,
      `${heading(
        repository,
        ` <small>${escape(`${ref} ${path}`)}</small>`,
      )}<pre>${escape(text)}</pre><h2>History</h2>${await commitsTable(
        repository,
        sha!,
        {
          path,
          limit: 20,
        },
      )}`,
    );
  });
  server.get('/:owner/:repo/commits/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = splitRef(world, repository, restOf(request));
    return sendPage(
      reply,
      `Commits of ${repository.fullName}`,
      `${heading(
        repository,
        ` <small>${escape(ref)}</small>`,
      )}${await commitsTable(repository, ref, {
        path: path || undefined,
        limit: 100,
      })}`,
    );
  });
  const showDiff = async (
    repository: GithubRepository,
    base: string,
    head: string,
  ) =>
    (await changedFiles(world, repository, base, head))
      .map(
        file =>
          `<h2>${escape(file.filename)} <small>+${file.additions} -${
            file.deletions
          }</small></h2><pre>${escape(file.patch ?? '(no text)')}</pre>`,
      )
      .join('');
  server.get('/:owner/:repo/commit/:sha', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { sha } = request.params as { sha: string };
    const [commit] = await world.git.log(repository.fullName, sha, {
      limit: 1,
    });
    if (!commit) {
      throw new HttpError(404, 'Not Found');
    }
    const checks = repository.checkRuns
      .filter(run => run.headSha === commit.sha)
      .map(
        run =>
          `<li>${escape(run.name)}: ${escape(
            run.conclusion ?? run.status,
          )} ${escape(run.summary ?? '')}`,
      )
      .join('');
    return sendPage(
      reply,
      commit.message.split('\n')[0],
      `${heading(repository)}<pre>${escape(commit.message)}</pre><p>${escape(
        commit.author.name,
      )} <span class="quiet">${commit.author.date} ${commit.sha}</span></p>${
        checks && `<ul>${checks}</ul>`
      }${await showDiff(
        repository,
        commit.parents[0] ?? EMPTY_TREE,
        commit.sha,
      )}`,
    );
  });
  server.get('/:owner/:repo/compare/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const [base, head] = await Promise.all(
      restOf(request)
        .split('...')
        .map(ref => world.git.resolve(repository.fullName, ref)),
    );
    if (!base || !head) {
      throw new HttpError(404, 'Not Found');
    }
    return sendPage(
      reply,
      `Comparison in ${repository.fullName}`,
      `${heading(
        repository,
        ` <small>${escape(restOf(request))}</small>`,
      )}${await showDiff(repository, base, head)}`,
    );
  });
}

function withoutSuffix(request: FastifyRequest): FastifyRequest {
  const params = request.params as { repo: string };
  params.repo = params.repo.replace(/\.git$/, '');
  return request;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

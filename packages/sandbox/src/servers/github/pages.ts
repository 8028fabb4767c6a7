import { spawn } from 'node:child_process';
import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GithubRepository } from '../../world/github/githubTypes';
import { gitEnvironment } from '../../world/runGit';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { accountOfToken, repositoryOf, tokenOf } from './context';
import {
  changedFiles,
  describeObject,
  EMPTY_TREE,
  readBlob,
  readTree,
} from '../../world/github/gitObjects';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
a{color:#0969da;text-decoration:none}a:hover{text-decoration:underline}
pre{background:#f6f8fa;border-radius:6px;padding:1rem;overflow:auto;font:13px/1.45 ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-top:1px solid #d1d9e0;vertical-align:top}
h1{font-size:1.3rem}h2{font-size:1.05rem}small,.quiet{color:#59636e}
@media(prefers-color-scheme:dark){body{color:#f0f6fc;background:#0d1117}a{color:#4493f8}pre{background:#151b23}td,th{border-color:#3d444d}small,.quiet{color:#9198a1}}`;

/**
 * Pages that links from the portal land on: repositories, trees, files,
 * commits, pull requests, workflow runs. Read only, without signing in.
 */
export function pageRoutes(server: FastifyInstance, world: World): void {
  const send = (reply: FastifyReply, title: string, body: string) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'",
      )
      .send(
        `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(
          title,
        )}</title><style>${STYLE}</style><body><p><a href="/">Sandbox Git host</a></p>${body}</body></html>`,
      );
  const heading = (repository: GithubRepository, rest = '') =>
    `<h1><a href="/${repository.fullName}">${escape(
      repository.fullName,
    )}</a>${rest}</h1>`;
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
    send(
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
    return send(
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
        return send(
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
    return send(
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

  /** Splits `<ref>/<path>`: the longest known ref wins, else the first part. */
  const split = async (repository: GithubRepository, rest: string) => {
    const parts = rest.split('/').filter(Boolean);
    for (let length = parts.length; length > 0; length -= 1) {
      const ref = parts.slice(0, length).join('/');
      const known = world.git
        .refs(repository.fullName)
        .some(
          ({ name }) =>
            name === `refs/heads/${ref}` || name === `refs/tags/${ref}`,
        );
      if (known) {
        return { ref, path: parts.slice(length).join('/') };
      }
    }
    return { ref: parts[0] ?? '', path: parts.slice(1).join('/') };
  };
  const restOf = (request: FastifyRequest) =>
    (request.params as { '*'?: string })['*'] ?? '';

  server.get('/:owner/:repo', async (request, reply) => {
    const repository = repositoryOf(world, withoutSuffix(request));
    return showTree(reply, repository, repository.defaultBranch, '');
  });
  server.get('/:owner/:repo/tree/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = await split(repository, restOf(request));
    return showTree(reply, repository, ref, path);
  });
  server.get('/:owner/:repo/blob/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = await split(repository, restOf(request));
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
    return send(
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
    const { ref, path } = await split(repository, restOf(request));
    return send(
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
    return send(
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
    return send(
      reply,
      `Comparison in ${repository.fullName}`,
      `${heading(
        repository,
        ` <small>${escape(restOf(request))}</small>`,
      )}${await showDiff(repository, base, head)}`,
    );
  });
  server.get('/:owner/:repo/pull/:number', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { number } = request.params as { number: string };
    const pull = repository.pulls.find(
      candidate => candidate.number === Number(number),
    );
    if (!pull) {
      throw new HttpError(404, 'Not Found');
    }
    return send(
      reply,
      pull.title,
      `${heading(repository)}<h2>${escape(pull.title)} <small>#${
        pull.number
      }</small></h2><p>${pull.mergedAt ? 'merged' : pull.state}: ${escape(
        pull.head,
      )} into ${escape(pull.base)}, by ${escape(pull.user)}</p><pre>${escape(
        pull.body ?? '',
      )}</pre>`,
    );
  });
  server.get('/:owner/:repo/actions', async (request, reply) => {
    const repository = repositoryOf(world, request);
    return send(
      reply,
      `Runs of ${repository.fullName}`,
      `${heading(repository)}<table>${[...repository.runs]
        .reverse()
        .map(
          run =>
            `<tr><td><a href="/${repository.fullName}/actions/runs/${
              run.id
            }">${escape(run.title)}</a><td>${
              run.conclusion ?? run.status
            }<td class="quiet">${run.createdAt}`,
        )
        .join('')}</table>`,
    );
  });
  const showRun = async (request: FastifyRequest, reply: FastifyReply) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = repository.runs.find(candidate => candidate.id === Number(id));
    if (!run) {
      throw new HttpError(404, 'Not Found');
    }
    return send(
      reply,
      run.title,
      `${heading(repository)}<h2>${escape(run.name)} #${run.runNumber}: ${
        run.conclusion ?? run.status
      }</h2><p><a href="/${repository.fullName}/commit/${run.headSha}">${escape(
        run.title,
      )}</a></p><pre>${escape(run.log.join('\n'))}</pre>`,
    );
  };
  server.get('/:owner/:repo/actions/runs/:id', showRun);
  server.get('/:owner/:repo/actions/runs/:id/job/:job', showRun);
  server.get('/:owner/:repo/runs/:id', showRun);

  server.get('/:owner/:repo/raw/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { ref, path } = await split(repository, restOf(request));
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

function withoutSuffix(request: FastifyRequest): FastifyRequest {
  const params = request.params as { repo: string };
  params.repo = params.repo.replace(/\.git$/, '');
  return request;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function escape(text: string): string {
  return text.replace(
    /[&<>"']/g,
    character =>
      ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }[
        character
      ]!),
  );
}

import { z } from 'zod';
import { GithubRepository } from '../../world/GithubState';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  commitOf,
  GithubContext,
  linkPages,
  page,
  pageOf,
  repositoryOf,
} from './context';
import { changedFiles, EMPTY_TREE } from './gitObjects';
import { pullShape } from './pulls';
import {
  commitShape,
  minimalRepository,
  nodeId,
  repositoryApiUrl,
  repositoryUrl,
  simpleUser,
  userByLogin,
} from './shapes';

const statusSchema = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().default('default'),
});

/** Commits: list, one with its files, comparison, statuses, pull requests of one. */
export function commitRoutes({ world, api }: GithubContext): void {
  const noCommit = (ref: string) => ({
    status: 422,
    message: `No commit found for SHA: ${ref}`,
  });

  api.get('/repos/:owner/:repo/commits', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const query = request.query as Record<string, string | undefined>;
    const sha = await commitOf(world, repository, query.sha, {
      status: 404,
      message: 'Not Found',
    });
    const { number, size } = pageOf(request);
    const found = await world.git.log(repository.fullName, sha, {
      path: query.path,
      since: dateOf('since', query.since),
      until: dateOf('until', query.until),
      // One more than asked for tells whether there is a next page.
      limit: size + 1,
      skip: (number - 1) * size,
    });
    const commits = found.filter(
      ({ author }) =>
        !query.author ||
        author.email === query.author ||
        world.github.accountByEmail(author.email)?.login === query.author,
    );
    linkPages(
      request,
      reply,
      number,
      found.length > size ? number + 1 : number,
    );
    return commits
      .slice(0, size)
      .map(commit => commitShape(world, repository, commit));
  });

  const files = async (
    repository: GithubRepository,
    base: string,
    head: string,
  ) => {
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    return (await changedFiles(world, repository, base, head)).map(file => ({
      ...file,
      blob_url: `${html}/blob/${head}/${file.filename}`,
      raw_url: `${html}/raw/${head}/${file.filename}`,
      contents_url: `${url}/contents/${encodeURIComponent(
        file.filename,
      )}?ref=${head}`,
    }));
  };

  const one = async (repository: GithubRepository, ref: string) => {
    const sha = await commitOf(world, repository, ref, noCommit(ref));
    const [commit] = await world.git.log(repository.fullName, sha, {
      limit: 1,
    });
    return commit;
  };

  // A ref may contain slashes, so the rest of the path is read from its end.
  api.get('/repos/:owner/:repo/commits/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const rest = (request.params as { '*': string })['*'];
    const [, ref, tail] =
      /^(.+?)(?:\/(status|statuses|check-runs|check-suites|pulls))?$/.exec(
        rest,
      ) ?? [];
    if (!ref) {
      throw new HttpError(404, 'Not Found');
    }
    const commit = await one(repository, ref);
    const url = repositoryApiUrl(world, repository);
    switch (tail) {
      case 'status': {
        const statuses = latestByContext(repository, commit.sha);
        return {
          state: combinedState(statuses.map(status => status.state)),
          statuses: statuses.map(status =>
            statusShape(repository, commit.sha, status),
          ),
          sha: commit.sha,
          total_count: statuses.length,
          repository: minimalRepository(world, repository),
          commit_url: `${url}/commits/${commit.sha}`,
          url: `${url}/commits/${commit.sha}/status`,
        };
      }
      case 'statuses':
        return page(request, reply, repository.statuses[commit.sha] ?? []).map(
          status => ({
            ...statusShape(repository, commit.sha, status),
            creator: userByLogin(world, 'fairway-portal'),
          }),
        );
      case 'check-runs': {
        const query = request.query as { check_name?: string; status?: string };
        const runs = repository.checkRuns.filter(
          run =>
            run.headSha === commit.sha &&
            (!query.check_name || run.name === query.check_name) &&
            (!query.status || run.status === query.status),
        );
        return {
          total_count: runs.length,
          check_runs: page(request, reply, runs).map(run =>
            checkRunShape(world, repository, run),
          ),
        };
      }
      case 'check-suites':
        return { total_count: 0, check_suites: [] };
      case 'pulls': {
        const containing = [];
        for (const pull of repository.pulls) {
          if (
            pull.mergeCommitSha === commit.sha ||
            (await isInPull(world, repository, pull, commit.sha))
          ) {
            containing.push(await pullShape(world, repository, pull));
          }
        }
        return page(request, reply, containing);
      }
      default: {
        const changed = await files(
          repository,
          commit.parents[0] ?? EMPTY_TREE,
          commit.sha,
        );
        const sum = (key: 'additions' | 'deletions' | 'changes') =>
          changed.reduce((total, file) => total + file[key], 0);
        if (/\bsha\b/.test(request.headers.accept ?? '')) {
          return reply
            .type('application/vnd.github.sha; charset=utf-8')
            .send(commit.sha);
        }
        return {
          ...commitShape(world, repository, commit),
          stats: {
            total: sum('changes'),
            additions: sum('additions'),
            deletions: sum('deletions'),
          },
          files: changed,
        };
      }
    }
  });

  api.get('/repos/:owner/:repo/compare/*', async request => {
    const repository = repositoryOf(world, request);
    const basehead = (request.params as { '*': string })['*'];
    const [base, head] = basehead
      .split('...')
      .map(ref => ref.replace(/^[^:]+:/, ''));
    if (!base || !head) {
      throw new HttpError(404, 'Not Found');
    }
    const [baseCommit, headCommit] = await Promise.all(
      [base, head].map(async ref => {
        const sha = await commitOf(world, repository, ref, {
          status: 404,
          message: 'Not Found',
        });
        return (await world.git.log(repository.fullName, sha, { limit: 1 }))[0];
      }),
    );
    const git = (...args: string[]) =>
      world.git
        .run(repository.fullName, args)
        .then(out => out.toString().trim());
    const mergeBase = await git(
      'merge-base',
      baseCommit.sha,
      headCommit.sha,
    ).catch(() => {
      throw new HttpError(
        404,
        `No common ancestor between ${base} and ${head}.`,
      );
    });
    const [behind, ahead] = (
      await git(
        'rev-list',
        '--left-right',
        '--count',
        `${baseCommit.sha}...${headCommit.sha}`,
      )
    )
      .split(/\s+/)
      .map(Number);
    const shas = (
      await git('rev-list', '--reverse', `${baseCommit.sha}..${headCommit.sha}`)
    )
      .split('\n')
      .filter(Boolean);
    const newest = shas.length
      ? await world.git.log(repository.fullName, headCommit.sha, {
          limit: 1000,
        })
      : [];
    const bySha = new Map(newest.map(commit => [commit.sha, commit]));
    const [mergeBaseCommit] = await world.git.log(
      repository.fullName,
      mergeBase,
      { limit: 1 },
    );
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    const diverged = behind ? 'diverged' : 'ahead';
    return {
      url: `${url}/compare/${basehead}`,
      html_url: `${html}/compare/${basehead}`,
      permalink_url: `${html}/compare/${baseCommit.sha}...${headCommit.sha}`,
      diff_url: `${html}/compare/${basehead}.diff`,
      patch_url: `${html}/compare/${basehead}.patch`,
      base_commit: commitShape(world, repository, baseCommit),
      merge_base_commit: commitShape(world, repository, mergeBaseCommit),
      status: ahead ? diverged : (behind && 'behind') || 'identical',
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: shas
        .flatMap(sha => bySha.get(sha) ?? [])
        .slice(0, 250)
        .map(commit => commitShape(world, repository, commit)),
      files: await files(repository, mergeBase, headCommit.sha),
    };
  });

  api.post('/repos/:owner/:repo/statuses/:sha', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { sha } = request.params as { sha: string };
    const input = bodyOf(request, statusSchema);
    const commit = await commitOf(world, repository, sha, noCommit(sha));
    const status = {
      id: world.github.nextId(),
      state: input.state,
      context: input.context,
      description: input.description ?? undefined,
      targetUrl: input.target_url ?? undefined,
      createdAt: world.clock.now().toISOString(),
    };
    (repository.statuses[commit] ??= []).unshift(status);
    world.github.save();
    return reply.code(201).send({
      ...statusShape(repository, commit, status),
      creator: simpleUser(world, actorOf(world, request)),
    });
  });

  function statusShape(
    repository: GithubRepository,
    sha: string,
    status: GithubRepository['statuses'][string][number],
  ) {
    return {
      url: `${repositoryApiUrl(world, repository)}/statuses/${sha}`,
      avatar_url: `${world.urls.github}/avatars/status.svg`,
      id: status.id,
      node_id: nodeId('StatusContext', status.id),
      state: status.state,
      description: status.description ?? null,
      target_url: status.targetUrl ?? null,
      context: status.context,
      created_at: status.createdAt,
      updated_at: status.createdAt,
    };
  }
}

/** `check-run` of the API. */
export function checkRunShape(
  world: GithubContext['world'],
  repository: GithubRepository,
  run: GithubRepository['checkRuns'][number],
) {
  const url = `${repositoryApiUrl(world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    head_sha: run.headSha,
    node_id: nodeId('CheckRun', run.id),
    external_id: run.externalId ?? '',
    url,
    html_url:
      run.detailsUrl ?? `${repositoryUrl(world, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? null,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: run.startedAt,
    completed_at: run.completedAt ?? null,
    output: {
      title: run.title ?? null,
      summary: run.summary ?? null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: null,
    app: null,
    pull_requests: [],
  };
}

function latestByContext(repository: GithubRepository, sha: string) {
  const seen = new Set<string>();
  return (repository.statuses[sha] ?? []).filter(
    ({ context }) => !seen.has(context) && seen.add(context),
  );
}

function combinedState(states: string[]): string {
  if (states.some(state => state === 'error' || state === 'failure')) {
    return 'failure';
  }
  return states.length && states.every(state => state === 'success')
    ? 'success'
    : 'pending';
}

function dateOf(name: string, value: string | undefined): Date | undefined {
  if (value === undefined) {
    return undefined;
  }
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) {
    throw new HttpError(
      422,
      `Invalid request.\n\n"${name}" is not an ISO 8601 timestamp.`,
    );
  }
  return date;
}

async function isInPull(
  world: GithubContext['world'],
  repository: GithubRepository,
  pull: GithubRepository['pulls'][number],
  sha: string,
): Promise<boolean> {
  const head =
    pull.headSha ??
    (await world.git.resolve(repository.fullName, `refs/heads/${pull.head}`));
  const base =
    pull.baseSha ??
    (await world.git.resolve(repository.fullName, `refs/heads/${pull.base}`));
  if (!head || !base) {
    return false;
  }
  const out = await world.git.run(repository.fullName, [
    'rev-list',
    `${base}..${head}`,
  ]);
  return out.toString().split('\n').includes(sha);
}

import { GithubRepository } from '../../world/github/githubTypes';
import {
  combinedState,
  latestByContext,
} from '../../world/github/commitStatuses';
import { HttpError } from '../createServer';
import {
  commitOf,
  GithubContext,
  linkPages,
  page,
  pageOf,
  repositoryOf,
} from './context';
import { changedFiles, EMPTY_TREE } from '../../world/github/gitObjects';
import { pullsWithCommit, standing } from '../../world/github/pullRequests';
import { checkSuiteShape, checkSuitesOf } from './checkSuites';
import { checkRunShape, statusShape } from './statuses';
import { pullSimpleShape } from './pullShapes';
import { minimalRepository } from './repositoryShapes';
import {
  commitShape,
  diffEntry,
  repositoryApiUrl,
  userByLogin,
} from './shapes';

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
            statusShape(world, repository, commit.sha, status),
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
            ...statusShape(world, repository, commit.sha, status),
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
      case 'check-suites': {
        const suites = checkSuitesOf(repository, commit.sha);
        return {
          total_count: suites.length,
          check_suites: await Promise.all(
            page(request, reply, suites).map(suite =>
              checkSuiteShape(world, repository, suite),
            ),
          ),
        };
      }
      case 'pulls': {
        const containing = await pullsWithCommit(world, repository, commit.sha);
        return Promise.all(
          page(request, reply, containing).map(async pull =>
            pullSimpleShape(
              world,
              repository,
              pull,
              await standing(world, repository, pull),
            ),
          ),
        );
      }
      default: {
        const changed = (
          await changedFiles(
            world,
            repository,
            commit.parents[0] ?? EMPTY_TREE,
            commit.sha,
          )
        ).map(file => diffEntry(world, repository, commit.sha, file));
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

import { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { GithubRepository, PullRequest } from '../../world/github/githubTypes';
import { changedFiles } from '../../world/github/gitObjects';
import {
  followHead,
  headRepositoryOf,
  standing,
} from '../../world/github/pullRequests';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  GithubContext,
  page,
  repositoryOf,
  text,
} from './context';
import { pullShape, pullSimpleShape } from './pullShapes';
import { commitShape, diffEntry } from './shapes';

const updateSchema = z.looseObject({
  title: text.max(256).optional(),
  body: text.nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: text.optional(),
});

/** Path of one pull request. */
export const PULL = '/repos/:owner/:repo/pulls/:number';

/** The pull request that a call is about. @throws HttpError - 404 when there is none. */
export function pullOf(
  world: World,
  request: FastifyRequest,
): { repository: GithubRepository; pull: PullRequest } {
  const repository = repositoryOf(world, request);
  const { number } = request.params as { number: string };
  const pull = repository.pulls.find(
    candidate => candidate.number === Number(number),
  );
  if (!pull) {
    throw new HttpError(404, 'Not Found');
  }
  return { repository, pull };
}

/** Notes that a pull request changed just now. */
export function touch(world: World, pull: PullRequest): void {
  pull.updatedAt = world.clock.now().toISOString();
  world.github.save();
}

/** Pull requests: list, change, what they bring. */
export function pullRoutes({ world, api }: GithubContext): void {
  api.get('/repos/:owner/:repo/pulls', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const query = request.query as Record<string, string | undefined>;
    const state = query.state ?? 'open';
    const direction =
      query.direction ??
      (query.sort && query.sort !== 'created' ? 'asc' : 'desc');
    const key = query.sort === 'updated' ? 'updatedAt' : 'createdAt';
    const pulls = [...repository.pulls]
      .sort((a, b) => a[key].localeCompare(b[key]) || a.number - b.number)
      .filter(
        pull =>
          (state === 'all' || pull.state === state) &&
          (!query.base || pull.base === query.base) &&
          (!query.head || isHead(world, repository, pull, query.head)),
      );
    return Promise.all(
      page(request, reply, direction === 'asc' ? pulls : pulls.reverse()).map(
        async pull =>
          pullSimpleShape(
            world,
            repository,
            pull,
            await standing(world, repository, pull),
          ),
      ),
    );
  });

  api.get(PULL, async request => {
    const { repository, pull } = pullOf(world, request);
    return pullShape(world, repository, pull);
  });
  api.patch(PULL, async request => {
    const { repository, pull } = pullOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, updateSchema);
    const stateError = (message: string) =>
      new HttpError(422, 'Validation Failed', {
        errors: [
          { resource: 'PullRequest', field: 'state', code: 'invalid', message },
        ],
      });
    if (input.state && input.state !== pull.state && pull.mergedAt) {
      throw stateError('state cannot be changed. The pull request was merged.');
    }
    const changes: Record<string, unknown> = {};
    for (const field of ['title', 'body', 'base'] as const) {
      const value = input[field];
      if (value !== undefined && value !== null && value !== pull[field]) {
        if (
          field === 'base' &&
          !(await world.git.resolve(repository.fullName, `refs/heads/${value}`))
        ) {
          throw new HttpError(422, 'Validation Failed', {
            errors: [
              {
                resource: 'PullRequest',
                field: 'base',
                code: 'invalid',
                message: `Proposed base branch '${value}' was not found`,
              },
            ],
          });
        }
        changes[field] =
          field === 'base'
            ? { ref: { from: pull.base } }
            : { from: pull[field] ?? '' };
        pull[field] = value;
      }
    }
    const emit = (action: string, details?: Record<string, unknown>) =>
      world.github.emit({
        name: 'pull_request',
        action,
        repository,
        pull,
        sender: actor.login,
        details,
      });
    if (input.state && input.state !== pull.state) {
      const at = await standing(world, repository, pull);
      if (input.state === 'open') {
        pull.headSha = undefined;
        pull.baseSha = undefined;
        pull.closedAt = undefined;
        pull.state = 'open';
        if (!(await followHead(world, repository, pull))) {
          Object.assign(pull, { state: 'closed', headSha: at.head });
          throw stateError(
            `state cannot be changed. The ${pull.head} branch has been deleted.`,
          );
        }
      } else {
        Object.assign(pull, {
          state: 'closed',
          closedAt: world.clock.now().toISOString(),
          headSha: at.head,
          baseSha: at.base,
        });
      }
      emit(input.state === 'open' ? 'reopened' : 'closed');
    }
    touch(world, pull);
    if (Object.keys(changes).length) {
      emit('edited', { changes });
    }
    return pullShape(world, repository, pull);
  });

  api.get(`${PULL}/files`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    const { head, mergeBase } = await standing(world, repository, pull);
    const files =
      head && mergeBase
        ? await changedFiles(world, repository, mergeBase, head)
        : [];
    return page(request, reply, files).map(file =>
      diffEntry(world, repository, head!, file),
    );
  });
  api.get(`${PULL}/commits`, async (request, reply) => {
    const { repository, pull } = pullOf(world, request);
    const { head, base } = await standing(world, repository, pull);
    const commits =
      head && base
        ? await world.git.log(repository.fullName, head, {
            not: base,
            limit: 250,
          })
        : [];
    return page(request, reply, commits.reverse()).map(commit =>
      commitShape(world, repository, commit),
    );
  });
}

/** Whether a pull request comes from `branch` or `owner:branch`. */
export function isHead(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
  head: string,
): boolean {
  const [, owner, branch] = /^(?:([^:]+):)?(.+)$/.exec(head) ?? [];
  const from = headRepositoryOf(world, repository, pull);
  return (
    pull.head === branch &&
    (!owner ||
      from?.fullName.split('/')[0].toLowerCase() === owner.toLowerCase())
  );
}

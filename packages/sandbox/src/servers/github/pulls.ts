import { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { GithubRepository, PullRequest } from '../../world/github/githubTypes';
import { changedFiles } from '../../world/github/gitObjects';
import { ownersOfChanges } from '../../world/github/mergeRules';
import {
  followHead,
  headRepositoryOf,
  isAncestor,
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

const createSchema = z.looseObject({
  title: text.min(1).max(256),
  head: text,
  head_repo: text.nullish(),
  base: text,
  body: text.nullish(),
  draft: z.boolean().default(false),
});
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

/** Pull requests: list, open, change, what they bring. */
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

  api.post('/repos/:owner/:repo/pulls', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, createSchema);
    const invalid = (field: string, code: string, message?: string) =>
      new HttpError(422, 'Validation Failed', {
        documentationUrl:
          'https://docs.github.com/rest/pulls/pulls#create-a-pull-request',
        errors: [
          {
            resource: 'PullRequest',
            ...(field ? { field } : {}),
            code,
            ...(message ? { message } : {}),
          },
        ],
      });
    const from = headOf(world, repository, input.head, input.head_repo);
    if (!from) {
      throw invalid('head', 'invalid');
    }
    const headSha = await world.git.resolve(
      from.repository.fullName,
      `refs/heads/${from.branch}`,
    );
    const baseSha = await world.git.resolve(
      repository.fullName,
      `refs/heads/${input.base}`,
    );
    if (!headSha || !baseSha) {
      throw invalid(headSha ? 'base' : 'head', 'invalid');
    }
    const label = `${from.repository.fullName.split('/')[0]}:${from.branch}`;
    const twin = repository.pulls.find(
      pull =>
        pull.state === 'open' &&
        pull.base === input.base &&
        isHead(world, repository, pull, label),
    );
    if (twin) {
      throw invalid(
        '',
        'custom',
        `A pull request already exists for ${label}.`,
      );
    }
    const now = world.clock.now().toISOString();
    const pull: PullRequest = {
      id: world.github.nextId(),
      number:
        Math.max(0, ...repository.pulls.map(existing => existing.number)) + 1,
      title: input.title,
      body: input.body ?? undefined,
      head: from.branch,
      base: input.base,
      ...(from.repository === repository
        ? {}
        : { headRepositoryId: from.repository.id }),
      draft: input.draft,
      state: 'open',
      user: actor.login,
      createdAt: now,
      updatedAt: now,
      labels: [],
      assignees: [],
      requestedReviewers: [],
      requestedTeams: [],
      reviews: [],
      comments: [],
      threads: [],
    };
    // Taken before anything is awaited, so that no other takes the number.
    repository.pulls.push(pull);
    await followHead(world, repository, pull);
    if (await isAncestor(world, repository, headSha, baseSha)) {
      repository.pulls.splice(repository.pulls.indexOf(pull), 1);
      throw invalid(
        '',
        'custom',
        `No commits between ${input.base} and ${
          from.repository === repository ? from.branch : label
        }`,
      );
    }
    if (!pull.draft) {
      await askOwners(world, repository, pull);
    }
    world.github.save();
    world.github.emit({
      name: 'pull_request',
      action: 'opened',
      repository,
      pull,
      sender: actor.login,
    });
    return reply.code(201).send(await pullShape(world, repository, pull));
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

/** Asks the code owners of what changes for their review, as GitHub does by itself. */
async function askOwners(
  world: World,
  repository: GithubRepository,
  pull: PullRequest,
): Promise<void> {
  const at = await standing(world, repository, pull);
  for (const owner of (await ownersOfChanges(world, repository, at)).flat()) {
    const [org, slug] = owner.split('/');
    const list = slug ? pull.requestedTeams : pull.requestedReviewers;
    const login =
      slug ??
      (owner.includes('@')
        ? world.github.accountByEmail(owner)
        : world.github.account(org))!.login;
    if (login !== pull.user && !list.includes(login)) {
      list.push(login);
    }
  }
}

/** Whether a pull request comes from `branch` or `owner:branch`. */
function isHead(
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

/** Repository and branch that `branch`, `owner:branch` or `owner:repo:branch` names. */
function headOf(
  world: World,
  repository: GithubRepository,
  head: string,
  headRepo: string | null | undefined,
): { repository: GithubRepository; branch: string } | undefined {
  const parts = head.split(':');
  const branch = parts[parts.length - 1];
  const [baseOwner, name] = repository.fullName.split('/');
  const owner = parts.length > 1 ? parts[0] : baseOwner;
  if (headRepo) {
    const named = world.github.repository(
      headRepo.includes('/') ? headRepo : `${owner}/${headRepo}`,
    );
    return named && { repository: named, branch };
  }
  if (owner.toLowerCase() === baseOwner.toLowerCase()) {
    return { repository, branch };
  }
  const network = world.github
    .repositories()
    .filter(
      candidate =>
        candidate.fullName.split('/')[0].toLowerCase() ===
          owner.toLowerCase() &&
        (candidate.parentId === repository.id ||
          candidate.id === repository.parentId ||
          (candidate.parentId !== undefined &&
            candidate.parentId === repository.parentId)),
    );
  const found =
    network.find(candidate => candidate.fullName.endsWith(`/${name}`)) ??
    network[0];
  return found && { repository: found, branch };
}

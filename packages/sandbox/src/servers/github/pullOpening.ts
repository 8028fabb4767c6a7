import { z } from 'zod';
import { GithubRepository, PullRequest } from '../../world/github/githubTypes';
import { ownersOfChanges } from '../../world/github/mergeRules';
import {
  followHead,
  isAncestor,
  standing,
} from '../../world/github/pullRequests';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { actorOf, bodyOf, GithubContext, repositoryOf, text } from './context';
import { pullShape } from './pullShapes';
import { isHead } from './pulls';

const createSchema = z.looseObject({
  title: text.min(1).max(256),
  head: text,
  head_repo: text.nullish(),
  base: text,
  body: text.nullish(),
  draft: z.boolean().default(false),
});

/** Opening a pull request, from a branch or a fork; code owners are asked for their review. */
export function pullOpeningRoutes({ world, api }: GithubContext): void {
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

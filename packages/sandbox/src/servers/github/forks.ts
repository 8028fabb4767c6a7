import { z } from 'zod';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  GithubContext,
  page,
  repositoryOf,
  text,
} from './context';
import { fullRepository, minimalRepository } from './repositoryShapes';

const forkSchema = z.looseObject({
  organization: text.nullish(),
  name: text.nullish(),
  default_branch_only: z.boolean().nullish(),
});

const FORKS = '/repos/:owner/:repo/forks';

/** Copies of repositories that know where they came from. */
export function forkRoutes({ world, api }: GithubContext): void {
  api.get(FORKS, async (request, reply) => {
    const { id } = repositoryOf(world, request);
    const forks = world.github
      .repositories()
      .filter(({ parentId }) => parentId === id)
      .sort((a, b) => b.id - a.id);
    return page(request, reply, forks).map(fork =>
      minimalRepository(world, fork),
    );
  });
  api.post(FORKS, async (request, reply) => {
    const repository = repositoryOf(world, request);
    const actor = actorOf(world, request);
    const input = bodyOf(request, forkSchema);
    const owner = world.github.account(input.organization ?? actor.login);
    if (!owner) {
      throw new HttpError(404, 'Not Found');
    }
    const [ownOwner, ownName] = repository.fullName.split('/');
    const name = (input.name ?? ownName).replace(/[^A-Za-z0-9_.-]+/g, '-');
    if (!name || name.length > 100 || /^\.+$|\.git$/.test(name)) {
      throw new HttpError(422, 'Validation Failed', {
        errors: [
          {
            resource: 'Repository',
            code: 'custom',
            field: 'name',
            message: 'name is invalid',
          },
        ],
      });
    }
    const existing = world.github
      .repositories()
      .find(
        fork =>
          fork.parentId === repository.id &&
          fork.fullName.split('/')[0] === owner.login,
      );
    if (existing) {
      // Asked once more, GitHub gives the fork that is there.
      return reply.code(202).send(fullRepository(world, existing));
    }
    if (!world.git.refs(repository.fullName).length) {
      throw new HttpError(
        403,
        'The repository exists, but it contains no Git content. Empty repositories cannot be forked.',
      );
    }
    const fullName = `${owner.login}/${name}`;
    if (owner.login === ownOwner || world.github.repository(fullName)) {
      throw new HttpError(403, `Name already exists on this account`);
    }
    const fork = world.github.addRepository({
      fullName,
      createdAt: world.clock.now().toISOString(),
      private: repository.private,
      description: repository.description,
      homepage: repository.homepage,
      defaultBranch: repository.defaultBranch,
      parentId: repository.id,
    });
    try {
      await world.git.create(fullName);
      await world.git.run(fullName, [
        'fetch',
        '--quiet',
        world.git.path(repository.fullName),
        ...(input.default_branch_only
          ? [`+refs/heads/${repository.defaultBranch}`].map(
              ref => `${ref}:refs/heads/${repository.defaultBranch}`,
            )
          : ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']),
      ]);
      await world.git.sync(fullName);
    } catch (error) {
      world.github.removeRepository(fullName);
      throw error;
    }
    world.github.emit({
      name: 'fork',
      repository,
      forkee: fork,
      sender: actor.login,
    });
    return reply.code(202).send(fullRepository(world, fork));
  });
}

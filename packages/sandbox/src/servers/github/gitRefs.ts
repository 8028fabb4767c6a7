import { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RefMovedError } from '../../world/RefBook';
import { describeObject } from '../../world/github/gitObjects';
import { GithubRepository } from '../../world/github/githubTypes';
import { pushRefusals } from '../../world/protection';
import { GitRef } from '../../world/types';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  GithubContext,
  page,
  repositoryOf,
  text,
} from './context';
import { notEmpty, sha } from './gitData';
import { nodeId, repositoryApiUrl } from './shapes';

const createRefSchema = z.object({ ref: text, sha });
const updateRefSchema = z.object({ sha, force: z.boolean().default(false) });

/** Refs: where branches and tags point. */
export function gitRefRoutes({ world, api }: GithubContext): void {
  const refShape = (repository: GithubRepository, ref: GitRef) => {
    const url = repositoryApiUrl(world, repository);
    return {
      ref: ref.name,
      node_id: nodeId('Ref', `${repository.id}:${ref.name}`),
      url: `${url}/git/${ref.name}`,
      object: {
        sha: ref.object,
        type: ref.type,
        url: `${url}/git/${ref.type}s/${ref.object}`,
      },
    };
  };
  const refOf = (repository: GithubRepository, name: string) =>
    world.git
      .refs(repository.fullName)
      .find(candidate => candidate.name === `refs/${name}`);

  const readRef = async (request: FastifyRequest) => {
    const repository = repositoryOf(world, request);
    const name = (request.params as { '*': string })['*'];
    notEmpty(world, repository);
    const ref = refOf(repository, name);
    if (!ref) {
      throw new HttpError(404, 'Not Found');
    }
    return refShape(repository, ref);
  };
  api.get('/repos/:owner/:repo/git/ref/*', readRef);
  api.get('/repos/:owner/:repo/git/refs/*', readRef);

  api.get('/repos/:owner/:repo/git/matching-refs/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const prefix = (request.params as { '*': string })['*'];
    return page(
      request,
      reply,
      world.git
        .refs(repository.fullName)
        .filter(ref => ref.name.startsWith(`refs/${prefix}`))
        .map(ref => refShape(repository, ref)),
    );
  });

  api.post('/repos/:owner/:repo/git/refs', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, createRefSchema);
    if (
      !/^refs\/(heads|tags)\/[^\s~^:?*[\\]+$/.test(input.ref) ||
      /\.\.|@\{|\.lock$|\/$|\/\//.test(input.ref)
    ) {
      throw new HttpError(
        422,
        "Reference name must start with 'refs/' and contain at least 2 slashes, and be a valid name.",
      );
    }
    if (!(await describeObject(world, repository, input.sha))) {
      throw new HttpError(422, 'Object does not exist');
    }
    try {
      await world.git.updateRef(
        repository.fullName,
        input.ref,
        input.sha,
        undefined,
      );
    } catch (error) {
      if (error instanceof RefMovedError) {
        throw new HttpError(422, 'Reference already exists');
      }
      throw error;
    }
    const ref = refOf(repository, input.ref.slice('refs/'.length))!;
    return reply.code(201).send(refShape(repository, ref));
  });

  api.patch('/repos/:owner/:repo/git/refs/*', async request => {
    const repository = repositoryOf(world, request);
    const actor = actorOf(world, request);
    const name = (request.params as { '*': string })['*'];
    const input = bodyOf(request, updateRefSchema);
    const ref = refOf(repository, name);
    if (!ref) {
      throw new HttpError(422, 'Reference does not exist');
    }
    if (!(await describeObject(world, repository, input.sha))) {
      throw new HttpError(422, 'Object does not exist');
    }
    const branch = name.replace(/^heads\//, '');
    const [refusal] = pushRefusals(world, repository, branch, actor.login);
    if (refusal) {
      throw new HttpError(422, refusal);
    }
    const forward = await world.git
      .run(repository.fullName, [
        'merge-base',
        '--is-ancestor',
        ref.commit,
        input.sha,
      ])
      .then(
        () => true,
        () => false,
      );
    const steady =
      repository.protection[branch] &&
      !repository.protection[branch].allowForcePushes;
    if (!forward && (!input.force || steady)) {
      throw new HttpError(
        422,
        steady && input.force
          ? 'Cannot force-push to this branch'
          : 'Update is not a fast forward',
      );
    }
    try {
      await world.git.updateRef(
        repository.fullName,
        ref.name,
        input.sha,
        ref.object,
      );
    } catch (error) {
      if (error instanceof RefMovedError) {
        throw new HttpError(422, 'Update is not a fast forward');
      }
      throw error;
    }
    return refShape(repository, refOf(repository, name)!);
  });

  api.delete('/repos/:owner/:repo/git/refs/*', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const name = (request.params as { '*': string })['*'];
    const ref = refOf(repository, name);
    if (!ref) {
      throw new HttpError(422, 'Reference does not exist');
    }
    const branch = name.replace(/^heads\//, '');
    if (
      branch === repository.defaultBranch ||
      (repository.protection[branch] &&
        !repository.protection[branch].allowDeletions)
    ) {
      throw new HttpError(422, 'Cannot delete this branch');
    }
    await world.git.updateRef(
      repository.fullName,
      ref.name,
      undefined,
      ref.object,
    );
    return reply.code(204).send();
  });
}

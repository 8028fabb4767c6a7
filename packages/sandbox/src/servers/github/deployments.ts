import { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Deployment, GithubRepository } from '../../world/github/githubTypes';
import {
  combinedState,
  latestByContext,
  stateOfCheck,
} from '../../world/github/commitStatuses';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  byId,
  commitOf,
  GithubContext,
  page,
  repositoryOf,
  text,
} from './context';
import { nodeId, repositoryApiUrl, userByLogin } from './shapes';

const createSchema = z.looseObject({
  ref: text.min(1),
  task: text.default('deploy'),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(text).nullish(),
  payload: z.unknown().optional(),
  environment: text.default('production'),
  description: text.nullish(),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});
const statusSchema = z.looseObject({
  state: z.enum([
    'error',
    'failure',
    'inactive',
    'in_progress',
    'queued',
    'pending',
    'success',
  ]),
  description: text.default(''),
  environment_url: text.default(''),
  log_url: text.default(''),
  auto_inactive: z.boolean().default(true),
});

const DEPLOYMENTS = '/repos/:owner/:repo/deployments';

/** Deployments as their makers announce them; GitHub itself deploys nothing. */
export function deploymentRoutes({ world, api }: GithubContext): void {
  const deploymentOf = (request: FastifyRequest) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const deployment = byId(repository.deployments, id);
    return { repository, deployment };
  };

  api.get(DEPLOYMENTS, async (request, reply) => {
    const repository = repositoryOf(world, request);
    const query = request.query as Record<string, string | undefined>;
    const found = [...repository.deployments]
      .reverse()
      .filter(
        deployment =>
          (!query.sha || deployment.sha === query.sha) &&
          (!query.ref || deployment.ref === query.ref) &&
          (!query.task || deployment.task === query.task) &&
          (!query.environment || deployment.environment === query.environment),
      );
    return page(request, reply, found).map(deployment =>
      deploymentShape(world, repository, deployment),
    );
  });
  api.post(DEPLOYMENTS, async (request, reply) => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, createSchema);
    const sha = await commitOf(world, repository, input.ref, {
      status: 422,
      message: `No ref found for: ${input.ref}`,
    });
    const checks = repository.checkRuns.filter(run => run.headSha === sha);
    const contexts = new Map([
      ...latestByContext(repository, sha).map(
        ({ context, state }) => [context, state] as const,
      ),
      ...checks.map(run => [run.name, stateOfCheck(run)] as const),
    ]);
    const wanted = input.required_contexts ?? [...contexts.keys()];
    const states = wanted.map(context => contexts.get(context) ?? 'pending');
    if (states.length && combinedState(states) !== 'success') {
      throw new HttpError(
        409,
        `Conflict: Commit status checks failed for ${input.ref}.`,
      );
    }
    const now = world.clock.now().toISOString();
    const deployment: Deployment = {
      id: world.github.nextId(),
      ref: input.ref,
      sha,
      task: input.task,
      environment: input.environment,
      description: input.description ?? undefined,
      payload: input.payload ?? {},
      creator: actorOf(world, request).login,
      createdAt: now,
      updatedAt: now,
      transient: input.transient_environment,
      production:
        input.production_environment ?? input.environment === 'production',
      statuses: [],
    };
    repository.deployments.push(deployment);
    if (!Object.hasOwn(repository.environments, deployment.environment)) {
      repository.environments[deployment.environment] = {
        id: world.github.nextId(),
        createdAt: now,
      };
    }
    world.github.save();
    world.github.emit({
      name: 'deployment',
      action: 'created',
      repository,
      deployment,
      sender: deployment.creator,
    });
    return reply.code(201).send(deploymentShape(world, repository, deployment));
  });
  api.get(`${DEPLOYMENTS}/:id`, async request => {
    const { repository, deployment } = deploymentOf(request);
    return deploymentShape(world, repository, deployment);
  });
  api.delete(`${DEPLOYMENTS}/:id`, async (request, reply) => {
    const { repository, deployment } = deploymentOf(request);
    if (
      repository.deployments.length > 1 &&
      deployment.statuses[0]?.state !== 'inactive'
    ) {
      throw new HttpError(
        422,
        'We cannot delete an active deployment unless it is the only deployment in a given environment.',
      );
    }
    repository.deployments = repository.deployments.filter(
      other => other !== deployment,
    );
    world.github.save();
    return reply.code(204).send();
  });

  api.get(`${DEPLOYMENTS}/:id/statuses`, async (request, reply) => {
    const { repository, deployment } = deploymentOf(request);
    return page(request, reply, deployment.statuses).map(status =>
      deploymentStatusShape(world, repository, deployment, status),
    );
  });
  api.get(`${DEPLOYMENTS}/:id/statuses/:status`, async request => {
    const { repository, deployment } = deploymentOf(request);
    const { status: id } = request.params as { status: string };
    const status = byId(deployment.statuses, id);
    return deploymentStatusShape(world, repository, deployment, status);
  });
  api.post(`${DEPLOYMENTS}/:id/statuses`, async (request, reply) => {
    const { repository, deployment } = deploymentOf(request);
    const input = bodyOf(request, statusSchema);
    const now = world.clock.now().toISOString();
    const creator = actorOf(world, request).login;
    const made = (
      state: string,
      rest: { description: string; environmentUrl: string; logUrl: string },
    ) => ({
      id: world.github.nextId(),
      state,
      creator,
      createdAt: now,
      ...rest,
    });
    const status = made(input.state, {
      description: input.description,
      environmentUrl: input.environment_url,
      logUrl: input.log_url,
    });
    deployment.statuses.unshift(status);
    deployment.updatedAt = now;
    if (input.state === 'success' && input.auto_inactive) {
      for (const other of repository.deployments) {
        if (
          other !== deployment &&
          other.environment === deployment.environment &&
          !other.transient &&
          other.statuses[0]?.state === 'success'
        ) {
          other.statuses.unshift(
            made('inactive', {
              description: '',
              environmentUrl: '',
              logUrl: '',
            }),
          );
        }
      }
    }
    world.github.save();
    world.github.emit({
      name: 'deployment_status',
      action: 'created',
      repository,
      deployment,
      status,
      sender: creator,
    });
    return reply
      .code(201)
      .send(deploymentStatusShape(world, repository, deployment, status));
  });
}

/** `deployment` of the API. */
export function deploymentShape(
  world: World,
  repository: GithubRepository,
  deployment: Deployment,
) {
  const root = repositoryApiUrl(world, repository);
  const url = `${root}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description ?? null,
    creator: userByLogin(world, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: root,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: null,
  };
}

/** `deployment-status` of the API. */
export function deploymentStatusShape(
  world: World,
  repository: GithubRepository,
  deployment: Deployment,
  status: Deployment['statuses'][number],
) {
  const root = repositoryApiUrl(world, repository);
  const url = `${root}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: userByLogin(world, status.creator),
    description: status.description,
    environment: deployment.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: root,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: null,
  };
}

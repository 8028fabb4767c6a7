import { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CheckRun, GithubRepository } from '../../world/github/githubTypes';
import { World } from '../../world/types';
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
import { suiteOf } from './checkSuites';
import { nodeId, repositoryApiUrl, repositoryUrl, simpleUser } from './shapes';

const statusSchema = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: text.nullish(),
  description: text.nullish(),
  context: text.default('default'),
});

const checkRunSchema = z.looseObject({
  name: text,
  head_sha: text,
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: text.optional(),
  details_url: text.optional(),
  external_id: text.optional(),
  output: z
    .looseObject({
      title: text.optional(),
      summary: text.optional(),
    })
    .optional(),
});

/** What others say of a commit: statuses and check runs. */
export function statusRoutes({ world, api }: GithubContext): void {
  const noCommit = (ref: string) => ({
    status: 422,
    message: `No commit found for SHA: ${ref}`,
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
    world.github.emit({
      name: 'status',
      repository,
      sha: commit,
      status,
      sender: actorOf(world, request).login,
    });
    return reply.code(201).send({
      ...statusShape(world, repository, commit, status),
      creator: simpleUser(world, actorOf(world, request)),
    });
  });

  api.post('/repos/:owner/:repo/check-runs', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, checkRunSchema);
    const headSha = await commitOf(world, repository, input.head_sha, {
      status: 422,
      message: `No commit found for SHA: ${input.head_sha}`,
    });
    const now = world.clock.now().toISOString();
    const completed = Boolean(input.conclusion) || input.status === 'completed';
    const run: GithubRepository['checkRuns'][number] = {
      id: world.github.nextId(),
      name: input.name,
      headSha,
      status: completed ? 'completed' : input.status ?? 'queued',
      conclusion: input.conclusion,
      startedAt: now,
      completedAt: completed ? now : undefined,
      title: input.output?.title,
      summary: input.output?.summary,
      detailsUrl: input.details_url,
      externalId: input.external_id,
    };
    repository.checkRuns.push(run);
    tellOfCheck(request, repository, run, 'created');
    if (completed) {
      tellOfCheck(request, repository, run, 'completed');
    }
    return reply.code(201).send(checkRunShape(world, repository, run));
  });
  api.get('/repos/:owner/:repo/check-runs/:id', async request => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = byId(repository.checkRuns, id);
    return checkRunShape(world, repository, run);
  });

  // What a failed check complained about: one line, about no file in particular.
  api.get(
    '/repos/:owner/:repo/check-runs/:id/annotations',
    async (request, reply) => {
      const repository = repositoryOf(world, request);
      const { id } = request.params as { id: string };
      const run = byId(repository.checkRuns, id);
      return page(request, reply, annotationsOf(world, repository, run));
    },
  );

  api.patch('/repos/:owner/:repo/check-runs/:id', async request => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = byId(repository.checkRuns, id);
    const input = bodyOf(request, checkRunSchema.partial());
    const completed = Boolean(input.conclusion) || input.status === 'completed';
    run.name = input.name ?? run.name;
    run.status = completed ? 'completed' : input.status ?? run.status;
    run.conclusion = input.conclusion ?? run.conclusion;
    run.title = input.output?.title ?? run.title;
    run.summary = input.output?.summary ?? run.summary;
    run.detailsUrl = input.details_url ?? run.detailsUrl;
    run.externalId = input.external_id ?? run.externalId;
    if (completed) {
      run.completedAt = world.clock.now().toISOString();
      tellOfCheck(request, repository, run, 'completed');
    }
    world.github.save();
    return checkRunShape(world, repository, run);
  });

  function tellOfCheck(
    request: FastifyRequest,
    repository: GithubRepository,
    check: CheckRun,
    action: 'created' | 'completed',
  ) {
    world.github.save();
    world.github.emit({
      name: 'check_run',
      action,
      repository,
      check,
      sender: actorOf(world, request).login,
    });
  }
}

/** `status` of the API. */
export function statusShape(
  world: World,
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

/** `check-annotation` of the API. */
function annotationsOf(
  world: GithubContext['world'],
  repository: GithubRepository,
  run: GithubRepository['checkRuns'][number],
) {
  if (run.conclusion !== 'failure' || !run.summary) return [];
  return [
    {
      path: '.github',
      start_line: 1,
      end_line: 1,
      start_column: null,
      end_column: null,
      annotation_level: 'failure',
      title: '',
      message: run.summary,
      raw_details: '',
      blob_href: `${repositoryUrl(world, repository)}/blob/${
        run.headSha
      }/.github`,
    },
  ];
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
      annotations_count: annotationsOf(world, repository, run).length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: suiteOf(repository, run).id },
    app: null,
    pull_requests: [],
  };
}

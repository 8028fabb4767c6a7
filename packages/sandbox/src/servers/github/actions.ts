import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { GithubRepository, WorkflowRun } from '../../world/github/githubTypes';
import { checkOf, dispatchWorkflow, rerunWorkflow } from '../../world/playedCi';
import { World } from '../../world/types';
import { HttpError } from '../createServer';
import { runShape } from './actionShapes';
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
import { nodeId, repositoryApiUrl, repositoryUrl } from './shapes';

const dispatchSchema = z.looseObject({
  ref: text.min(1),
  inputs: z.record(z.string(), z.unknown()).optional(),
});

const RUN = '/repos/:owner/:repo/actions/runs/:id';
const WORKFLOWS = '/repos/:owner/:repo/actions/workflows';

/** Workflows and their runs, which the world's CI plays. */
export function actionsRoutes({ world, api }: GithubContext): void {
  const runOf = (request: FastifyRequest) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = byId(repository.runs, id);
    return { repository, run };
  };

  const listRuns = async (
    request: FastifyRequest,
    reply: FastifyReply,
    repository: GithubRepository,
    all: WorkflowRun[],
  ) => {
    const query = request.query as Record<string, string | undefined>;
    const runs = [...all]
      .reverse()
      .filter(
        run =>
          (!query.head_sha || run.headSha === query.head_sha) &&
          (!query.branch || run.headBranch === query.branch) &&
          (!query.event || run.event === query.event) &&
          (!query.actor || run.actor === query.actor) &&
          (!query.status ||
            run.status === query.status ||
            run.conclusion === query.status),
      );
    return {
      total_count: runs.length,
      workflow_runs: await Promise.all(
        page(request, reply, runs).map(run => runShape(world, repository, run)),
      ),
    };
  };
  api.get('/repos/:owner/:repo/actions/runs', async (request, reply) => {
    const repository = repositoryOf(world, request);
    return listRuns(request, reply, repository, repository.runs);
  });
  api.get(RUN, async request => {
    const { repository, run } = runOf(request);
    return runShape(world, repository, run);
  });
  const jobShape = (repository: GithubRepository, run: WorkflowRun) => {
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    return {
      id: run.id,
      run_id: run.id,
      run_url: `${url}/actions/runs/${run.id}`,
      node_id: nodeId('Job', run.id),
      head_sha: run.headSha,
      url: `${url}/actions/jobs/${run.id}`,
      html_url: `${html}/actions/runs/${run.id}/job/${run.id}`,
      status: run.status,
      conclusion: run.conclusion ?? null,
      created_at: run.createdAt,
      started_at: run.createdAt,
      completed_at: run.status === 'completed' ? run.updatedAt : null,
      name: 'build',
      steps: [],
      check_run_url: `${url}/check-runs/${
        checkOf(repository, run)?.id ?? run.id
      }`,
      labels: ['ubuntu-latest'],
      runner_id: null,
      runner_name: null,
      runner_group_id: null,
      runner_group_name: null,
      workflow_name: run.name,
      head_branch: run.headBranch,
      run_attempt: 1,
    };
  };
  api.get(`${RUN}/jobs`, async (request, reply) => {
    const { repository, run } = runOf(request);
    return {
      total_count: 1,
      jobs: page(request, reply, [run]).map(job => jobShape(repository, job)),
    };
  });
  api.get('/repos/:owner/:repo/actions/jobs/:id', async request => {
    const { repository, run } = runOf(request);
    return jobShape(repository, run);
  });
  api.get(
    '/repos/:owner/:repo/actions/jobs/:id/logs',
    async (request, reply) => {
      const { repository, run } = runOf(request);
      return reply.redirect(
        `${world.urls.github}/_logs/${repository.fullName}/${run.id}.txt`,
        302,
      );
    },
  );
  api.get(`${RUN}/logs`, async (request, reply) => {
    const { repository, run } = runOf(request);
    return reply.redirect(
      `${world.urls.github}/_logs/${repository.fullName}/${run.id}.zip`,
      302,
    );
  });
  api.post(`${RUN}/rerun`, async (request, reply) => {
    const { repository, run } = runOf(request);
    if (run.status !== 'completed') {
      throw new HttpError(403, 'This workflow is already running');
    }
    rerunWorkflow(world, repository, run);
    return reply.code(201).send({});
  });

  const workflowsOf = async (repository: GithubRepository) => {
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    const files = await world.git.listFiles(
      repository.fullName,
      repository.defaultBranch,
      '.github/workflows',
    );
    return files
      .filter(path => /\.ya?ml$/.test(path))
      .map((path, index) => {
        const id = repository.id * 100 + index;
        const file = path.split('/').pop()!;
        return {
          id,
          node_id: nodeId('Workflow', `${repository.id}:${path}`),
          name: file.replace(/\.ya?ml$/, ''),
          path,
          state: 'active',
          created_at: repository.createdAt,
          updated_at: repository.updatedAt,
          url: `${url}/actions/workflows/${id}`,
          html_url: `${html}/blob/${repository.defaultBranch}/${path}`,
          badge_url: `${html}/workflows/${file}/badge.svg`,
        };
      });
  };
  const workflowOf = async (request: FastifyRequest) => {
    const repository = repositoryOf(world, request);
    const { workflow } = request.params as { workflow: string };
    const found = (await workflowsOf(repository)).find(
      ({ id, path }) =>
        String(id) === workflow || path === `.github/workflows/${workflow}`,
    );
    if (!found) {
      throw new HttpError(404, 'Not Found');
    }
    return { repository, workflow: found };
  };
  api.get(WORKFLOWS, async (request, reply) => {
    const all = await workflowsOf(repositoryOf(world, request));
    return { total_count: all.length, workflows: page(request, reply, all) };
  });
  api.get(
    `${WORKFLOWS}/:workflow`,
    async request => (await workflowOf(request)).workflow,
  );
  api.get(`${WORKFLOWS}/:workflow/runs`, async (request, reply) => {
    const { repository, workflow } = await workflowOf(request);
    return listRuns(
      request,
      reply,
      repository,
      repository.runs.filter(run => run.path === workflow.path),
    );
  });
  api.post(`${WORKFLOWS}/:workflow/dispatches`, async (request, reply) => {
    const { repository, workflow } = await workflowOf(request);
    const input = bodyOf(request, dispatchSchema);
    const sha = await commitOf(world, repository, input.ref, {
      status: 422,
      message: `No ref found for: ${input.ref}`,
    });
    const content = await world.git.readFile(
      repository.fullName,
      sha,
      workflow.path,
    );
    if (!/\bworkflow_dispatch\b/.test(content ?? '')) {
      throw new HttpError(
        422,
        "Workflow does not have 'workflow_dispatch' trigger",
      );
    }
    await dispatchWorkflow(world, repository, {
      sha,
      branch: input.ref.replace(/^refs\/heads\//, ''),
      path: workflow.path,
      actor: actorOf(world, request).login,
    });
    return reply.code(204).send();
  });
}

/** What a run printed, as text and as GitHub's archive of it. */
export function logRoutes(server: FastifyInstance, world: World): void {
  server.get('/_logs/:owner/:repo/:file', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { file } = request.params as { file: string };
    const [, id, kind] = /^(\d+)\.(txt|zip)$/.exec(file) ?? [];
    const run = byId(repository.runs, id);
    const log = run.log
      .map(line => `${run.updatedAt.slice(0, 19)}.0000000Z ${line}\n`)
      .join('');
    if (kind === 'txt') {
      return reply.type('text/plain; charset=utf-8').send(log);
    }
    const tree = await world.git.writeTree(repository.fullName, undefined, [
      { path: '0_build.txt', content: log },
    ]);
    const zip = await world.git.run(repository.fullName, [
      'archive',
      '--format=zip',
      tree,
    ]);
    return reply.type('application/zip').send(zip);
  });
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GithubRepository, WorkflowRun } from '../../world/GithubState';
import { HttpError } from '../createServer';
import { bodyOf, commitOf, GithubContext, page, repositoryOf } from './context';
import { checkRunShape } from './commits';
import {
  minimalRepository,
  nodeId,
  repositoryApiUrl,
  repositoryUrl,
  userByLogin,
} from './shapes';

const variableSchema = z.object({ name: z.string(), value: z.string() });
const secretSchema = z.object({
  encrypted_value: z.string(),
  key_id: z.string(),
});
const checkRunSchema = z.looseObject({
  name: z.string(),
  head_sha: z.string(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: z.string().optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  output: z
    .looseObject({
      title: z.string().optional(),
      summary: z.string().optional(),
    })
    .optional(),
});

/** Workflow runs (played by the world's CI), check runs, variables, secrets, environments. */
export function actionsRoutes({ world, api }: GithubContext): void {
  const runOf = (request: any) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = repository.runs.find(candidate => candidate.id === Number(id));
    if (!run) {
      throw new HttpError(404, 'Not Found');
    }
    return { repository, run };
  };

  api.get('/repos/:owner/:repo/actions/runs', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const query = request.query as Record<string, string | undefined>;
    const runs = [...repository.runs]
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
      workflow_runs: page(request, reply, runs).map(run =>
        runShape(repository, run),
      ),
    };
  });
  api.get('/repos/:owner/:repo/actions/runs/:id', async request => {
    const { repository, run } = runOf(request);
    return runShape(repository, run);
  });
  api.get('/repos/:owner/:repo/actions/runs/:id/jobs', async request => {
    const { repository, run } = runOf(request);
    const url = repositoryApiUrl(world, repository);
    return {
      total_count: 1,
      jobs: [
        {
          id: run.id,
          run_id: run.id,
          run_url: `${url}/actions/runs/${run.id}`,
          node_id: nodeId('Job', run.id),
          head_sha: run.headSha,
          url: `${url}/actions/jobs/${run.id}`,
          html_url: `${repositoryUrl(world, repository)}/actions/runs/${
            run.id
          }/job/${run.id}`,
          status: run.status,
          conclusion: run.conclusion ?? null,
          created_at: run.createdAt,
          started_at: run.createdAt,
          completed_at: run.status === 'completed' ? run.updatedAt : null,
          name: 'build',
          steps: [],
          check_run_url: `${url}/check-runs/${run.id}`,
          labels: ['ubuntu-latest'],
          runner_id: null,
          runner_name: null,
          runner_group_id: null,
          runner_group_name: null,
          workflow_name: run.name,
          head_branch: run.headBranch,
          run_attempt: 1,
        },
      ],
    };
  });
  api.get(
    '/repos/:owner/:repo/actions/jobs/:id/logs',
    async (request, reply) => {
      const { run } = runOf(request);
      return reply
        .type('text/plain; charset=utf-8')
        .send(`${run.log.join('\n')}\n`);
    },
  );
  api.get('/repos/:owner/:repo/actions/workflows', async request => {
    const repository = repositoryOf(world, request);
    const files = (
      await world.git.listFiles(
        repository.fullName,
        repository.defaultBranch,
        '.github/workflows',
      )
    ).filter(path => /\.ya?ml$/.test(path));
    const url = repositoryApiUrl(world, repository);
    return {
      total_count: files.length,
      workflows: files.map((path, index) => ({
        id: repository.id * 100 + index,
        node_id: nodeId('Workflow', `${repository.id}:${path}`),
        name: path
          .split('/')
          .pop()!
          .replace(/\.ya?ml$/, ''),
        path,
        state: 'active',
        created_at: repository.createdAt,
        updated_at: repository.updatedAt,
        url: `${url}/actions/workflows/${repository.id * 100 + index}`,
        html_url: `${repositoryUrl(world, repository)}/blob/${
          repository.defaultBranch
        }/${path}`,
        badge_url: '',
      })),
    };
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
    world.github.save();
    return reply.code(201).send(checkRunShape(world, repository, run));
  });
  api.get('/repos/:owner/:repo/check-runs/:id', async request => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const run = repository.checkRuns.find(
      candidate => candidate.id === Number(id),
    );
    if (!run) {
      throw new HttpError(404, 'Not Found');
    }
    return checkRunShape(world, repository, run);
  });

  api.get('/repos/:owner/:repo/actions/variables', async (request, reply) => {
    const { variables } = repositoryOf(world, request);
    const all = Object.entries(variables).map(([name, variable]) => ({
      name,
      value: variable.value,
      created_at: variable.createdAt,
      updated_at: variable.createdAt,
    }));
    return { total_count: all.length, variables: page(request, reply, all) };
  });
  api.post('/repos/:owner/:repo/actions/variables', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const { name, value } = bodyOf(request, variableSchema);
    if (repository.variables[name.toUpperCase()]) {
      throw new HttpError(409, 'Already exists - Variable already exists');
    }
    repository.variables[name.toUpperCase()] = {
      value,
      createdAt: world.clock.now().toISOString(),
    };
    world.github.save();
    return reply.code(201).send({});
  });
  api.patch(
    '/repos/:owner/:repo/actions/variables/:name',
    async (request, reply) => {
      const repository = repositoryOf(world, request);
      const name = (request.params as { name: string }).name.toUpperCase();
      if (!repository.variables[name]) {
        throw new HttpError(404, 'Not Found');
      }
      const { value } = bodyOf(request, variableSchema.partial());
      repository.variables[name].value =
        value ?? repository.variables[name].value;
      world.github.save();
      return reply.code(204).send();
    },
  );

  api.get('/repos/:owner/:repo/actions/secrets', async (request, reply) => {
    const { secrets } = repositoryOf(world, request);
    const all = Object.entries(secrets).map(([name, { createdAt }]) => ({
      name,
      created_at: createdAt,
      updated_at: createdAt,
    }));
    return { total_count: all.length, secrets: page(request, reply, all) };
  });
  api.get('/repos/:owner/:repo/actions/secrets/public-key', async request => {
    const { id } = repositoryOf(world, request);
    // Any 32 bytes are a key to seal with; nobody here opens what was sealed.
    const key = createHash('sha256')
      .update(`secret-key-${id}`)
      .digest('base64');
    return { key_id: String(id), key };
  });
  api.put(
    '/repos/:owner/:repo/actions/secrets/:name',
    async (request, reply) => {
      const repository = repositoryOf(world, request);
      const name = (request.params as { name: string }).name.toUpperCase();
      bodyOf(request, secretSchema);
      const known = Boolean(repository.secrets[name]);
      repository.secrets[name] = { createdAt: world.clock.now().toISOString() };
      world.github.save();
      return known ? reply.code(204).send() : reply.code(201).send({});
    },
  );

  api.put(
    '/repos/:owner/:repo/actions/oidc/customization/sub',
    async (request, reply) => {
      repositoryOf(world, request);
      return reply.code(201).send({});
    },
  );
  api.put(
    '/repos/:owner/:repo/actions/permissions/access',
    async (request, reply) => {
      repositoryOf(world, request);
      return reply.code(204).send();
    },
  );

  const environmentShape = (repository: GithubRepository, name: string) => {
    const { id, createdAt } = repository.environments[name];
    return {
      id,
      node_id: nodeId('Environment', id),
      name,
      url: `${repositoryApiUrl(
        world,
        repository,
      )}/environments/${encodeURIComponent(name)}`,
      html_url: `${repositoryUrl(world, repository)}/deployments/${name}`,
      created_at: createdAt,
      updated_at: createdAt,
      protection_rules: [],
      deployment_branch_policy: null,
    };
  };
  api.get('/repos/:owner/:repo/environments', async request => {
    const repository = repositoryOf(world, request);
    const names = Object.keys(repository.environments);
    return {
      total_count: names.length,
      environments: names.map(name => environmentShape(repository, name)),
    };
  });
  api.get('/repos/:owner/:repo/environments/:name', async request => {
    const repository = repositoryOf(world, request);
    const { name } = request.params as { name: string };
    if (!repository.environments[name]) {
      throw new HttpError(404, 'Not Found');
    }
    return environmentShape(repository, name);
  });
  api.put('/repos/:owner/:repo/environments/:name', async request => {
    const repository = repositoryOf(world, request);
    const { name } = request.params as { name: string };
    repository.environments[name] ??= {
      id: world.github.nextId(),
      createdAt: world.clock.now().toISOString(),
    };
    world.github.save();
    return environmentShape(repository, name);
  });

  function runShape(repository: GithubRepository, run: WorkflowRun) {
    const url = repositoryApiUrl(world, repository);
    const html = repositoryUrl(world, repository);
    const runUrl = `${url}/actions/runs/${run.id}`;
    return {
      id: run.id,
      name: run.name,
      node_id: nodeId('WorkflowRun', run.id),
      check_suite_id: run.id,
      check_suite_node_id: nodeId('CheckSuite', run.id),
      head_branch: run.headBranch,
      head_sha: run.headSha,
      path: run.path,
      run_number: run.runNumber,
      run_attempt: 1,
      event: run.event,
      display_title: run.title,
      status: run.status,
      conclusion: run.conclusion ?? null,
      workflow_id: repository.id * 100,
      url: runUrl,
      html_url: `${html}/actions/runs/${run.id}`,
      pull_requests: [],
      created_at: run.createdAt,
      updated_at: run.updatedAt,
      run_started_at: run.createdAt,
      actor: userByLogin(world, run.actor),
      triggering_actor: userByLogin(world, run.actor),
      jobs_url: `${runUrl}/jobs`,
      logs_url: `${runUrl}/logs`,
      check_suite_url: `${url}/check-suites/${run.id}`,
      artifacts_url: `${runUrl}/artifacts`,
      cancel_url: `${runUrl}/cancel`,
      rerun_url: `${runUrl}/rerun`,
      workflow_url: `${url}/actions/workflows/${repository.id * 100}`,
      head_commit: null,
      repository: minimalRepository(world, repository),
      head_repository: minimalRepository(world, repository),
    };
  }
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GithubRepository } from '../../world/github/githubTypes';
import { HttpError } from '../createServer';
import { bodyOf, GithubContext, page, repositoryOf, text } from './context';
import { nodeId, repositoryApiUrl, repositoryUrl } from './shapes';

const variableSchema = z.object({ name: text, value: text });
const secretSchema = z.object({
  encrypted_value: text,
  key_id: text,
});
const subjectSchema = z.object({
  use_default: z.boolean(),
  include_claim_keys: z
    .array(text.regex(/^\w+$/, 'is no name of a claim'))
    .default([]),
});
const accessSchema = z.object({
  access_level: z.enum(['none', 'user', 'organization']),
});

/** What workflows are given: variables, secrets (by name only), environments. */
export function settingsRoutes({ world, api }: GithubContext): void {
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

  const SUBJECT = '/repos/:owner/:repo/actions/oidc/customization/sub';
  api.get(SUBJECT, async request => {
    const { oidcSubject } = repositoryOf(world, request);
    return {
      use_default: oidcSubject?.useDefault ?? true,
      ...(oidcSubject?.claimKeys.length
        ? { include_claim_keys: oidcSubject.claimKeys }
        : {}),
    };
  });
  api.put(SUBJECT, async (request, reply) => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, subjectSchema);
    repository.oidcSubject = {
      useDefault: input.use_default,
      claimKeys: input.include_claim_keys,
    };
    world.github.save();
    return reply.code(201).send({});
  });
  const ACCESS = '/repos/:owner/:repo/actions/permissions/access';
  api.get(ACCESS, async request => ({
    access_level: repositoryOf(world, request).workflowAccess ?? 'none',
  }));
  api.put(ACCESS, async (request, reply) => {
    const repository = repositoryOf(world, request);
    repository.workflowAccess = bodyOf(request, accessSchema).access_level;
    world.github.save();
    return reply.code(204).send();
  });

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
}

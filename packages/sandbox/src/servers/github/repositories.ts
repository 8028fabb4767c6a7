import { z } from 'zod';
import { GithubRepository } from '../../world/github/githubTypes';
import { languagesOf } from '../../world/github/languages';
import { HttpError } from '../createServer';
import {
  actorOf,
  bodyOf,
  commitOf,
  GithubContext,
  page,
  repositoryOf,
  text,
} from './context';
import {
  fullRepository,
  minimalRepository,
  repositoryShape,
} from './repositoryShapes';

const DOCS = 'https://docs.github.com/rest/repos/repos';

const settingsSchema = z.looseObject({
  name: text.optional(),
  description: text.nullish(),
  homepage: text.nullish(),
  private: z.boolean().optional(),
  visibility: z.enum(['public', 'private', 'internal']).optional(),
  default_branch: text.optional(),
  archived: z.boolean().optional(),
  auto_init: z.boolean().nullish(),
});
const creationSchema = settingsSchema.extend({ name: text });
const topicsSchema = z.object({ names: z.array(z.string()) });

/** Switches that are kept and given back as they were set. */
const SWITCHES =
  /^(has_(issues|projects|wiki|discussions)|allow_\w+|delete_branch_on_merge|squash_merge_commit_\w+|merge_commit_\w+|is_template|web_commit_signoff_required)$/;

/** Repositories: create, read, change, delete, topics, archives. */
export function repositoryRoutes({ world, api }: GithubContext): void {
  const create = async (
    owner: string,
    input: z.output<typeof creationSchema>,
  ) => {
    const name = input.name.replace(/[^A-Za-z0-9_.-]+/g, '-');
    if (!validName(name)) {
      throw invalid('name', 'name is invalid', 'custom');
    }
    const fullName = `${owner}/${name}`;
    if (world.github.repository(fullName)) {
      throw invalid('name', 'name already exists on this account', 'custom');
    }
    const createdAt = world.clock.now().toISOString();
    // Registered before git makes it: of two creations at once, one is refused.
    const repository = world.github.addRepository({
      fullName,
      createdAt,
      // The API makes a repository public unless told.
      private: false,
    });
    try {
      await world.git.create(fullName);
    } catch (error) {
      world.github.removeRepository(fullName);
      throw error;
    }
    applySettings(repository, input);
    if (input.auto_init) {
      await world.git.commit(fullName, {
        branch: repository.defaultBranch,
        message: 'Initial commit',
        author: { name: 'GitHub', email: 'noreply@github.com' },
        files: [{ path: 'README.md', content: `# ${name}\n` }],
      });
    }
    world.github.save();
    return repository;
  };

  api.post('/orgs/:org/repos', async (request, reply) => {
    const { org } = request.params as { org: string };
    const account = world.github.account(org);
    if (account?.type !== 'Organization') {
      throw new HttpError(404, 'Not Found');
    }
    const repository = await create(
      account.login,
      bodyOf(request, creationSchema),
    );
    return reply.code(201).send(fullRepository(world, repository));
  });

  api.post('/user/repos', async (request, reply) => {
    const { login } = actorOf(world, request);
    const repository = await create(login, bodyOf(request, creationSchema));
    return reply.code(201).send(fullRepository(world, repository));
  });

  const listOf = (owner: string) =>
    world.github
      .repositories()
      .filter(
        ({ fullName }) =>
          fullName.split('/')[0].toLowerCase() === owner.toLowerCase(),
      )
      .sort((a, b) => a.fullName.localeCompare(b.fullName));
  api.get('/orgs/:org/repos', async (request, reply) => {
    const { org } = request.params as { org: string };
    if (world.github.account(org)?.type !== 'Organization') {
      throw new HttpError(404, 'Not Found');
    }
    return page(request, reply, listOf(org)).map(repository =>
      minimalRepository(world, repository),
    );
  });
  api.get('/users/:username/repos', async (request, reply) => {
    const { username } = request.params as { username: string };
    if (!world.github.account(username)) {
      throw new HttpError(404, 'Not Found');
    }
    return page(request, reply, listOf(username)).map(repository =>
      minimalRepository(world, repository),
    );
  });
  api.get('/user/repos', async (request, reply) =>
    page(request, reply, world.github.repositories()).map(repository =>
      repositoryShape(world, repository),
    ),
  );

  api.get('/repos/:owner/:repo', async request =>
    fullRepository(world, repositoryOf(world, request)),
  );
  api.patch('/repos/:owner/:repo', async request => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, settingsSchema);
    const sender = actorOf(world, request).login;
    if (
      input.default_branch &&
      !(await world.git.resolve(
        repository.fullName,
        `refs/heads/${input.default_branch}`,
      ))
    ) {
      throw invalid(
        'default_branch',
        `The branch ${input.default_branch} was not found. Please push that ref first or create it via the Git Data API.`,
        'invalid',
      );
    }
    const [owner, before] = repository.fullName.split('/');
    const wanted = input.name?.replace(/[^A-Za-z0-9_.-]+/g, '-');
    if (wanted !== undefined && wanted !== before) {
      const fullName = `${owner}/${wanted}`;
      const twin = world.github.repository(fullName);
      if (!validName(wanted)) {
        throw invalid('name', 'name is invalid', 'invalid');
      }
      if (twin && twin !== repository) {
        throw invalid('name', 'name already exists on this account', 'invalid');
      }
      const old = repository.fullName;
      world.github.renameRepository(repository, fullName);
      await world.git.rename(old, fullName);
      world.github.emit({
        name: 'repository',
        action: 'renamed',
        repository,
        sender,
        details: { changes: { repository: { name: { from: before } } } },
      });
    }
    const was = { archived: repository.archived, private: repository.private };
    applySettings(repository, input);
    for (const [action, happened] of Object.entries({
      archived: repository.archived && !was.archived,
      unarchived: !repository.archived && was.archived,
      privatized: repository.private && !was.private,
      publicized: !repository.private && was.private,
    })) {
      if (happened) {
        world.github.emit({ name: 'repository', action, repository, sender });
      }
    }
    repository.updatedAt = world.clock.now().toISOString();
    world.github.save();
    return fullRepository(world, repository);
  });
  api.delete('/repos/:owner/:repo', async (request, reply) => {
    const repository = repositoryOf(world, request);
    world.github.emit({
      name: 'repository',
      action: 'deleted',
      repository,
      sender: actorOf(world, request).login,
    });
    world.github.removeRepository(repository.fullName);
    await world.git.remove(repository.fullName);
    return reply.code(204).send();
  });

  api.get('/repos/:owner/:repo/topics', async request => ({
    names: repositoryOf(world, request).topics,
  }));
  api.put('/repos/:owner/:repo/topics', async request => {
    const repository = repositoryOf(world, request);
    const { names } = bodyOf(request, topicsSchema);
    const bad = names.find(name => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name));
    if (bad !== undefined) {
      throw new HttpError(
        422,
        'Repository topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.',
        { documentationUrl: `${DOCS}#replace-all-repository-topics` },
      );
    }
    repository.topics = [...new Set(names)];
    world.github.save();
    return { names: repository.topics };
  });

  api.get('/repos/:owner/:repo/languages', async request => {
    const languages = await languagesOf(world, repositoryOf(world, request));
    return Object.fromEntries(
      languages.map(({ name, bytes }) => [name, bytes]),
    );
  });

  for (const [format, extension] of [
    ['tarball', 'tar.gz'],
    ['zipball', 'zip'],
  ]) {
    const redirect = async (request: any, reply: any) => {
      const repository = repositoryOf(world, request);
      const ref = (request.params as { '*'?: string })['*'] ?? '';
      const sha = await commitOf(world, repository, ref, {
        status: 404,
        message: 'Not Found',
      });
      const target = `${world.urls.github}/_codeload/${repository.fullName}/legacy.${extension}/${sha}`;
      return reply.redirect(target, 302);
    };
    api.get(`/repos/:owner/:repo/${format}`, redirect);
    api.get(`/repos/:owner/:repo/${format}/*`, redirect);
  }
}

function validName(name: string): boolean {
  return name.length > 0 && name.length <= 100 && !/^\.+$|\.git$/.test(name);
}

function applySettings(
  repository: GithubRepository,
  input: z.output<typeof settingsSchema>,
) {
  if (input.description !== undefined) {
    repository.description = input.description ?? undefined;
  }
  if (input.homepage !== undefined) {
    repository.homepage = input.homepage ?? undefined;
  }
  if (input.private !== undefined || input.visibility !== undefined) {
    repository.private = input.visibility
      ? input.visibility !== 'public'
      : Boolean(input.private);
  }
  repository.defaultBranch = input.default_branch ?? repository.defaultBranch;
  repository.archived = input.archived ?? repository.archived;
  for (const [key, value] of Object.entries(input)) {
    if (SWITCHES.test(key) && value !== undefined && value !== null) {
      repository.settings[key] = value;
    }
  }
}

function invalid(field: string, message: string, code: string): HttpError {
  return new HttpError(
    422,
    code === 'custom' && field === 'name'
      ? 'Repository creation failed.'
      : 'Validation Failed',
    {
      documentationUrl: `${DOCS}#create-an-organization-repository`,
      errors: [{ resource: 'Repository', code, field, message }],
    },
  );
}

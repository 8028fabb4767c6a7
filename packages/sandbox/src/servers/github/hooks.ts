import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { GithubRepository, Webhook } from '../../world/GithubState';
import { GitPush, World } from '../../world/types';
import { HttpError } from '../createServer';
import { bodyOf, GithubContext, page, repositoryOf } from './context';
import {
  commitShape,
  fullRepository,
  repositoryApiUrl,
  repositoryUrl,
  userByLogin,
} from './shapes';

/** GitHub gives up on a receiver after this long. */
const TIMEOUT_MS = 10_000;

const hookSchema = z.object({
  name: z.literal('web').optional(),
  active: z.boolean().default(true),
  events: z.array(z.string()).default(['push']),
  config: z.object({
    url: z.string(),
    content_type: z.string().optional(),
    secret: z.string().optional(),
    insecure_ssl: z
      .union([z.string(), z.number()])
      .transform(String)
      .optional(),
  }),
});

/** Webhooks of repositories. They are delivered on loopback only. */
export function hookRoutes({ world, api }: GithubContext): void {
  const shape = (repository: GithubRepository, hook: Webhook) => {
    const url = `${repositoryApiUrl(world, repository)}/hooks/${hook.id}`;
    return {
      type: 'Repository',
      id: hook.id,
      name: hook.name,
      active: hook.active,
      events: hook.events,
      config: {
        ...hook.config,
        ...(hook.config.secret ? { secret: '********' } : {}),
      },
      updated_at: hook.createdAt,
      created_at: hook.createdAt,
      url,
      test_url: `${url}/test`,
      ping_url: `${url}/pings`,
      deliveries_url: `${url}/deliveries`,
      last_response: hook.lastResponse ?? {
        code: null,
        status: 'unused',
        message: null,
      },
    };
  };
  const hookOf = (request: any) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const hook = repository.hooks.find(
      candidate => candidate.id === Number(id),
    );
    if (!hook) {
      throw new HttpError(404, 'Not Found');
    }
    return { repository, hook };
  };

  api.get('/repos/:owner/:repo/hooks', async (request, reply) => {
    const repository = repositoryOf(world, request);
    return page(request, reply, repository.hooks).map(hook =>
      shape(repository, hook),
    );
  });
  api.post('/repos/:owner/:repo/hooks', async (request, reply) => {
    const repository = repositoryOf(world, request);
    const input = bodyOf(request, hookSchema);
    if (!isLoopback(input.config.url)) {
      throw new HttpError(
        422,
        `The sandbox delivers webhooks on loopback only; ${input.config.url} is elsewhere`,
      );
    }
    if (repository.hooks.some(hook => hook.config.url === input.config.url)) {
      throw new HttpError(422, 'Validation Failed', {
        errors: [
          {
            resource: 'Hook',
            code: 'custom',
            message: 'Hook already exists on this repository',
          },
        ],
      });
    }
    const hook: Webhook = {
      id: world.github.nextId(),
      name: 'web',
      active: input.active,
      events: input.events,
      config: input.config,
      createdAt: world.clock.now().toISOString(),
    };
    repository.hooks.push(hook);
    world.github.save();
    return reply.code(201).send(shape(repository, hook));
  });
  api.get('/repos/:owner/:repo/hooks/:id', async request => {
    const { repository, hook } = hookOf(request);
    return shape(repository, hook);
  });
  api.delete('/repos/:owner/:repo/hooks/:id', async (request, reply) => {
    const { repository, hook } = hookOf(request);
    repository.hooks = repository.hooks.filter(other => other !== hook);
    world.github.save();
    return reply.code(204).send();
  });
}

/** Sends a signed `push` event to the hooks of a repository whose ref has moved. */
export function deliverWebhooks(world: World): void {
  const onPush = (push: GitPush) => {
    const repository = world.github.repository(push.repository);
    const hooks = repository?.hooks.filter(
      hook =>
        hook.active &&
        hook.events.some(name => name === 'push' || name === '*'),
    );
    if (repository && hooks?.length) {
      pushPayload(world, repository, push)
        .then(payload =>
          Promise.all(hooks.map(hook => deliver(world, hook, payload))),
        )
        .catch(error => world.report('a webhook could not be sent', error));
    }
  };
  world.git.events.on('push', onPush);
  world.onClose(() => {
    world.git.events.off('push', onPush);
  });
}

async function pushPayload(
  world: World,
  repository: GithubRepository,
  push: GitPush,
) {
  const none = '0'.repeat(40);
  const commits = push.after
    ? await world.git.log(repository.fullName, push.after, { limit: 20 })
    : [];
  const last = commits.findIndex(commit => commit.sha === push.before);
  const fresh = commits.slice(0, last < 0 ? 1 : last).reverse();
  return {
    ref: push.ref,
    before: push.before ?? none,
    after: push.after ?? none,
    created: !push.before,
    deleted: !push.after,
    forced: false,
    compare: `${repositoryUrl(world, repository)}/compare/${
      push.before ?? none
    }...${push.after ?? none}`,
    commits: fresh.map(commit => ({
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      url: commitShape(world, repository, commit).html_url,
      author: commit.author,
      committer: commit.committer,
    })),
    repository: fullRepository(world, repository),
    pusher: { name: fresh[0]?.committer.name ?? 'fairway-portal' },
    sender: userByLogin(world, 'fairway-portal'),
  };
}

async function deliver(world: World, hook: Webhook, payload: object) {
  const body = JSON.stringify(payload);
  const sign = (algorithm: string) =>
    createHmac(algorithm, hook.config.secret!).update(body).digest('hex');
  try {
    const response = await fetch(hook.config.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/sandbox',
        'x-github-event': 'push',
        'x-github-delivery': randomUUID(),
        'x-github-hook-id': String(hook.id),
        ...(hook.config.secret
          ? {
              'x-hub-signature': `sha1=${sign('sha1')}`,
              'x-hub-signature-256': `sha256=${sign('sha256')}`,
            }
          : {}),
      },
      body,
    });
    await response.body?.cancel();
    hook.lastResponse = {
      code: response.status,
      status: response.ok ? 'active' : 'failed',
      message: response.statusText,
    };
  } catch (error) {
    hook.lastResponse = {
      code: null,
      status: 'connection_error',
      message: (error as Error).message,
    };
  }
  world.github.save();
}

function isLoopback(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return (
      /^https?:$/.test(protocol) &&
      (hostname === 'localhost' ||
        hostname === '[::1]' ||
        /^127(\.\d+){3}$/.test(hostname))
    );
  } catch {
    return false;
  }
}

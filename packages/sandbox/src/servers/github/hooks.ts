import { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  GithubRepository,
  HookDelivery,
  Webhook,
} from '../../world/github/githubTypes';
import { HttpError } from '../createServer';
import {
  bodyOf,
  byId,
  GithubContext,
  page,
  repositoryOf,
  text,
} from './context';
import { eventRepository } from './repositoryShapes';
import { repositoryApiUrl, userByLogin } from './shapes';
import { deliver } from './webhookDelivery';
import { pushPayload } from './webhookPayloads';

const configSchema = z.object({
  url: text,
  content_type: z.enum(['json', 'form']).optional(),
  secret: text.optional(),
  insecure_ssl: z.union([z.string(), z.number()]).transform(String).optional(),
});
const hookSchema = z.object({
  name: z.literal('web').nullish(),
  active: z.boolean().default(true),
  events: z.array(text).default(['push']),
  config: configSchema,
});
const changeSchema = z.object({
  active: z.boolean().optional(),
  events: z.array(text).optional(),
  add_events: z.array(text).optional(),
  remove_events: z.array(text).optional(),
  config: configSchema.optional(),
});

const HOOK = '/repos/:owner/:repo/hooks/:id';

/** Webhooks of repositories and what was delivered. They are delivered on loopback only. */
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
        content_type: 'form',
        insecure_ssl: '0',
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
  const hookOf = (request: FastifyRequest) => {
    const repository = repositoryOf(world, request);
    const { id } = request.params as { id: string };
    const hook = byId(repository.hooks, id);
    return { repository, hook };
  };
  const ping = (repository: GithubRepository, hook: Webhook) =>
    deliver(world, hook, 'ping', {
      zen: 'Keep it logically awesome.',
      hook_id: hook.id,
      hook: shape(repository, hook),
      repository: eventRepository(world, repository),
      sender: userByLogin(world, 'fairway-portal'),
    });
  const later = (task: Promise<unknown>) => {
    task.catch(error => world.report('a webhook could not be sent', error));
  };
  const onlyLoopback = (url: string) => {
    if (!isLoopback(url)) {
      throw new HttpError(
        422,
        `The sandbox delivers webhooks on loopback only; ${url} is elsewhere`,
      );
    }
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
    onlyLoopback(input.config.url);
    const twin = repository.hooks.some(
      hook =>
        hook.config.url === input.config.url &&
        hook.events.some(event => input.events.includes(event)),
    );
    if (twin) {
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
      deliveries: [],
    };
    repository.hooks.push(hook);
    world.github.save();
    later(ping(repository, hook));
    return reply.code(201).send(shape(repository, hook));
  });
  api.get(HOOK, async request => {
    const { repository, hook } = hookOf(request);
    return shape(repository, hook);
  });
  api.patch(HOOK, async request => {
    const { repository, hook } = hookOf(request);
    const input = bodyOf(request, changeSchema);
    if (input.config) {
      onlyLoopback(input.config.url);
      hook.config = input.config;
    }
    hook.active = input.active ?? hook.active;
    hook.events = [
      ...new Set([
        ...(input.events ?? hook.events),
        ...(input.add_events ?? []),
      ]),
    ].filter(event => !input.remove_events?.includes(event));
    world.github.save();
    return shape(repository, hook);
  });
  api.delete(HOOK, async (request, reply) => {
    const { repository, hook } = hookOf(request);
    repository.hooks = repository.hooks.filter(other => other !== hook);
    world.github.save();
    return reply.code(204).send();
  });
  api.post(`${HOOK}/pings`, async (request, reply) => {
    const { repository, hook } = hookOf(request);
    later(ping(repository, hook));
    return reply.code(204).send();
  });
  api.post(`${HOOK}/tests`, async (request, reply) => {
    const { repository, hook } = hookOf(request);
    const ref = `refs/heads/${repository.defaultBranch}`;
    const after = await world.git.resolve(repository.fullName, ref);
    if (after && hook.events.some(event => event === 'push' || event === '*')) {
      const [head] = await world.git.log(repository.fullName, after, {
        limit: 1,
      });
      later(
        pushPayload(world, repository, {
          repository: repository.fullName,
          ref,
          before: head.parents[0],
          after,
        }).then(payload => deliver(world, hook, 'push', payload)),
      );
    }
    return reply.code(204).send();
  });

  const item = (repository: GithubRepository, delivery: HookDelivery) => ({
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action ?? null,
    installation_id: null,
    repository_id: repository.id,
    throttled_at: null,
  });
  const deliveryOf = (request: FastifyRequest) => {
    const { repository, hook } = hookOf(request);
    const { delivery: id } = request.params as { delivery: string };
    const delivery = byId(hook.deliveries, id);
    return { repository, hook, delivery };
  };
  api.get(`${HOOK}/deliveries`, async (request, reply) => {
    const { repository, hook } = hookOf(request);
    return page(request, reply, hook.deliveries).map(delivery =>
      item(repository, delivery),
    );
  });
  api.get(`${HOOK}/deliveries/:delivery`, async request => {
    const { repository, hook, delivery } = deliveryOf(request);
    return {
      ...item(repository, delivery),
      url: hook.config.url,
      request: delivery.request,
      response: delivery.response,
    };
  });
  api.post(`${HOOK}/deliveries/:delivery/attempts`, async (request, reply) => {
    const { hook, delivery } = deliveryOf(request);
    later(
      deliver(world, hook, delivery.event, delivery.request.payload, delivery),
    );
    return reply.code(202).send({});
  });
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

import { createHmac, randomUUID } from 'node:crypto';
import { GithubEvent } from '../../world/github/githubEvents';
import {
  GithubRepository,
  HookDelivery,
  Webhook,
} from '../../world/github/githubTypes';
import { followHead, headRepositoryOf } from '../../world/github/pullRequests';
import { GitPush, World } from '../../world/types';
import { eventPayload, pushPayload, refPayload } from './webhookPayloads';

/** GitHub gives up on a receiver after this long. */
const TIMEOUT_MS = 10_000;
/** Deliveries that are remembered of each hook. */
const REMEMBERED = 50;

/** Sends what happens to the hooks that want it; each is tried once. */
export function deliverWebhooks(world: World): void {
  const tell = (task: Promise<void>) => {
    task.catch(error => world.report('a webhook could not be sent', error));
  };
  const onPush = (push: GitPush) => {
    const repository = world.github.repository(push.repository);
    if (repository && /^refs\/(heads|tags)\//.test(push.ref)) {
      tell(tellOfPush(world, repository, push));
    }
  };
  const onEvent = (event: GithubEvent) => {
    tell(
      send(world, event.repository, event.name, () =>
        eventPayload(world, event),
      ),
    );
  };
  world.git.events.on('push', onPush);
  world.github.events.on('event', onEvent);
  world.onClose(() => {
    world.git.events.off('push', onPush);
    world.github.events.off('event', onEvent);
  });
}

async function tellOfPush(
  world: World,
  repository: GithubRepository,
  push: GitPush,
) {
  await Promise.all([
    send(world, repository, 'push', () => pushPayload(world, repository, push)),
    push.before
      ? undefined
      : send(world, repository, 'create', () =>
          refPayload(world, repository, push),
        ),
    push.after
      ? undefined
      : send(world, repository, 'delete', () =>
          refPayload(world, repository, push),
        ),
    synchronize(world, repository, push),
  ]);
}

/** Open pull requests of a branch follow it. */
async function synchronize(
  world: World,
  pushed: GithubRepository,
  push: GitPush,
) {
  const [, branch] = /^refs\/heads\/(.+)$/.exec(push.ref) ?? [];
  if (!branch || !push.before || !push.after) {
    return;
  }
  for (const repository of world.github.repositories()) {
    for (const pull of repository.pulls) {
      if (
        pull.state === 'open' &&
        pull.head === branch &&
        headRepositoryOf(world, repository, pull) === pushed
      ) {
        await followHead(world, repository, pull);
        pull.updatedAt = world.clock.now().toISOString();
        world.github.save();
        world.github.emit({
          name: 'pull_request',
          action: 'synchronize',
          repository,
          pull,
          sender: pull.user,
          details: { before: push.before, after: push.after },
        });
      }
    }
  }
}

async function send(
  world: World,
  repository: GithubRepository,
  event: string,
  payload: () => Promise<object>,
) {
  const hooks = repository.hooks.filter(
    hook =>
      hook.active &&
      hook.events.some(wanted => wanted === event || wanted === '*'),
  );
  if (hooks.length) {
    const body = await payload();
    await Promise.all(hooks.map(hook => deliver(world, hook, event, body)));
  }
}

/** Sends one event to one hook and remembers how it went. A redelivery keeps the GUID of the first attempt. */
export async function deliver(
  world: World,
  hook: Webhook,
  event: string,
  payload: object,
  again?: HookDelivery,
): Promise<HookDelivery> {
  const json = JSON.stringify(payload);
  const form = hook.config.content_type !== 'json';
  const body = form ? `payload=${encodeURIComponent(json)}` : json;
  const sign = (algorithm: string) =>
    createHmac(algorithm, hook.config.secret!).update(body).digest('hex');
  const headers: Record<string, string> = {
    accept: '*/*',
    'content-type': form
      ? 'application/x-www-form-urlencoded'
      : 'application/json',
    'user-agent': 'GitHub-Hookshot/sandbox',
    'x-github-event': event,
    'x-github-delivery': again?.guid ?? randomUUID(),
    'x-github-hook-id': String(hook.id),
    'x-github-hook-installation-target-type': 'repository',
    ...(hook.config.secret
      ? {
          'x-hub-signature': `sha1=${sign('sha1')}`,
          'x-hub-signature-256': `sha256=${sign('sha256')}`,
        }
      : {}),
  };
  const delivery: HookDelivery = {
    id: world.github.nextId(),
    guid: headers['x-github-delivery'],
    deliveredAt: world.clock.now().toISOString(),
    redelivery: again !== undefined,
    duration: 0,
    status: 'OK',
    statusCode: 0,
    event,
    action: (payload as { action?: string }).action,
    request: { headers, payload },
    response: { headers: {}, payload: '' },
  };
  const startedAt = Date.now();
  try {
    const response = await fetch(hook.config.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers,
      body,
    });
    delivery.statusCode = response.status;
    delivery.status = response.ok ? 'OK' : response.statusText;
    delivery.response = {
      headers: Object.fromEntries(response.headers),
      payload: (await response.text()).slice(0, 10_000),
    };
    hook.lastResponse = {
      code: response.status,
      status: response.ok ? 'active' : 'failed',
      message: response.statusText,
    };
  } catch (error) {
    const late = (error as Error).name === 'TimeoutError';
    delivery.status = late ? 'timed out' : 'failed to connect to host';
    hook.lastResponse = {
      code: null,
      status: late ? 'timeout' : 'connection_error',
      message: (error as Error).message,
    };
  }
  delivery.duration = (Date.now() - startedAt) / 1000;
  hook.deliveries = [delivery, ...hook.deliveries].slice(0, REMEMBERED);
  world.github.save();
  return delivery;
}

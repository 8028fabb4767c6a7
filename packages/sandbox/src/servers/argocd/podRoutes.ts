import { FastifyReply } from 'fastify';
import { containerLog } from '../../world/kubernetes/containerLogs';
import {
  KubeObject,
  groupOf,
  keyOf,
  kubeTime,
} from '../../world/kubernetes/KubeObject';
import { WORKLOAD_KINDS } from '../../world/kubernetes/workloads';
import { RESTARTED_AT } from '../../world/argocd/compare';
import { ArgocdError } from '../../world/argocd/ArgocdError';
import { Application } from '../../world/argocd/types';
import { jsonBody } from '../createServer';
import { Api, ApiRequest, rbacName, textOf } from './Api';
import { liveResource } from './resourceRoutes';

/** Lines that are sent unless `tailLines` says otherwise. */
const TAIL_LINES = 1000;
/** How often a log that is followed is looked at, ms. */
const FOLLOW_MS = 1000;

/** Logs of pods, and the actions on resources: restart, pause, resume, scale. */
export function addPodRoutes(api: Api): void {
  for (const path of ['/logs', '/pods/:podName/logs']) {
    api.route('GET', `/applications/:name${path}`, async (request, reply) => {
      const application = api.application(request);
      api.enforce(request, 'logs', 'get', rbacName(application));
      sendLogs(api, application, request, reply);
      return reply;
    });
  }

  const path = '/applications/:name/resource/actions';
  api.route('GET', path, async request => {
    const application = api.application(request);
    const object = liveResource(api, application, request);
    return { actions: actionsOf(object) };
  });

  const run = (
    request: ApiRequest,
    query: ApiRequest['query'],
    action: string,
    parameters: Record<string, string> = {},
  ) => {
    const application = api.application(request);
    const object = liveResource(api, application, {
      query,
    } as ApiRequest);
    const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
    api.enforce(
      request,
      'applications',
      `action/${kind}/${action}`,
      rbacName(application),
    );
    const known = actionsOf(object).find(a => a.name === action);
    if (!known || known.disabled) {
      throw new ArgocdError(
        'InvalidArgument',
        `action ${action} not available on ${object.kind} ${object.metadata.name}`,
      );
    }
    const cluster = api.engine.destination(application.spec);
    const changed = structuredClone(cluster.applied(keyOf(object))!);
    act(changed, action, parameters, api.world.clock.now());
    cluster.apply(changed);
    api.engine.watchHealth(application.metadata.name);
    api.engine.refreshLater(application.metadata.name);
    return {};
  };
  // The first takes the name of the action as its body, the second says all there.
  api.route('POST', path, async request =>
    run(request, request.query, String(jsonBody(request))),
  );
  api.route('POST', `${path}/v2`, async request => {
    const { action, resourceActionParameters, ...resource } = jsonBody(request);
    return run(
      request,
      resource,
      String(action),
      Object.fromEntries(
        (resourceActionParameters ?? []).map(
          (p: { name: string; value: string }) => [p.name, p.value],
        ),
      ),
    );
  });
}

function actionsOf(object: KubeObject) {
  if (!WORKLOAD_KINDS.has(object.kind)) {
    return [];
  }
  const restart = { name: 'restart', iconClass: 'fa fa-fw fa-redo' };
  if (object.kind !== 'Deployment') {
    return [{ ...restart, disabled: false }];
  }
  const paused = Boolean(object.spec?.paused);
  return [
    { name: 'pause', disabled: paused, iconClass: 'fa fa-fw fa-pause-circle' },
    { ...restart, disabled: false },
    { name: 'resume', disabled: !paused, iconClass: 'fa fa-fw fa-play-circle' },
    {
      name: 'scale',
      disabled: false,
      iconClass: 'fa fa-fw fa-plus-circle',
      params: [{ name: 'replicas' }],
    },
  ];
}

/** Changes a workload as the Lua script of an action does. */
function act(
  object: KubeObject,
  action: string,
  parameters: Record<string, string>,
  now: Date,
) {
  if (action === 'restart') {
    const { template } = object.spec;
    template.metadata = {
      ...template.metadata,
      annotations: {
        ...template.metadata?.annotations,
        [RESTARTED_AT]: kubeTime(now),
      },
    };
  } else if (action === 'scale') {
    if (!/^\d+$/.test(parameters.replicas ?? '')) {
      throw new ArgocdError(
        'InvalidArgument',
        `invalid number: ${parameters.replicas}`,
      );
    }
    object.spec.replicas = Number(parameters.replicas);
  } else {
    object.spec.paused = action === 'pause';
  }
}

/**
 * Sends the lines of the pods that are asked for, one JSON object a line, each
 * pod's in order; goes on while `follow` is set.
 */
function sendLogs(
  { engine, world }: Api,
  application: Application,
  { params, query }: ApiRequest,
  reply: FastifyReply,
) {
  const podName = params.podName ?? textOf(query.podName);
  const container = textOf(query.container);
  const filter = textOf(query.filter);
  const tail = Number(textOf(query.tailLines) || TAIL_LINES);
  const since = Number(textOf(query.sinceSeconds) || 0) * 1000;
  const owner = textOf(query.resourceName);
  const pods = engine
    .liveTree(application)
    .filter(
      o =>
        o.kind === 'Pod' &&
        (!podName || o.metadata.name === podName) &&
        (!owner || podName || belongsTo(o, owner)),
    );
  if (pods.length === 0) {
    throw new ArgocdError(
      'InvalidArgument',
      podName ? `pod ${podName} not found` : 'no pods found',
    );
  }
  const entriesUntil = (now: Date, after: number) =>
    pods.flatMap(pod => {
      const name = container || String(pod.spec?.containers?.[0]?.name ?? '');
      return containerLog(pod, name, now)
        .filter(
          line =>
            line.at.getTime() > after &&
            (!since || line.at.getTime() >= now.getTime() - since) &&
            (filter.startsWith('!')
              ? !line.text.includes(filter.slice(1))
              : line.text.includes(filter)),
        )
        .slice(-tail)
        .map(line => entry(pod, line.text, line.at, false));
    });

  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'application/json' });
  let seen = world.clock.now();
  entriesUntil(seen, 0).forEach(line => raw.write(line));
  if (textOf(query.follow) !== 'true') {
    raw.end(entry(pods.at(-1)!, '', seen, true));
    return;
  }
  const timer = setInterval(() => {
    const now = world.clock.now();
    entriesUntil(now, seen.getTime()).forEach(line => raw.write(line));
    seen = now;
  }, FOLLOW_MS);
  timer.unref();
  raw.on('close', () => clearInterval(timer));
}

function entry(pod: KubeObject, content: string, at: Date, last: boolean) {
  return `${JSON.stringify({
    result: {
      content,
      timeStamp: kubeTime(at),
      last,
      timeStampStr: at.toISOString(),
      podName: pod.metadata.name,
    },
  })}\n`;
}

/** A pod's name begins with that of the workload it belongs to. */
function belongsTo(pod: KubeObject, owner: string): boolean {
  return (
    pod.metadata.name === owner || pod.metadata.name.startsWith(`${owner}-`)
  );
}

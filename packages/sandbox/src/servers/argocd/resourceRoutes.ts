import {
  KubeObject,
  groupOf,
  kubeTime,
} from '../../world/kubernetes/KubeObject';
import { ArgocdError } from '../../world/argocd/ArgocdError';
import { ComparedResource } from '../../world/argocd/compare';
import {
  hasSeveralSources,
  repositoryOf,
  sourcesOf,
} from '../../world/argocd/sources';
import { Application } from '../../world/argocd/types';
import { HttpError } from '../createServer';
import { Api, ApiRequest, listOf, textOf } from './Api';
import { kubernetesEvents } from './kubernetesEvents';
import { selectFields } from './fields';
import { resourceTree } from './resourceTree';

/** What is behind an application: resources, manifests, revisions, events. */
export function addResourceRoutes(api: Api): void {
  const { engine } = api;
  const read = (
    path: string,
    handler: (application: Application, request: ApiRequest) => unknown,
  ) =>
    api.route('GET', `/applications/:name${path}`, async request =>
      handler(api.application(request), request),
    );

  read('/resource-tree', application =>
    resourceTree(engine.liveTree(application)),
  );

  read('/managed-resources', async (application, request) => {
    const items = await engine.comparedResources(application);
    const { query } = request;
    return selectFields(
      {
        items: items
          .map(managedResource)
          .filter(
            item =>
              (['group', 'kind', 'namespace'] as const).every(
                key => !textOf(query[key]) || textOf(query[key]) === item[key],
              ) &&
              (!textOf(query.name) || textOf(query.name) === item.name),
          ),
      },
      textOf(query.fields),
    );
  });

  read('/manifests', async (application, { query }) => {
    const { spec } = application;
    const several = hasSeveralSources(spec);
    const revisions: Array<string | undefined> = several
      ? []
      : [textOf(query.revision) || undefined];
    listOf(query.sourcePositions).forEach((position, index) => {
      const at = Number(position);
      if (!(at > 0 && at <= sourcesOf(spec).length)) {
        throw new ArgocdError('Unknown', 'source position is out of range');
      }
      revisions[at - 1] = listOf(query.revisions)[index] || undefined;
    });
    const state = await engine.targetState(application, { revisions });
    return {
      manifests: state.objects.map(object => JSON.stringify(object)),
      ...(several
        ? {}
        : { revision: state.revisions[0], sourceType: state.sourceTypes[0] }),
      namespace: spec.destination.namespace ?? '',
      server: spec.destination.server ?? '',
    };
  });

  read('/resource', (application, request) => ({
    manifest: JSON.stringify(liveResource(api, application, request)),
  }));

  read('/events', (application, { query }) => {
    const { name, namespace, uid: ownUid } = application.metadata;
    const uid = textOf(query.resourceUID);
    return {
      metadata: {},
      items: uid
        ? engine
            .destination(application.spec)
            .objects()
            .filter(o => o.kind === 'Event' && o.involvedObject.uid === uid)
        : kubernetesEvents(
            { kind: 'Application', name, namespace, uid: ownUid },
            engine.notes.of(name),
          ),
    };
  });

  read('/links', () => ({ items: [] }));

  read('/revisions/:revision/metadata', (application, request) =>
    revisionMetadata(api, application, request),
  );
}

/**
 * The live resource that a call names.
 *
 * @throws ArgocdError - it is no part of the application.
 */
export function liveResource(
  { engine }: Api,
  application: Application,
  { query }: ApiRequest,
): KubeObject {
  const [name, kind, group, namespace] = [
    query.resourceName,
    query.kind,
    query.group,
    query.namespace,
  ].map(textOf);
  const object = engine
    .liveTree(application)
    .find(
      o =>
        o.metadata.name === name &&
        o.kind === kind &&
        groupOf(o.apiVersion) === group &&
        (!namespace || o.metadata.namespace === namespace),
    );
  if (!object) {
    throw new ArgocdError(
      'InvalidArgument',
      `${kind} ${group} ${name} not found as part of application ${application.metadata.name}`,
    );
  }
  return object;
}

function managedResource({ target, live, applied, status }: ComparedResource) {
  const { apiVersion, kind, metadata } = (target ?? applied)!;
  const json = (value: unknown) =>
    value === undefined ? 'null' : JSON.stringify(value);
  return {
    group: groupOf(apiVersion),
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    targetState: json(target),
    liveState: json(live),
    normalizedLiveState: json(applied),
    predictedLiveState: json(target ?? applied),
    resourceVersion: live?.metadata.resourceVersion ?? '',
    modified: status === 'OutOfSync',
  };
}

/** Of the source that `sourceIndex` names; `versionId` names a deployment whose sources count. */
async function revisionMetadata(
  { world }: Api,
  { spec, status }: Application,
  { params, query }: ApiRequest,
) {
  const versionId = textOf(query.versionId);
  const index = Number(textOf(query.sourceIndex) || 0);
  let sources = sourcesOf(spec);
  if (versionId) {
    const entry = status.history?.find(h => String(h.id) === versionId);
    sources = entry ? entry.sources ?? [entry.source] : sources;
  }
  if (!sources[index]) {
    throw new HttpError(500, `source index ${index} not found`);
  }
  const repository = repositoryOf(sources[index].repoURL);
  const { revision } = params;
  const [commit] =
    world.git.has(repository) && (await world.git.resolve(repository, revision))
      ? await world.git.log(repository, revision, { limit: 1 })
      : [];
  if (!commit) {
    throw new HttpError(
      500,
      `error getting revision metadata: failed to checkout revision ${revision}: no such commit in ${repository}`,
    );
  }
  const tags = world.git
    .refs(repository)
    .filter(
      ref => ref.name.startsWith('refs/tags/') && ref.commit === commit.sha,
    )
    .map(ref => ref.name.slice('refs/tags/'.length));
  return {
    author: `${commit.author.name} <${commit.author.email}>`,
    date: kubeTime(new Date(commit.author.date)),
    message: commit.message.trim(),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

import { KubeObject, objectReference } from '../../world/kubernetes/KubeObject';
import { templateImages } from '../../world/kubernetes/workloads';
import { resourceHealth } from '../../world/argocd/health';

/** Live objects as nodes of Argo CD's tree, parents before children. */
export function resourceTree(objects: KubeObject[]): object {
  const byUid = new Map(objects.map(object => [object.metadata.uid, object]));
  return {
    nodes: objects.map(object => {
      const parents = (object.metadata.ownerReferences ?? []).flatMap(owner => {
        const parent = byUid.get(owner.uid);
        return parent ? [reference(parent)] : [];
      });
      const health = resourceHealth(object);
      const info = infoOf(object);
      const networkingInfo = networkingOf(object);
      return {
        ...reference(object),
        ...(parents.length > 0 ? { parentRefs: parents } : {}),
        ...(info.length > 0 ? { info } : {}),
        ...(object.kind === 'Pod'
          ? { images: [...new Set(templateImages(object))] }
          : {}),
        ...(networkingInfo ? { networkingInfo } : {}),
        resourceVersion: object.metadata.resourceVersion ?? '',
        ...(health ? { health } : {}),
        createdAt: object.metadata.creationTimestamp,
      };
    }),
    shardsCount: 1,
  };
}

function reference(object: KubeObject) {
  return { ...objectReference(object), uid: object.metadata.uid };
}

function infoOf(object: KubeObject): Array<{ name: string; value: string }> {
  if (object.kind === 'Pod') {
    const statuses: any[] = object.status?.containerStatuses ?? [];
    const reason = statuses.map(s => s.state?.waiting?.reason).find(Boolean);
    const restarts = statuses.reduce((sum, s) => sum + s.restartCount, 0);
    return [
      { name: 'Status Reason', value: reason ?? object.status.phase },
      { name: 'Node', value: object.spec.nodeName },
      {
        name: 'Containers',
        value: `${statuses.filter(s => s.ready).length}/${statuses.length}`,
      },
      ...(restarts > 0
        ? [{ name: 'Restart Count', value: String(restarts) }]
        : []),
    ];
  }
  const revision =
    object.metadata.annotations?.['deployment.kubernetes.io/revision'];
  return revision ? [{ name: 'Revision', value: `Rev:${revision}` }] : [];
}

function networkingOf(object: KubeObject): object | undefined {
  switch (object.kind) {
    case 'Pod':
      return { labels: object.metadata.labels ?? {} };
    case 'Service':
      return { targetLabels: object.spec?.selector ?? {} };
    default:
      return undefined;
  }
}

import { stableUid } from '../../world/kubernetes/ids';
import { ArgocdEngine } from '../../world/argocd/ArgocdEngine';
import { Application } from '../../world/argocd/types';

/** What happened to an application lately, as Kubernetes events. */
export function applicationEvents(
  engine: ArgocdEngine,
  application: Application,
): object[] {
  const { name, namespace, uid } = application.metadata;
  return engine.notesOf(name).map(({ reason, message, at }, index) => ({
    metadata: {
      name: `${name}.${index}`,
      namespace,
      uid: stableUid(`${uid}/${at}/${index}`),
      creationTimestamp: at,
    },
    involvedObject: {
      kind: 'Application',
      namespace,
      name,
      uid,
      apiVersion: 'argoproj.io/v1alpha1',
    },
    reason,
    message,
    type: reason === 'OperationFailed' ? 'Warning' : 'Normal',
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component: 'argocd-application-controller' },
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  }));
}

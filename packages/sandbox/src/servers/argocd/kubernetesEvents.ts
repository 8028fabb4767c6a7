import { stableUid } from '../../world/kubernetes/ids';
import { ApplicationNote } from '../../world/argocd/ApplicationNotes';

/** What an event is about. */
export interface InvolvedObject {
  kind: 'Application' | 'AppProject';
  name: string;
  namespace: string;
  uid?: string;
}

/** What happened to an application or a project lately, as Kubernetes events. */
export function kubernetesEvents(
  involved: InvolvedObject,
  notes: ApplicationNote[],
): object[] {
  const { name, namespace, uid } = involved;
  return notes.map(({ reason, message, component, at }, index) => ({
    metadata: {
      name: `${name}.${index}`,
      namespace,
      uid: stableUid(`${uid}/${at}/${index}`),
      creationTimestamp: at,
    },
    involvedObject: { ...involved, apiVersion: 'argoproj.io/v1alpha1' },
    reason,
    message,
    type: reason === 'OperationFailed' ? 'Warning' : 'Normal',
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component },
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  }));
}

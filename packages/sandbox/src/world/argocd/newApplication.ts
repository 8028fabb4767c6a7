import { stableUid } from '../kubernetes/ids';
import { kubeTime } from '../kubernetes/KubeObject';
import { hasSeveralSources, NO_SOURCE } from './sources';
import { Application, ApplicationSpec } from './types';

/** Namespace that Argo CD and its applications live in. */
export const ARGOCD_NAMESPACE = 'argocd';

/** An application as it is applied: what people write of it. */
export interface ApplicationInput {
  metadata: Application['metadata'];
  spec: ApplicationSpec;
}

/** An application that nothing has looked at yet. */
export function newApplication(
  { metadata: { name }, spec }: ApplicationInput,
  at: Date,
): Application {
  const created = kubeTime(at);
  return {
    metadata: {
      name,
      namespace: ARGOCD_NAMESPACE,
      uid: stableUid(`application/${name}/${created}`),
      creationTimestamp: created,
      generation: 0,
    },
    spec,
    status: {
      sync: {
        status: 'Unknown',
        comparedTo: {
          source: spec.source ?? NO_SOURCE,
          ...(hasSeveralSources(spec) ? { sources: spec.sources } : {}),
          destination: spec.destination,
        },
      },
      health: { status: 'Missing', lastTransitionTime: created },
      summary: {},
      controllerNamespace: ARGOCD_NAMESPACE,
    },
  };
}

/** Puts what people write into an application; what Argo CD writes stays. */
export function applyInput(
  application: Application,
  { metadata, spec }: ApplicationInput,
): void {
  const { labels, annotations, finalizers, ownerReferences } = metadata;
  Object.assign(application.metadata, {
    labels,
    annotations,
    finalizers,
    ownerReferences: ownerReferences ?? application.metadata.ownerReferences,
    generation: (application.metadata.generation ?? 0) + 1,
  });
  application.spec = structuredClone(spec);
}

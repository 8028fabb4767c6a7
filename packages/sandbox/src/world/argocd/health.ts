import { KubeObject, groupOf } from '../kubernetes/KubeObject';
import { HealthStatus, HealthStatusCode } from './types';

/** From best to worst: an application is as well as its worst resource. */
const ORDER: HealthStatusCode[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
];

/** The worst of several health codes; `Healthy` for none. */
export function worstHealth(codes: HealthStatusCode[]): HealthStatusCode {
  return codes.reduce<HealthStatusCode>(
    (worst, code) =>
      ORDER.indexOf(code) > ORDER.indexOf(worst) ? code : worst,
    'Healthy',
  );
}

const healthy = (message?: string): HealthStatus => ({
  status: 'Healthy',
  ...(message ? { message } : {}),
});
const progressing = (message: string): HealthStatus => ({
  status: 'Progressing',
  message,
});
const degraded = (message: string): HealthStatus => ({
  status: 'Degraded',
  message,
});

const checks: Record<string, (object: KubeObject) => HealthStatus> = {
  'apps/Deployment': object => {
    const { spec = {}, status = {}, metadata } = object;
    if (spec.paused) {
      return { status: 'Suspended', message: 'Deployment is paused' };
    }
    const wanted = spec.replicas ?? 1;
    const updated = status.updatedReplicas ?? 0;
    const total = status.replicas ?? 0;
    const available = status.availableReplicas ?? 0;
    const progress = status.conditions?.find(
      (c: any) => c.type === 'Progressing',
    );
    if (progress?.reason === 'ProgressDeadlineExceeded') {
      return degraded(
        `Deployment "${metadata.name}" exceeded its progress deadline`,
      );
    }
    if (updated < wanted) {
      return progressing(
        `Waiting for rollout to finish: ${updated} out of ${wanted} new replicas have been updated...`,
      );
    }
    if (total > updated) {
      return progressing(
        `Waiting for rollout to finish: ${
          total - updated
        } old replicas are pending termination...`,
      );
    }
    if (available < updated) {
      return progressing(
        `Waiting for rollout to finish: ${available} of ${updated} updated replicas are available...`,
      );
    }
    return healthy();
  },

  'apps/ReplicaSet': ({ spec = {}, status = {} }) => {
    const wanted = spec.replicas ?? 0;
    const available = status.availableReplicas ?? 0;
    return available < wanted
      ? progressing(
          `Waiting for rollout to finish: ${available} out of ${wanted} new replicas are available...`,
        )
      : healthy();
  },

  'apps/StatefulSet': ({ spec = {}, status = {} }) => {
    const wanted = spec.replicas ?? 1;
    const ready = status.readyReplicas ?? 0;
    return ready < wanted
      ? progressing(`Waiting for ${wanted - ready} pods to be ready...`)
      : healthy(
          `statefulset rolling update complete ${ready} pods at revision ${status.currentRevision}...`,
        );
  },

  'apps/DaemonSet': ({ metadata, status = {} }) =>
    status.numberAvailable < status.desiredNumberScheduled
      ? progressing(
          `Waiting for daemon set "${metadata.name}" rollout to finish: ${status.numberAvailable} of ${status.desiredNumberScheduled} updated pods are available...`,
        )
      : healthy(),

  '/Pod': ({ status = {} }) => {
    const waiting = status.containerStatuses
      ?.map((c: any) => c.state?.waiting)
      .find(
        (w: any) =>
          w && /^(ErrImagePull|.*BackOff|.*Error)$/.test(String(w.reason)),
      );
    if (waiting) {
      return degraded(waiting.message);
    }
    const ready = status.conditions?.find((c: any) => c.type === 'Ready');
    return status.phase === 'Running' && ready?.status === 'True'
      ? healthy()
      : progressing(ready?.message ?? '');
  },

  '/Service': ({ spec = {}, status = {} }) =>
    spec.type === 'LoadBalancer' && !status.loadBalancer?.ingress?.length
      ? { status: 'Progressing' }
      : healthy(),

  'networking.k8s.io/Ingress': ({ status = {} }) =>
    status.loadBalancer?.ingress?.length
      ? healthy()
      : { status: 'Progressing' },

  '/PersistentVolumeClaim': ({ status = {} }) =>
    status.phase === 'Bound' ? healthy() : { status: 'Progressing' },

  'autoscaling/HorizontalPodAutoscaler': () =>
    healthy('recommended size matches current size'),

  'batch/Job': ({ status = {} }) => {
    const conditions: any[] = status.conditions ?? [];
    const of = (type: string) => conditions.find(c => c.type === type);
    if (of('Failed')) {
      return degraded(of('Failed').message ?? '');
    }
    if (of('Suspended')?.status === 'True') {
      return { status: 'Suspended', message: of('Suspended').message ?? '' };
    }
    return of('Complete') ? healthy(of('Complete').message) : progressing('');
  },
};

/**
 * How a live resource is, by the rules and in the words of Argo CD's built-in
 * checks; undefined for kinds that have none (such as ConfigMap).
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
export function resourceHealth(object: KubeObject): HealthStatus | undefined {
  return checks[`${groupOf(object.apiVersion)}/${object.kind}`]?.(object);
}

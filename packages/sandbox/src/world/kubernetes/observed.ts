import { KubeObject } from './KubeObject';
import { podMetrics } from './metrics';
import { parseQuantity } from './quantities';
import { withUsage } from './statuses';

/** The autoscaler looks this often; between, its status stays. */
const LOOK_MS = 30_000;

/** The moment of a look at a cluster. */
export interface Look {
  now: Date;
  /** Whether the cluster has counted what its quotas limit. */
  counted: boolean;
}

/** Kinds whose status tells what others in the cluster do. */
const OBSERVERS: Record<
  string,
  (object: KubeObject, live: KubeObject[], look: Look) => KubeObject
> = {
  HorizontalPodAutoscaler: withCurrentMetrics,
  PodDisruptionBudget: withHealthyPods,
  ResourceQuota: withUsage,
};

/**
 * The object with what it observes: a quota with what is used, an autoscaler
 * with current metrics, a budget with its healthy pods. Others as they are.
 *
 * @param live - workloads and pods of the cluster at that moment
 */
export function observed(
  object: KubeObject,
  live: KubeObject[],
  look: Look,
): KubeObject {
  return OBSERVERS[object.kind]?.(object, live, look) ?? object;
}

/** Whether the status of an object depends on others. */
export const isObserver = ({ kind }: KubeObject): boolean => kind in OBSERVERS;

function withCurrentMetrics(
  autoscaler: KubeObject,
  live: KubeObject[],
  { now }: Look,
): KubeObject {
  const { namespace, creationTimestamp } = autoscaler.metadata;
  const { scaleTargetRef: target, metrics = [] } = autoscaler.spec;
  const workload = live.find(
    ({ kind, metadata }) =>
      kind === target?.kind &&
      metadata.name === target.name &&
      metadata.namespace === namespace,
  );
  const condition = (
    type: string,
    status: boolean,
    reason: string,
    message: string,
  ) => ({
    type,
    status: status ? 'True' : 'False',
    reason,
    message,
    lastTransitionTime: creationTimestamp,
  });
  if (!workload) {
    return {
      ...autoscaler,
      status: {
        currentReplicas: 0,
        desiredReplicas: 0,
        currentMetrics: null,
        conditions: [
          condition(
            'AbleToScale',
            false,
            'FailedGetScale',
            `the HPA controller was unable to get the target's current scale: deployments.apps "${target?.name}" not found`,
          ),
        ],
      },
    };
  }
  const pods = selected(workload.spec?.selector?.matchLabels, namespace, live);
  const looked = new Date(Math.floor(now.getTime() / LOOK_MS) * LOOK_MS);
  const current = metrics.flatMap(({ type, resource }: any) => {
    const usage =
      type === 'Resource' && utilization(pods, resource.name, looked);
    return usage
      ? [{ type, resource: { name: resource.name, current: usage } }]
      : [];
  });
  const replicas = workload.status?.replicas ?? 0;
  const limited = () => {
    const { minReplicas = 1, maxReplicas } = autoscaler.spec;
    if (replicas <= minReplicas) {
      return condition(
        'ScalingLimited',
        true,
        'TooFewReplicas',
        'the desired replica count is less than the minimum replica count',
      );
    }
    return replicas >= maxReplicas
      ? condition(
          'ScalingLimited',
          true,
          'TooManyReplicas',
          'the desired replica count is more than the maximum replica count',
        )
      : condition(
          'ScalingLimited',
          false,
          'DesiredWithinRange',
          'the desired count is within the acceptable range',
        );
  };
  return {
    ...autoscaler,
    status: {
      currentReplicas: replicas,
      desiredReplicas: replicas,
      currentMetrics: current.length > 0 ? current : null,
      conditions: [
        condition(
          'AbleToScale',
          true,
          'ReadyForNewScale',
          'recommended size matches current size',
        ),
        current.length > 0
          ? condition(
              'ScalingActive',
              true,
              'ValidMetricFound',
              'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
            )
          : condition(
              'ScalingActive',
              false,
              'FailedGetResourceMetric',
              'the HPA was unable to compute the replica count: no metrics returned from resource metrics API',
            ),
        limited(),
      ],
    },
  };
}

/** Mean use of a resource by the pods, of what they request. */
function utilization(pods: KubeObject[], resource: string, now: Date) {
  let used = 0;
  let requested = 0;
  let measured = 0;
  for (const pod of pods) {
    const metrics = podMetrics(pod, now);
    if (metrics) {
      measured += 1;
      for (const container of metrics.containers) {
        const usage = container.usage[resource];
        used += usage?.endsWith('n')
          ? parseInt(usage, 10) / 1e9
          : parseQuantity(usage);
      }
      for (const container of pod.spec.containers) {
        requested += parseQuantity(container.resources?.requests?.[resource]);
      }
    }
  }
  if (measured === 0 || requested === 0) {
    return undefined;
  }
  const mean = used / measured;
  return {
    averageUtilization: Math.round((100 * used) / requested),
    averageValue:
      resource === 'cpu'
        ? `${Math.round(mean * 1000)}m`
        : String(Math.round(mean)),
  };
}

function withHealthyPods(budget: KubeObject, live: KubeObject[]): KubeObject {
  const { namespace, creationTimestamp, generation = 1 } = budget.metadata;
  const { selector, minAvailable, maxUnavailable } = budget.spec;
  const pods = selected(selector?.matchLabels, namespace, live);
  const healthy = pods.filter(pod =>
    pod.status.conditions?.some(
      (c: any) => c.type === 'Ready' && c.status === 'True',
    ),
  ).length;
  const share = (value: unknown) =>
    String(value).endsWith('%')
      ? Math.ceil((pods.length * parseInt(String(value), 10)) / 100)
      : Number(value);
  const desired =
    minAvailable === undefined
      ? Math.max(0, pods.length - share(maxUnavailable ?? 0))
      : share(minAvailable);
  const allowed = Math.max(0, healthy - desired);
  return {
    ...budget,
    status: {
      observedGeneration: generation,
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      expectedPods: pods.length,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: allowed > 0 ? 'True' : 'False',
          reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
          message: '',
          observedGeneration: generation,
          lastTransitionTime: creationTimestamp,
        },
      ],
    },
  };
}

function selected(
  labels: Record<string, string> | undefined,
  namespace: string | undefined,
  live: KubeObject[],
): KubeObject[] {
  return live.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' &&
      metadata.namespace === namespace &&
      Object.entries(labels ?? {}).every(
        ([key, value]) => metadata.labels?.[key] === value,
      ),
  );
}

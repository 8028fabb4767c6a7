import { KubeObject } from './KubeObject';

type Amounts = Record<string, string>;

/**
 * A pod as the LimitRanger admits it: containers that ask for nothing get what
 * the namespace's limit range says, and the pod tells which. The class of its
 * quality of service follows from what came of it.
 *
 * @see https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export function admitted(
  pod: KubeObject,
  limitRanges: KubeObject[],
): KubeObject {
  const defaults = limitRanges
    .filter(range => range.metadata.namespace === pod.metadata.namespace)
    .flatMap(range => range.spec?.limits ?? [])
    .find(limit => limit.type === 'Container');
  const set: string[] = [];
  const containers = (pod.spec.containers ?? []).map((container: any) => {
    const { requests = {}, limits = {} } = container.resources ?? {};
    const asked = {
      // The API server takes a limit for a request that is missing.
      requests: { ...defaults?.defaultRequest, ...limits, ...requests },
      limits: { ...defaults?.default, ...limits },
    };
    const note = (what: string, before: Amounts, after: Amounts) => {
      const added = Object.keys(after).filter(name => !(name in before));
      if (added.length > 0) {
        set.push(
          `${added.sort().join(', ')} ${what} for container ${container.name}`,
        );
      }
    };
    note('request', { ...limits, ...requests }, asked.requests);
    note('limit', limits, asked.limits);
    const resources = Object.fromEntries(
      Object.entries(asked).filter(
        ([, amounts]) => Object.keys(amounts).length > 0,
      ),
    );
    return { ...container, resources };
  });
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(set.length > 0
        ? {
            annotations: {
              ...pod.metadata.annotations,
              'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${set.join(
                '; ',
              )}`,
            },
          }
        : {}),
    },
    spec: { ...pod.spec, containers },
    status: { ...pod.status, qosClass: qosClassOf(containers) },
  };
}

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClassOf(containers: any[]): string {
  const amounts = containers.flatMap(({ resources }) => [
    ...Object.values(resources.requests ?? {}),
    ...Object.values(resources.limits ?? {}),
  ]);
  if (amounts.length === 0) {
    return 'BestEffort';
  }
  const isGuaranteed = containers.every(({ resources }) =>
    ['cpu', 'memory'].every(
      name =>
        resources.limits?.[name] !== undefined &&
        resources.limits[name] === resources.requests?.[name],
    ),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

import { stableUid } from './ids';
import { cpuQuantity, memoryQuantity, parseQuantity } from './quantities';
import { KubeObject } from './KubeObject';

/** Statuses of kinds whose controllers are not played in more detail. */
const STATUSES: Record<string, (object: KubeObject) => any> = {
  Namespace: () => ({ phase: 'Active' }),
  Service: object => ({
    loadBalancer:
      object.spec?.type === 'LoadBalancer'
        ? { ingress: [{ hostname: loadBalancerName(object) }] }
        : {},
  }),
  Ingress: object => ({
    loadBalancer: { ingress: [{ hostname: loadBalancerName(object) }] },
  }),
  PersistentVolumeClaim: object => ({
    phase: 'Bound',
    accessModes: object.spec?.accessModes,
    capacity: object.spec?.resources?.requests,
  }),
  Job: object => ({
    startTime: object.metadata.creationTimestamp,
    completionTime: object.metadata.creationTimestamp,
    succeeded: object.spec?.completions ?? 1,
    conditions: [
      {
        type: 'Complete',
        status: 'True',
        lastTransitionTime: object.metadata.creationTimestamp,
      },
    ],
  }),
  CronJob: () => ({}),
};

/** What the API server fills in: an address, a type, protocols. */
export function serviceSpec(object: KubeObject): unknown {
  const uid = stableUid(String(object.metadata.uid));
  const address = `172.20.${parseInt(uid.slice(0, 2), 16)}.${parseInt(
    uid.slice(2, 4),
    16,
  )}`;
  return {
    type: 'ClusterIP',
    ...(object.spec?.type === 'ExternalName'
      ? {}
      : { clusterIP: address, clusterIPs: [address] }),
    sessionAffinity: 'None',
    ...object.spec,
    ports: object.spec?.ports?.map((port: any) => ({
      protocol: 'TCP',
      targetPort: port.port,
      ...port,
    })),
  };
}

function loadBalancerName(object: KubeObject): string {
  return `k8s-${object.metadata.namespace}-${object.metadata.name}-${stableUid(
    String(object.metadata.uid),
  ).slice(0, 10)}.elb.amazonaws.com`;
}

/** A quota with what the pods of its namespace ask for, once it is counted. */
export function withUsage(
  quota: KubeObject,
  live: KubeObject[],
  { counted }: { counted: boolean },
): KubeObject {
  if (!counted) return { ...quota, status: { hard: quota.spec.hard } };
  const pods = live.filter(
    o => o.kind === 'Pod' && o.metadata.namespace === quota.metadata.namespace,
  );
  const sum = (part: 'requests' | 'limits', resource: string) =>
    pods
      .flatMap(p => p.spec?.containers ?? [])
      .reduce(
        (total: number, container: any) =>
          total + parseQuantity(container.resources?.[part]?.[resource]),
        0,
      );
  return {
    ...quota,
    status: {
      hard: quota.spec.hard,
      used: {
        'requests.cpu': cpuQuantity(sum('requests', 'cpu')),
        'requests.memory': memoryQuantity(sum('requests', 'memory')),
        'limits.cpu': cpuQuantity(sum('limits', 'cpu')),
        'limits.memory': memoryQuantity(sum('limits', 'memory')),
      },
    },
  };
}

/** The status of an object that is no workload; undefined for kinds without one. */
export function statusOf(object: KubeObject): any {
  return STATUSES[object.kind]?.(object);
}

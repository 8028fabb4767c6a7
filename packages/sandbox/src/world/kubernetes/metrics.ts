import { createHash } from 'node:crypto';
import { parseQuantity } from './quantities';
import { KubeObject, kubeTime } from './KubeObject';

/** How far usage swings in a day, as a share of the request. */
const DAY_MS = 24 * 60 * 60_000;

/**
 * What a running pod uses at a moment, as metrics-server tells it: CPU around
 * a third of the request and following the day, memory around two thirds.
 * Undefined for a pod without a running container.
 */
export function podMetrics(pod: KubeObject, now: Date): KubeObject | undefined {
  const running: any[] = (pod.status?.containerStatuses ?? []).filter(
    (status: any) => status.state?.running,
  );
  if (running.length === 0) {
    return undefined;
  }
  const own = createHash('sha256').update(pod.metadata.name).digest();
  const day = (now.getTime() % DAY_MS) / DAY_MS;
  const quick = now.getTime() / 90_000 + own[0];
  const wave =
    0.34 + 0.12 * Math.sin(2 * Math.PI * (day - 0.3)) + 0.05 * Math.sin(quick);
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: {
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      creationTimestamp: kubeTime(now),
      labels: pod.metadata.labels,
    },
    timestamp: kubeTime(now),
    window: '15s',
    containers: running.map(status => {
      const { requests = {} } =
        pod.spec.containers.find((c: any) => c.name === status.name)
          ?.resources ?? {};
      const cpu = parseQuantity(requests.cpu ?? '100m') * wave;
      const memory =
        parseQuantity(requests.memory ?? '128Mi') * (0.6 + own[1] / 1024);
      return {
        name: status.name,
        usage: {
          cpu: `${Math.round(cpu * 1e9)}n`,
          memory: `${Math.round(memory / 1024)}Ki`,
        },
      };
    }),
  };
}

/** What a node uses: the sum of its pods and its own share. */
export function nodeMetrics(
  node: KubeObject,
  pods: KubeObject[],
  now: Date,
): KubeObject {
  const usage = pods
    .filter(pod => pod.spec.nodeName === node.metadata.name)
    .flatMap(pod => podMetrics(pod, now)?.containers ?? []);
  const cpu = usage.reduce(
    (sum: number, c: any) => sum + parseInt(c.usage.cpu, 10),
    0.08e9 * parseQuantity(node.status.capacity.cpu),
  );
  const memory = usage.reduce(
    (sum: number, c: any) => sum + parseInt(c.usage.memory, 10),
    (0.18 * parseQuantity(node.status.capacity.memory)) / 1024,
  );
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: {
      name: node.metadata.name,
      creationTimestamp: kubeTime(now),
      labels: node.metadata.labels,
    },
    timestamp: kubeTime(now),
    window: '20s',
    usage: { cpu: `${Math.round(cpu)}n`, memory: `${Math.round(memory)}Ki` },
  };
}

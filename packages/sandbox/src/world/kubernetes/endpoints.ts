import { stableUid } from './ids';
import { KubeObject } from './KubeObject';

/** Endpoints and an EndpointSlice for every Service with a selector, from the pods that it selects. */
export function endpointsOf(live: KubeObject[]): KubeObject[] {
  return live
    .filter(({ kind, spec }) => kind === 'Service' && spec?.selector)
    .flatMap(service => {
      const pods = live.filter(
        ({ kind, metadata }) =>
          kind === 'Pod' &&
          metadata.namespace === service.metadata.namespace &&
          Object.entries(service.spec.selector).every(
            ([key, value]) => metadata.labels?.[key] === value,
          ),
      );
      return [endpoints(service, pods), endpointSlice(service, pods)];
    });
}

const isReady = (pod: KubeObject): boolean =>
  pod.status.conditions?.some(
    (c: any) => c.type === 'Ready' && c.status === 'True',
  );

const targetRef = ({ metadata }: KubeObject) => ({
  kind: 'Pod',
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
});

/** Ports of a service as its pods have them. */
function portsOf(service: KubeObject, pods: KubeObject[]) {
  const named = (pods[0]?.spec.containers ?? []).flatMap(
    (container: any) => container.ports ?? [],
  );
  return (service.spec.ports ?? []).map((port: any) => ({
    name: port.name ?? '',
    protocol: port.protocol,
    port:
      typeof port.targetPort === 'string'
        ? named.find((p: any) => p.name === port.targetPort)?.containerPort ??
          port.port
        : port.targetPort,
  }));
}

function metadataOf(service: KubeObject, kind: string, name: string) {
  const { namespace, labels, creationTimestamp, uid } = service.metadata;
  return {
    name,
    namespace,
    labels: { ...labels },
    creationTimestamp,
    uid: stableUid(`${kind}/${uid}`),
  };
}

function endpoints(service: KubeObject, pods: KubeObject[]): KubeObject {
  const address = (pod: KubeObject) => ({
    ip: pod.status.podIP,
    nodeName: pod.spec.nodeName,
    targetRef: targetRef(pod),
  });
  const ready = pods.filter(isReady).map(address);
  const notReady = pods.filter(pod => !isReady(pod)).map(address);
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: metadataOf(service, 'Endpoints', service.metadata.name),
    ...(pods.length > 0
      ? {
          subsets: [
            {
              ...(ready.length > 0 ? { addresses: ready } : {}),
              ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
              ports: portsOf(service, pods),
            },
          ],
        }
      : {}),
  };
}

function endpointSlice(service: KubeObject, pods: KubeObject[]): KubeObject {
  const { name, uid } = service.metadata;
  const metadata = metadataOf(
    service,
    'EndpointSlice',
    `${name}-${stableUid(`slice/${uid}`).slice(0, 5)}`,
  );
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata,
      generateName: `${name}-`,
      labels: {
        ...metadata.labels,
        'endpointslice.kubernetes.io/managed-by':
          'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
    },
    addressType: 'IPv4',
    endpoints: pods.map(pod => ({
      addresses: [pod.status.podIP],
      conditions: {
        ready: isReady(pod),
        serving: isReady(pod),
        terminating: false,
      },
      nodeName: pod.spec.nodeName,
      targetRef: targetRef(pod),
    })),
    ports: portsOf(service, pods),
  };
}

import { KubeObject } from '../../world/kubernetes/KubeObject';

interface Column {
  name: string;
  /** 1: only with `-o wide`. */
  priority?: number;
  value(object: KubeObject, now: Date): string | number;
}

const column = (
  name: string,
  value: Column['value'],
  priority = 0,
): Column => ({ name, value, priority });

const age = column('Age', ({ metadata }, now) =>
  duration(now.getTime() - Date.parse(metadata.creationTimestamp ?? '')),
);

/** Columns between Name and Age, by kind, as the API server prints them. */
const COLUMNS: Record<string, Column[]> = {
  Pod: [
    column('Ready', ({ status }) => {
      const all: any[] = status.containerStatuses ?? [];
      return `${all.filter(c => c.ready).length}/${all.length}`;
    }),
    column(
      'Status',
      ({ status }) =>
        status.containerStatuses
          ?.map((c: any) => c.state?.waiting?.reason)
          .find(Boolean) ?? status.phase,
    ),
    column('Restarts', ({ status }) =>
      (status.containerStatuses ?? []).reduce(
        (sum: number, c: any) => sum + c.restartCount,
        0,
      ),
    ),
    age,
    column('IP', ({ status }) => status.podIP ?? '<none>', 1),
    column('Node', ({ spec }) => spec.nodeName ?? '<none>', 1),
  ],
  Deployment: [
    column(
      'Ready',
      ({ spec, status }) =>
        `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    ),
    column('Up-to-date', ({ status }) => status.updatedReplicas ?? 0),
    column('Available', ({ status }) => status.availableReplicas ?? 0),
    age,
    column(
      'Containers',
      ({ spec }) =>
        spec.template.spec.containers.map((c: any) => c.name).join(','),
      1,
    ),
    column(
      'Images',
      ({ spec }) =>
        spec.template.spec.containers.map((c: any) => c.image).join(','),
      1,
    ),
  ],
  ReplicaSet: [
    column('Desired', ({ spec }) => spec.replicas),
    column('Current', ({ status }) => status.replicas ?? 0),
    column('Ready', ({ status }) => status.readyReplicas ?? 0),
    age,
  ],
  StatefulSet: [
    column(
      'Ready',
      ({ spec, status }) =>
        `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    ),
    age,
  ],
  Service: [
    column('Type', ({ spec }) => spec.type ?? 'ClusterIP'),
    column('Cluster-IP', ({ spec }) => spec.clusterIP ?? '<none>'),
    column(
      'External-IP',
      ({ status }) => status?.loadBalancer?.ingress?.[0]?.hostname ?? '<none>',
    ),
    column('Port(s)', ({ spec }) =>
      (spec.ports ?? [])
        .map((p: any) => `${p.port}/${p.protocol ?? 'TCP'}`)
        .join(','),
    ),
    age,
  ],
  Namespace: [column('Status', ({ status }) => status.phase), age],
  Node: [
    column('Status', () => 'Ready'),
    column('Roles', () => '<none>'),
    age,
    column('Version', ({ status }) => status.nodeInfo.kubeletVersion),
  ],
  ResourceQuota: [
    column('Request', ({ status }) => usage(status, 'requests.')),
    column('Limit', ({ status }) => usage(status, 'limits.')),
    age,
  ],
  Event: [
    column('Last Seen', ({ lastTimestamp }, now) =>
      duration(now.getTime() - Date.parse(lastTimestamp)),
    ),
    column('Type', ({ type }) => type),
    column('Reason', ({ reason }) => reason),
    column(
      'Object',
      ({ involvedObject }) =>
        `${involvedObject.kind.toLowerCase()}/${involvedObject.name}`,
    ),
    column('Message', ({ message }) => message),
  ],
};

/** Whether the client asked for a table, as kubectl does. */
export function wantsTable(accept: string | undefined): boolean {
  return /as=Table;v=v1;g=meta\.k8s\.io/.test(accept ?? '');
}

/** Objects as a `meta.k8s.io/v1` Table. */
export function toTable(
  objects: KubeObject[],
  kind: string,
  metadata: object,
  now: Date,
): object {
  const name = column('Name', object => object.metadata.name);
  const own = COLUMNS[kind] ?? [age];
  const columns = kind === 'Event' ? own : [name, ...own];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((c, index) => ({
      name: c.name,
      type: 'string',
      format: index === 0 && c.name === 'Name' ? 'name' : '',
      description: '',
      priority: c.priority ?? 0,
    })),
    rows: objects.map(object => ({
      cells: columns.map(c => c.value(object, now)),
      object: {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: object.metadata,
      },
    })),
  };
}

function usage(status: any, prefix: string): string {
  return Object.keys(status?.hard ?? {})
    .filter(key => key.startsWith(prefix))
    .map(key => `${key}: ${status.used[key]}/${status.hard[key]}`)
    .join(', ');
}

/** As kubectl writes an age: `45s`, `12m`, `5h`, `118d`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (!Number.isFinite(seconds)) {
    return '<unknown>';
  }
  if (seconds < 120) {
    return `${seconds}s`;
  }
  if (seconds < 7200) {
    return `${Math.floor(seconds / 60)}m`;
  }
  return seconds < 172_800
    ? `${Math.floor(seconds / 3600)}h`
    : `${Math.floor(seconds / 86_400)}d`;
}

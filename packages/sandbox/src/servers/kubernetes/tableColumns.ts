import { KubeObject } from '../../world/kubernetes/KubeObject';

/** A column of a kind's table. */
export interface Column {
  name: string;
  /** 1: only with `-o wide`. */
  priority?: number;
  value(object: KubeObject, now: Date): string | number;
}

/** A column; `priority` 1 shows it with `-o wide` only. */
export const column = (
  name: string,
  value: Column['value'],
  priority = 0,
): Column => ({ name, value, priority });

/** Time since the creation. */
export const age = column('Age', ({ metadata }, now) =>
  duration(now.getTime() - Date.parse(metadata.creationTimestamp ?? '')),
);

/** Columns between Name and Age, by kind, as the API server prints them. */
export const COLUMNS: Record<string, Column[]> = {
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
    column('Status', ({ status }) =>
      (status.conditions ?? []).some(
        (c: any) => c.type === 'Ready' && c.status === 'True',
      )
        ? 'Ready'
        : 'NotReady',
    ),
    column('Roles', () => '<none>'),
    age,
    column('Version', ({ status }) => status.nodeInfo.kubeletVersion),
    column(
      'Internal-IP',
      ({ status }) =>
        status.addresses?.find((a: any) => a.type === 'InternalIP')?.address ??
        '<none>',
      1,
    ),
    column('External-IP', () => '<none>', 1),
    column('OS-Image', ({ status }) => status.nodeInfo.osImage, 1),
    column('Kernel-Version', ({ status }) => status.nodeInfo.kernelVersion, 1),
    column(
      'Container-Runtime',
      ({ status }) => status.nodeInfo.containerRuntimeVersion,
      1,
    ),
  ],
  ConfigMap: [
    column('Data', ({ data }) => Object.keys(data ?? {}).length),
    age,
  ],
  CronJob: [
    column('Schedule', ({ spec }) => spec.schedule),
    column('Timezone', ({ spec }) => spec.timeZone ?? '<none>'),
    column('Suspend', ({ spec }) => (spec.suspend ? 'True' : 'False')),
    column('Active', ({ status }) => status?.active?.length ?? 0),
    column('Last Schedule', ({ status }, now) =>
      status?.lastScheduleTime
        ? duration(now.getTime() - Date.parse(status.lastScheduleTime))
        : '<none>',
    ),
    age,
  ],
  DaemonSet: [
    column('Desired', ({ status }) => status.desiredNumberScheduled ?? 0),
    column('Current', ({ status }) => status.currentNumberScheduled ?? 0),
    column('Ready', ({ status }) => status.numberReady ?? 0),
    column('Up-to-date', ({ status }) => status.updatedNumberScheduled ?? 0),
    column('Available', ({ status }) => status.numberAvailable ?? 0),
    column('Node Selector', ({ spec }) =>
      labelText(spec.template?.spec?.nodeSelector),
    ),
    age,
  ],
  Job: [
    column('Status', ({ status }) =>
      status?.completionTime ? 'Complete' : 'Running',
    ),
    column(
      'Completions',
      ({ spec, status }) =>
        `${status?.succeeded ?? 0}/${spec.completions ?? 1}`,
    ),
    column('Duration', ({ status }, now) =>
      duration(
        Date.parse(status?.completionTime ?? now.toISOString()) -
          Date.parse(status?.startTime ?? now.toISOString()),
      ),
    ),
    age,
  ],
  HorizontalPodAutoscaler: [
    column(
      'Reference',
      ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    ),
    column('Targets', ({ spec, status }) => targets(spec, status)),
    column('MinPods', ({ spec }) => spec.minReplicas ?? 1),
    column('MaxPods', ({ spec }) => spec.maxReplicas),
    column('Replicas', ({ status }) => status?.currentReplicas ?? 0),
    age,
  ],
  Ingress: [
    column('Class', ({ spec }) => spec.ingressClassName ?? '<none>'),
    column(
      'Hosts',
      ({ spec }) =>
        (spec.rules ?? []).map((r: any) => r.host ?? '*').join(',') || '*',
    ),
    column(
      'Address',
      ({ status }) => status?.loadBalancer?.ingress?.[0]?.hostname ?? '',
    ),
    column('Ports', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
    age,
  ],
  NetworkPolicy: [
    column('Pod-Selector', ({ spec }) =>
      labelText(spec.podSelector?.matchLabels),
    ),
    age,
  ],
  PodDisruptionBudget: [
    column('Min Available', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
    column('Max Unavailable', ({ spec }) =>
      String(spec.maxUnavailable ?? 'N/A'),
    ),
    column(
      'Allowed Disruptions',
      ({ status }) => status?.disruptionsAllowed ?? 0,
    ),
    age,
  ],
  PersistentVolumeClaim: [
    column('Status', ({ status }) => status?.phase ?? 'Pending'),
    column('Volume', ({ spec }) => spec.volumeName ?? ''),
    column('Capacity', ({ status }) => status?.capacity?.storage ?? ''),
    column('Access Modes', ({ spec }) =>
      (spec.accessModes ?? [])
        .map((mode: string) => mode.replace(/[a-z]/g, ''))
        .join(','),
    ),
    column('StorageClass', ({ spec }) => spec.storageClassName ?? ''),
    column('VolumeAttributesClass', () => '<unset>'),
    age,
  ],
  ServiceAccount: [
    column('Secrets', ({ secrets }) => secrets?.length ?? 0),
    age,
  ],
  LimitRange: [
    column('Created At', ({ metadata }) => metadata.creationTimestamp ?? ''),
  ],
  ExternalSecret: [
    column('StoreType', ({ spec }) => spec.secretStoreRef?.kind ?? ''),
    column('Store', ({ spec }) => spec.secretStoreRef?.name ?? ''),
    column('Refresh Interval', ({ spec }) => spec.refreshInterval ?? ''),
    column('Status', ({ status }) => status?.conditions?.[0]?.reason ?? ''),
    column('Ready', ({ status }) => status?.conditions?.[0]?.status ?? ''),
  ],
  Application: [
    column('Sync Status', ({ status }) => status?.sync?.status ?? ''),
    column('Health Status', ({ status }) => status?.health?.status ?? ''),
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

function labelText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([k, v]) => `${k}=${v}`);
  return pairs.join(',') || '<none>';
}

/** `cpu: 34%/70%`, as kubectl shows what an autoscaler looks at. */
function targets(spec: any, status: any): string {
  // autoscaling/v1 knows one target.
  if (!spec.metrics) {
    return `cpu: ${status?.currentCPUUtilizationPercentage ?? '<unknown>'}%/${
      spec.targetCPUUtilizationPercentage ?? 80
    }%`;
  }
  return spec.metrics
    .map((metric: any) => {
      const { name, target } = metric.resource ?? {};
      const current = status?.currentMetrics?.find(
        (c: any) => c.resource?.name === name,
      )?.resource?.current;
      return `${name}: ${
        current ? `${current.averageUtilization}%` : '<unknown>'
      }/${target?.averageUtilization}%`;
    })
    .join(', ');
}

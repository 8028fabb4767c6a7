import { KubeObject, groupOf } from '../../world/kubernetes/KubeObject';

/** A resource type of the served API. */
export interface ResourceType {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  shortNames?: string[];
}

const core = (
  plural: string,
  kind: string,
  shortNames: string[] = [],
  namespaced = true,
): ResourceType => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
  shortNames,
});

const named = (
  group: string,
  version: string,
  plural: string,
  kind: string,
  shortNames: string[] = [],
): ResourceType => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
  shortNames,
});

/** Everything that can be read. Secrets are known, but nobody may read them. */
export const RESOURCE_TYPES: ResourceType[] = [
  core('configmaps', 'ConfigMap', ['cm']),
  core('endpoints', 'Endpoints', ['ep']),
  core('events', 'Event', ['ev']),
  core('limitranges', 'LimitRange', ['limits']),
  core('namespaces', 'Namespace', ['ns'], false),
  core('nodes', 'Node', ['no'], false),
  core('persistentvolumeclaims', 'PersistentVolumeClaim', ['pvc']),
  core('persistentvolumes', 'PersistentVolume', ['pv'], false),
  core('pods', 'Pod', ['po']),
  core('resourcequotas', 'ResourceQuota', ['quota']),
  core('secrets', 'Secret'),
  core('serviceaccounts', 'ServiceAccount', ['sa']),
  core('services', 'Service', ['svc']),
  named('apps', 'v1', 'daemonsets', 'DaemonSet', ['ds']),
  named('apps', 'v1', 'deployments', 'Deployment', ['deploy']),
  named('apps', 'v1', 'replicasets', 'ReplicaSet', ['rs']),
  named('apps', 'v1', 'statefulsets', 'StatefulSet', ['sts']),
  named(
    'autoscaling',
    'v2',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    ['hpa'],
  ),
  named(
    'autoscaling',
    'v1',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    ['hpa'],
  ),
  named('batch', 'v1', 'cronjobs', 'CronJob', ['cj']),
  named('batch', 'v1', 'jobs', 'Job'),
  named('networking.k8s.io', 'v1', 'ingresses', 'Ingress', ['ing']),
  named('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', [
    'netpol',
  ]),
  named('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', ['pdb']),
  named('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
  named('external-secrets.io', 'v1', 'externalsecrets', 'ExternalSecret', [
    'es',
  ]),
  named('argoproj.io', 'v1alpha1', 'applications', 'Application', [
    'app',
    'apps',
  ]),
  named('argoproj.io', 'v1alpha1', 'appprojects', 'AppProject', [
    'appproj',
    'appprojs',
  ]),
  named('metrics.k8s.io', 'v1beta1', 'pods', 'PodMetrics'),
  {
    ...named('metrics.k8s.io', 'v1beta1', 'nodes', 'NodeMetrics'),
    namespaced: false,
  },
];

/** What can only be created: questions about the one who asks. */
const REVIEW_TYPES: ResourceType[] = [
  [
    'authorization.k8s.io',
    'selfsubjectaccessreviews',
    'SelfSubjectAccessReview',
  ],
  ['authorization.k8s.io', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview'],
  ['authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview'],
].map(([group, plural, kind]) => ({
  ...named(group, 'v1', plural, kind),
  namespaced: false,
}));

/** The type behind a path; undefined when it is not served. */
export function findType(
  group: string,
  version: string,
  plural: string,
): ResourceType | undefined {
  return RESOURCE_TYPES.find(
    type =>
      type.group === group &&
      type.version === version &&
      type.plural === plural,
  );
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group ? `${type.group}/${type.version}` : type.version;
}

/** Whether an object is of a type, in whatever version it was applied. */
export function isOfType(object: KubeObject, type: ResourceType): boolean {
  return object.kind === type.kind && groupOf(object.apiVersion) === type.group;
}

/** The object in the version that was asked for. */
export function inVersion(object: KubeObject, type: ResourceType): KubeObject {
  const apiVersion = apiVersionOf(type);
  if (object.apiVersion === apiVersion) {
    return object;
  }
  if (type.kind === 'HorizontalPodAutoscaler' && type.version === 'v1') {
    const cpu = object.spec?.metrics?.find(
      (metric: any) => metric.resource?.name === 'cpu',
    )?.resource?.target?.averageUtilization;
    const { metrics, behavior, ...spec } = object.spec ?? {};
    return {
      ...object,
      apiVersion,
      spec: {
        ...spec,
        ...(cpu ? { targetCPUUtilizationPercentage: cpu } : {}),
      },
      status: {
        currentReplicas: object.status?.currentReplicas,
        desiredReplicas: object.status?.desiredReplicas,
      },
    };
  }
  return { ...object, apiVersion };
}

/** `/api` and `/apis` and what is below them, as discovery tells it. */
export const discovery = {
  versions: () => ({
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [],
  }),

  groups: () => ({
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...groups().keys()].filter(Boolean).map(discovery.group),
  }),

  group: (name: string) => {
    const versions = (groups().get(name) ?? []).map(version => ({
      groupVersion: `${name}/${version}`,
      version,
    }));
    return {
      kind: 'APIGroup',
      apiVersion: 'v1',
      name,
      versions,
      preferredVersion: versions[0],
    };
  },

  resources: (group: string, version: string) => ({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group ? `${group}/${version}` : version,
    resources: RESOURCE_TYPES.filter(
      type => type.group === group && type.version === version,
    )
      .flatMap(type => [
        {
          name: type.plural,
          singularName: type.group.startsWith('metrics')
            ? ''
            : type.kind.toLowerCase(),
          namespaced: type.namespaced,
          kind: type.kind,
          verbs: type.group.startsWith('metrics')
            ? ['get', 'list']
            : ['get', 'list', 'watch'],
          ...(type.shortNames?.length ? { shortNames: type.shortNames } : {}),
          ...([
            'pods',
            'services',
            'deployments',
            'replicasets',
            'statefulsets',
            'daemonsets',
            'jobs',
            'cronjobs',
            'horizontalpodautoscalers',
            'ingresses',
          ].includes(type.plural) && !type.group.startsWith('metrics')
            ? { categories: ['all'] }
            : {}),
        },
        ...(type.kind === 'Pod'
          ? [
              {
                name: 'pods/log',
                singularName: '',
                namespaced: true,
                kind: 'Pod',
                verbs: ['get'],
              },
            ]
          : []),
      ])
      .concat(
        REVIEW_TYPES.filter(
          type => type.group === group && type.version === version,
        ).map(({ plural, kind }) => ({
          name: plural,
          singularName: kind.toLowerCase(),
          namespaced: false,
          kind,
          verbs: ['create'],
        })),
      ),
  }),
};

/** Versions by group, preferred first. */
export function groups(): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { group, version } of [...RESOURCE_TYPES, ...REVIEW_TYPES]) {
    const versions = result.get(group) ?? [];
    if (!versions.includes(version)) {
      result.set(group, [...versions, version]);
    }
  }
  return result;
}

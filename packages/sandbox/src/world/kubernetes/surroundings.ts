import { createHash } from 'node:crypto';
import { SeedEnvironment, SeedPlatform, SeedService } from '../platforms';
import { KubeObject } from './KubeObject';

const CPU_TARGET_PERCENT = 70;

/** Names an object that was there since the cluster came up. */
type Metadata = (
  kind: string,
  name: string,
  namespace?: string,
) => KubeObject['metadata'];

/**
 * What a platform team puts around the services of a namespace: their account
 * and the way in, network rules, database credentials, and in prod what keeps
 * them up. No Argo CD application holds these.
 */
export function surroundings(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  metadata: Metadata,
): KubeObject[] {
  const { namespace, shortName } = environment;
  if (!namespace) {
    return [];
  }
  const deployed = platform.services.filter(
    ({ versions }) => versions[shortName],
  );
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata('ServiceAccount', 'default', namespace),
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('ConfigMap', 'platform-environment', namespace),
      data: { ENVIRONMENT: shortName, REGION: environment.regions[0] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata('NetworkPolicy', 'default-deny-ingress', namespace),
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    },
    ...(environment.database
      ? [databaseCredentials(environment, namespace, metadata)]
      : []),
    ...deployed
      .filter(({ kind }) => kind === 'website')
      .map(service => ingress(service, environment, namespace, metadata)),
    ...deployed
      .filter(({ replicas }) => (replicas[shortName] ?? 1) > 1)
      .flatMap(service => [
        disruptionBudget(service, namespace, metadata),
        autoscaler(service, environment, namespace, metadata),
      ]),
  ];
}

const labelled = (
  base: KubeObject['metadata'],
  service: SeedService,
): KubeObject['metadata'] => ({
  ...base,
  labels: {
    'app.kubernetes.io/name': service.name,
    'backstage.io/kubernetes-id': service.name,
    'fairway.dev/component': service.name,
  },
});

function databaseCredentials(
  environment: SeedEnvironment,
  namespace: string,
  metadata: Metadata,
): KubeObject {
  const base = metadata('ExternalSecret', 'database', namespace);
  const [{ id }] = environment.database!.clusters;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: base,
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: {
        kind: 'ClusterSecretStore',
        name: 'aws-secrets-manager',
      },
      target: { name: 'database', creationPolicy: 'Owner' },
      dataFrom: [{ extract: { key: `rds!cluster-${id}` } }],
    },
    status: {
      binding: { name: 'database' },
      refreshTime: base.creationTimestamp,
      syncedResourceVersion: `1-${createHash('sha256')
        .update(id)
        .digest('hex')
        .slice(0, 56)}`,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'SecretSynced',
          message: 'secret synced',
          lastTransitionTime: base.creationTimestamp,
        },
      ],
    },
  };
}

function ingress(
  service: SeedService,
  environment: SeedEnvironment,
  namespace: string,
  metadata: Metadata,
): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: labelled(metadata('Ingress', service.name, namespace), service),
    spec: {
      ingressClassName: 'alb',
      rules: [
        {
          host: `${service.name}.${environment.shortName}.example.com`,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: {
                  service: { name: service.name, port: { name: 'http' } },
                },
              },
            ],
          },
        },
      ],
    },
  };
}

function disruptionBudget(
  service: SeedService,
  namespace: string,
  metadata: Metadata,
): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: labelled(
      metadata('PodDisruptionBudget', service.name, namespace),
      service,
    ),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
    },
  };
}

function autoscaler(
  service: SeedService,
  { shortName }: SeedEnvironment,
  namespace: string,
  metadata: Metadata,
): KubeObject {
  const minReplicas = service.replicas[shortName];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: labelled(
      metadata('HorizontalPodAutoscaler', service.name, namespace),
      service,
    ),
    spec: {
      scaleTargetRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: service.name,
      },
      minReplicas,
      maxReplicas: minReplicas * 3,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: {
              type: 'Utilization',
              averageUtilization: CPU_TARGET_PERCENT,
            },
          },
        },
      ],
    },
  };
}

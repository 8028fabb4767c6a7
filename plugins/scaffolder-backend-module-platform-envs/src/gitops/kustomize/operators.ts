import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import type {
  IPodMonitor,
  IServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { secretName } from '../secretName';
import { ComponentEnvironment, GitopsComponent } from '../types';
import { hasService, labelsOf, selectorOf } from './labels';

/**
 * The secret of a component, read from AWS Secrets Manager: one secret an
 * environment, `<system>/<environment>/<component>`, with a key for each name.
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export function externalSecret(
  component: GitopsComponent,
  environment: ComponentEnvironment,
): IExternalSecret {
  const { name, secrets } = component;
  const key = secretName(component, environment);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, labels: labelsOf(component) },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: {
        kind: 'ClusterSecretStore',
        name: environment.secretStore,
      },
      target: { name, creationPolicy: 'Owner' },
      data: secrets.map(property => ({
        secretKey: property,
        remoteRef: { key, property },
      })),
    },
  };
}

/**
 * How the Prometheus operator finds the metrics: by the Service, or by the pods
 * where there is none.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 */
export function monitor(
  component: GitopsComponent,
): IServiceMonitor | IPodMonitor {
  const endpoint = { port: 'http', path: '/metrics', interval: '30s' };
  const metadata = { name: component.name, labels: labelsOf(component) };
  const selector = { matchLabels: selectorOf(component) };
  return hasService(component)
    ? {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata,
        spec: { selector, endpoints: [endpoint] },
      }
    : {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata,
        spec: { selector, podMetricsEndpoints: [endpoint] },
      };
}

/**
 * The Argo CD Application that follows an overlay; the platform's root
 * application takes it up from its folder.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/cluster-bootstrapping/
 */
export function application(
  component: GitopsComponent,
  environment: ComponentEnvironment,
  overlay: string,
): IApplication {
  const { name, system, repositoryUrl, branch, taskId } = component;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: `${name}-${environment.shortName}`,
      namespace: 'argocd',
      labels: {
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/part-of': system,
        'fairway.dev/component': name,
        'fairway.dev/environment': environment.shortName,
      },
      annotations: { 'fairway.dev/created-by-task': taskId },
      // Removing the file removes what runs, too.
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: system,
      source: {
        repoURL: repositoryUrl,
        targetRevision: branch,
        path: overlay,
      },
      destination: {
        name: environment.cluster,
        namespace: environment.namespace,
      },
      ...(environment.policy === 'auto' && {
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      }),
    },
  };
}

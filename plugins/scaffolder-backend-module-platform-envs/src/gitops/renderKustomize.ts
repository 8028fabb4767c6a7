import { stringify } from 'yaml';
import { Sizing } from './sizing';
import { ComponentEnvironment, GitopsComponent, UNRELEASED_TAG } from './types';

const yaml = (...documents: object[]): string =>
  documents
    .map(document => stringify(document, { lineWidth: 0 }))
    .join('---\n');

/**
 * Everything that a component needs in a GitOps repository of an EKS platform:
 * the base, and per environment an overlay and the Argo CD Application that
 * follows it. Paths are within the repository; the same input gives the same
 * bytes.
 */
export function renderKustomize(
  component: GitopsComponent,
): Map<string, string> {
  const { name, gitopsPath } = component;
  const at = (...parts: string[]) =>
    [gitopsPath, ...parts].filter(Boolean).join('/');
  const files = new Map<string, string>([
    [at('base', name, 'kustomization.yaml'), baseKustomization(component)],
    [at('base', name, 'deployment.yaml'), deployment(component)],
    [at('base', name, 'service.yaml'), service(component)],
    [at('base', name, 'policies.yaml'), policies(component)],
  ]);
  for (const environment of component.environments) {
    const { shortName, sizing } = environment;
    const overlay = at('overlays', shortName, name);
    files.set(
      `${overlay}/kustomization.yaml`,
      overlayKustomization(component, environment),
    );
    if (sizing.maxReplicas) {
      files.set(`${overlay}/hpa.yaml`, autoscaler(component, sizing));
    }
    files.set(
      at('apps', shortName, `${name}.yaml`),
      application(component, environment, overlay),
    );
  }
  return files;
}

function baseKustomization({ name, system, ports }: GitopsComponent): string {
  return yaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['deployment.yaml', 'service.yaml', 'policies.yaml'],
    configMapGenerator: [{ name, literals: [`PORT=${ports.http}`] }],
    labels: [{ pairs: componentLabels(name, system), includeSelectors: false }],
  });
}

function deployment({ name, system, ports }: GitopsComponent): string {
  return yaml({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      revisionHistoryLimit: 5,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      },
      selector: { matchLabels: selector(name) },
      template: {
        // The portal finds pods by these. Written out, for kustomize before 5
        // puts labels into pod templates only together with the selectors.
        metadata: { labels: componentLabels(name, system) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'topology.kubernetes.io/zone',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: selector(name) },
            },
          ],
          containers: [
            {
              name,
              image: name,
              ports: [{ name: 'http', containerPort: ports.http }],
              envFrom: [{ configMapRef: { name } }],
              startupProbe: {
                httpGet: { path: '/healthz', port: 'http' },
                periodSeconds: 2,
                failureThreshold: 30,
              },
              livenessProbe: {
                httpGet: { path: '/healthz', port: 'http' },
                periodSeconds: 10,
                timeoutSeconds: 2,
              },
              readinessProbe: {
                httpGet: { path: '/readyz', port: 'http' },
                periodSeconds: 5,
                timeoutSeconds: 2,
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
        },
      },
    },
  });
}

function service({ name }: GitopsComponent): string {
  return yaml(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        type: 'ClusterIP',
        selector: selector(name),
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
  );
}

function policies({ name }: GitopsComponent): string {
  return yaml(
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      // Not minAvailable: with one replica that would block every node drain.
      spec: { maxUnavailable: 1, selector: { matchLabels: selector(name) } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name },
      spec: {
        podSelector: { matchLabels: selector(name) },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [
              { podSelector: {} },
              {
                namespaceSelector: {
                  matchExpressions: [
                    {
                      key: 'kubernetes.io/metadata.name',
                      operator: 'In',
                      values: [
                        'ingress-nginx',
                        'monitoring',
                        'platform-monitoring',
                        'platform-system',
                      ],
                    },
                  ],
                },
              },
            ],
            ports: [{ port: 'http' }],
          },
        ],
      },
    },
  );
}

function overlayKustomization(
  { name, imageRepository }: GitopsComponent,
  { shortName, sizing, namespace }: ComponentEnvironment,
): string {
  const autoscaled = Boolean(sizing.maxReplicas);
  return yaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: [`../../../base/${name}`, ...(autoscaled ? ['hpa.yaml'] : [])],
    images: [{ name, newName: imageRepository, newTag: UNRELEASED_TAG }],
    ...(!autoscaled && { replicas: [{ name, count: sizing.replicas }] }),
    configMapGenerator: [
      {
        name,
        behavior: 'merge',
        literals: [`ENVIRONMENT=${shortName}`, `LOG_LEVEL=${sizing.logLevel}`],
      },
    ],
    labels: [
      {
        pairs: { 'fairway.dev/environment': shortName },
        includeSelectors: false,
      },
    ],
    patches: [
      {
        target: { kind: 'Deployment', name },
        patch: stringify(
          [
            {
              op: 'add',
              path: '/spec/template/metadata/labels/fairway.dev~1environment',
              value: shortName,
            },
            {
              op: 'add',
              path: '/spec/template/spec/containers/0/resources',
              value: sizing.kubernetes,
            },
          ],
          { lineWidth: 0 },
        ),
      },
    ],
  });
}

function autoscaler({ name, system }: GitopsComponent, sizing: Sizing): string {
  return yaml({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name,
      labels: componentLabels(name, system),
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: sizing.replicas,
      maxReplicas: sizing.maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: 70 },
          },
        },
      ],
      // A short dip must not take away what the next peak needs.
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  });
}

function application(
  component: GitopsComponent,
  environment: ComponentEnvironment,
  overlay: string,
): string {
  const { name, system, repositoryUrl, branch, taskId } = component;
  return yaml({
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
  });
}

function componentLabels(name: string, system: string): Record<string, string> {
  return {
    ...selector(name),
    'app.kubernetes.io/part-of': system,
    'fairway.dev/component': name,
    'backstage.io/kubernetes-id': name,
  };
}

function selector(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

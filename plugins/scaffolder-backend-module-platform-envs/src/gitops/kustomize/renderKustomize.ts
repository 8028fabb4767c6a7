import { stringify } from 'yaml';
import {
  ComponentEnvironment,
  GitopsComponent,
  UNRELEASED_TAG,
} from '../types';
import { autoscaler, disruptionBudget } from './availability';
import { hasService, labelsOf, yaml } from './labels';
import { ingress, networkPolicy } from './network';
import { application, externalSecret, monitor } from './operators';
import {
  deployment,
  deploymentPatch,
  service,
  serviceAccount,
} from './workload';

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
  const files = new Map<string, string>();
  const addFolder = (
    folder: string,
    kustomization: (resources: string[]) => object,
    resources: Map<string, object[]>,
  ) => {
    files.set(
      `${folder}/kustomization.yaml`,
      yaml(kustomization([...resources.keys()])),
    );
    for (const [file, documents] of resources) {
      files.set(`${folder}/${file}`, yaml(...documents));
    }
  };
  addFolder(
    at('base', name),
    resources => baseKustomization(component, resources),
    baseResources(component),
  );
  for (const environment of component.environments) {
    const overlay = at('overlays', environment.shortName, name);
    addFolder(
      overlay,
      resources => overlayKustomization(component, environment, resources),
      overlayResources(component, environment),
    );
    files.set(
      at('apps', environment.shortName, `${name}.yaml`),
      yaml(application(component, environment, overlay)),
    );
  }
  return files;
}

function baseResources(component: GitopsComponent): Map<string, object[]> {
  return new Map([
    ['deployment.yaml', [deployment(component)]],
    [
      'service.yaml',
      [
        ...(hasService(component) ? [service(component)] : []),
        serviceAccount(component),
      ],
    ],
    ['policies.yaml', [disruptionBudget(component), networkPolicy(component)]],
  ]);
}

function overlayResources(
  component: GitopsComponent,
  environment: ComponentEnvironment,
): Map<string, object[]> {
  const { exposure, ports, secrets } = component;
  const files: Array<[boolean, string, () => object]> = [
    [
      environment.sizing.maxReplicas !== undefined,
      'hpa.yaml',
      () => autoscaler(component, environment),
    ],
    [
      exposure !== 'none',
      'ingress.yaml',
      () => ingress(component, environment),
    ],
    [
      secrets.length > 0,
      'external-secret.yaml',
      () => externalSecret(component, environment),
    ],
    [
      environment.metricsDiscovery === 'service-monitor' &&
        ports.http !== undefined,
      'monitor.yaml',
      () => monitor(component),
    ],
  ];
  return new Map(
    files.flatMap(
      ([wanted, file, render]): Array<[string, object[]]> =>
        wanted ? [[file, [render()]]] : [],
    ),
  );
}

function baseKustomization(
  component: GitopsComponent,
  resources: string[],
): object {
  const { name, ports, environmentVariables } = component;
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
    configMapGenerator: [
      {
        name,
        literals: [
          ...Object.entries(environmentVariables).map(
            // kustomize takes a pair of quotes around a value away
            ([key, value]) =>
              `${key}=${/^["']/.test(value) ? `"${value}"` : value}`,
          ),
          ...(ports.http ? [`PORT=${ports.http}`] : []),
          ...(ports.grpc ? [`GRPC_PORT=${ports.grpc}`] : []),
        ],
      },
    ],
    labels: [{ pairs: labelsOf(component), includeSelectors: false }],
  };
}

function overlayKustomization(
  { imageRepository, ...component }: GitopsComponent,
  environment: ComponentEnvironment,
  resources: string[],
): object {
  const { name } = component;
  const { shortName, namespace, sizing } = environment;
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: [`../../../base/${name}`, ...resources],
    images: [{ name, newName: imageRepository, newTag: UNRELEASED_TAG }],
    // Under an autoscaler the count is the autoscaler's.
    ...(sizing.maxReplicas === undefined && {
      replicas: [{ name, count: sizing.replicas }],
    }),
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
          deploymentPatch({ imageRepository, ...component }, environment),
          { lineWidth: 0 },
        ),
      },
    ],
  };
}

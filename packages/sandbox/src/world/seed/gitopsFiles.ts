import {
  imageUri,
  seedDigest,
  SeedEnvironment,
  SeedPlatform,
  SeedService,
} from '../platforms';

/** Tag of an overlay whose environment never had the service. */
export const UNRELEASED = 'unreleased';

/** Files by path. */
export type Files = Record<string, string>;

const resources: Record<SeedService['language'], [string, string, string]> = {
  go: ['50m', '64Mi', '256Mi'],
  rust: ['50m', '48Mi', '192Mi'],
  typescript: ['100m', '192Mi', '512Mi'],
  python: ['250m', '512Mi', '1Gi'],
};

/** `base/<component>`: what a service is in every environment. */
export function baseFiles(platform: SeedPlatform, service: SeedService): Files {
  const folder = `${platform.gitopsPath}/base/${service.name}`;
  const [cpu, memory, memoryLimit] = resources[service.language];
  const labels = (indent: string) =>
    [
      `app.kubernetes.io/name: ${service.name}`,
      `app.kubernetes.io/part-of: ${platform.system}`,
      `backstage.io/kubernetes-id: ${service.name}`,
      `fairway.dev/component: ${service.name}`,
    ]
      .map(line => `${indent}${line}`)
      .join('\n');
  return {
    [`${folder}/kustomization.yaml`]: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - service.yaml
`,
    [`${folder}/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${service.name}
  labels:
${labels('    ')}
spec:
  replicas: 1
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: ${service.name}
  template:
    metadata:
      labels:
${labels('        ')}
    spec:
      serviceAccountName: default
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: ${service.name}
          image: ${service.name}
          ports:
            - name: http
              containerPort: ${service.port}
          env:
            - name: PORT
              value: "${service.port}"
          readinessProbe:
            httpGet:
              path: /readyz
              port: http
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            initialDelaySeconds: 10
            periodSeconds: 10
          resources:
            requests:
              cpu: ${cpu}
              memory: ${memory}
            limits:
              memory: ${memoryLimit}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL
`,
    [`${folder}/service.yaml`]: `apiVersion: v1
kind: Service
metadata:
  name: ${service.name}
  labels:
${labels('    ')}
spec:
  selector:
    app.kubernetes.io/name: ${service.name}
  ports:
    - name: http
      port: 80
      targetPort: http
`,
  };
}

/** Path of the file that a promotion changes. */
export function releaseFile(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  component: string,
): string {
  return environment.runtime === 'eks'
    ? `${platform.gitopsPath}/overlays/${environment.shortName}/${component}/kustomization.yaml`
    : `${platform.gitopsPath}/${environment.shortName}/${component}.tfvars.json`;
}

/** Content of {@link releaseFile}; `version` undefined: never released. */
export function releaseFileContent(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  service: SeedService,
  version: string | undefined,
): string {
  const image = imageUri(platform, service.name);
  const replicas = service.replicas[environment.shortName] ?? 1;
  if (environment.runtime !== 'eks') {
    const variables = {
      image_repository: image,
      image_tag: version ?? UNRELEASED,
      image_digest: version ? seedDigest(service.name, version) : '',
      desired_count: version ? replicas : 0,
    };
    return `${JSON.stringify(variables, null, 2)}\n`;
  }
  const tag = version
    ? `${version}@${seedDigest(service.name, version)}`
    : UNRELEASED;
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${environment.namespace}
resources:
  - ../../../base/${service.name}
labels:
  - pairs:
      fairway.dev/environment: ${environment.shortName}
    # What includeTemplates does, in words that kustomize 4 knows too.
    fields:
      - kind: Deployment
        path: spec/template/metadata/labels
        create: true
images:
  - name: ${service.name}
    newName: ${image}
    newTag: ${tag}
replicas:
  - name: ${service.name}
    count: ${replicas}
`;
}

/** Path of the Argo CD application of a service in an environment. */
export function applicationFile(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  component: string,
): string {
  return `${platform.gitopsPath}/apps/${environment.shortName}/${component}.yaml`;
}

/** The Argo CD application of a service in an environment. */
export function application(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  component: string,
  githubUrl: string,
): string {
  const automated = environment.autoSync
    ? `
    automated:
      prune: true
      selfHeal: true`
    : '';
  const overlay = [
    `repoURL: ${githubUrl}/${platform.gitopsRepository}.git`,
    'targetRevision: main',
    `path: ${platform.gitopsPath}/overlays/${environment.shortName}/${component}`,
  ];
  const settings = platform.services.find(
    service => service.name === component,
  )?.settingsRepository;
  const sources = settings
    ? `  sources:
    - ${overlay.join('\n      ')}
    - repoURL: ${githubUrl}/${settings}.git
      targetRevision: main
      path: settings/${environment.shortName}
`
    : `  source:
    ${overlay.join('\n    ')}
`;
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${component}-${environment.shortName}
  namespace: argocd
  labels:
    app.kubernetes.io/part-of: ${platform.system}
    fairway.dev/component: ${component}
    fairway.dev/environment: ${environment.shortName}
spec:
  project: ${platform.system}
${sources}  destination:
    name: ${environment.cluster}
    namespace: ${environment.namespace}
  syncPolicy:${automated}
    syncOptions:
      - CreateNamespace=true
`;
}

/** The settings that services read from a repository, by environment. */
export function settingsFiles(
  platform: SeedPlatform,
  repository: string,
): Files {
  const files: Files = {};
  for (const service of platform.services) {
    if (service.settingsRepository !== repository) {
      continue;
    }
    for (const { shortName, runtime } of platform.environments) {
      if (runtime === 'eks') {
        files[`settings/${shortName}/${service.name}.yaml`] = `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${service.name}-settings
data:
  environment: ${shortName}
  logLevel: ${shortName === 'prod' ? 'warn' : 'info'}
  refreshSeconds: "30"
`;
      }
    }
  }
  return files;
}

/** The application whose children are the files of `apps/<env>`. */
export function rootApplication(
  platform: SeedPlatform,
  environment: SeedEnvironment,
  githubUrl: string,
): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${platform.system}-${environment.shortName}
  namespace: argocd
  labels:
    app.kubernetes.io/part-of: ${platform.system}
    fairway.dev/environment: ${environment.shortName}
spec:
  project: ${platform.system}
  source:
    repoURL: ${githubUrl}/${platform.gitopsRepository}.git
    targetRevision: main
    path: ${platform.gitopsPath}/apps/${environment.shortName}
  destination:
    server: https://kubernetes.default.svc
    namespace: argocd
  syncPolicy:
    automated:
      prune: true
      selfHeal: true
`;
}

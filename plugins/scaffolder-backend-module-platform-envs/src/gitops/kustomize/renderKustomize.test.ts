import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { aComponent, SEED_SYSTEMS } from '../../__testUtils__/aComponent';
import {
  kustomizeBuild,
  kustomizeBuildByAll,
  writeFiles,
} from '../../__testUtils__/kustomizeBuild';
import { validateManifests } from '../../__testUtils__/validateManifests';
import { ComponentInput } from '../componentInput';
import { GitopsComponent } from '../types';
import { renderKustomize } from './renderKustomize';

const LONG_NAME = `a${'bcd-efghi'.repeat(5)}`.slice(0, 40);

/** What kustomize, YAML and shells take for something else. */
const AWKWARD_VALUES = [
  '',
  ' ',
  '"',
  '"quoted"',
  "'quoted'",
  '"it is" and "was"',
  'a=b=c',
  '$(id) ${x} {{ y }} \\ # : & * ! | > % @ ` 🚢',
  '- x',
  '0x1f',
  'null',
];

/** What a form may ask for, from nothing to everything. */
const CASES: Record<string, ComponentInput & { name?: string }> = {
  'a service with defaults': {},
  'everything that a service may have': {
    name: LONG_NAME,
    ports: { http: 8081, grpc: 65535 },
    exposure: 'public',
    secrets: ['STRIPE_API_KEY', 'A'],
    command: ['serve', '--greeting', `"it's" \${{ x }} {{ y }} $(id) 🚢: #`],
    egressPorts: [9098, 6379],
    environmentVariables: Object.fromEntries(
      AWKWARD_VALUES.map((value, index) => [`V${index}`, value]),
    ),
    sizes: {
      dev: { size: 'large', replicas: 2, maxReplicas: 100 },
      prod: { size: 'small', replicas: 100, maxReplicas: 100 },
    },
  },
  'a website': { kind: 'web', exposure: 'internal' },
  'a service of gRPC alone': { ports: { grpc: 9090 }, exposure: 'public' },
  'a worker': { kind: 'worker', command: ['consume'] },
  'a worker with metrics': { kind: 'worker', ports: { http: 8080 } },
};

/** Environments of the seed that run Kubernetes. */
const PLACES = SEED_SYSTEMS.eks.flatMap(system =>
  [0, 1, 2].map(index => ({ system, index })),
);

describe('renderKustomize', () => {
  let folder: string;
  /** What comes of all kinds of components, by system and index of the environment. */
  let all: Map<string, BuiltPlace>;
  /** What the schemas say against any of it; they are loaded once. */
  let problems: string[];

  beforeAll(async () => {
    const place = await mkdtemp(join(tmpdir(), 'fairway-gitops-all-'));
    all = new Map();
    for (const { system, index } of PLACES) {
      const built = await buildAllKinds(join(place, system), system, index);
      all.set(`${system} ${index}`, built);
    }
    await rm(place, { recursive: true, force: true });
    problems = validateManifests(
      [...all.values()].flatMap(({ objects, applications }) => [
        ...objects,
        ...applications,
      ]),
    );
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-gitops-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Objects by short name of the environment, as real kustomize makes them. */
  async function build(component: GitopsComponent, environments: string[]) {
    await writeFiles(folder, renderKustomize(component));
    const built = await Promise.all(
      environments.map(
        async (shortName): Promise<[string, any[]]> => [
          shortName,
          await kustomizeBuild(
            join(
              folder,
              component.gitopsPath,
              'overlays',
              shortName,
              component.name,
            ),
          ),
        ],
      ),
    );
    return new Map(built);
  }

  it('makes nothing that the schemas of Kubernetes and its operators have anything against', () => {
    expect(problems).toEqual([]);
    const kinds = new Set(
      [...all.values()].flatMap(({ objects }) =>
        objects.map(({ kind }) => kind),
      ),
    );
    expect([...kinds].sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'ExternalSecret',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PodMonitor',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
  });

  it.each(PLACES)(
    'builds all kinds of components in environment $index of $system, each labelled as what it is',
    ({ system, index }) => {
      const { objects, applications, components } = all.get(
        `${system} ${index}`,
      )!;
      const { shortName, namespace } = components[0].environments[index];
      const named = (kind: string) =>
        objects
          .filter(object => object.kind === kind)
          .map(({ metadata }) => metadata.name)
          .sort();
      const names = components.map(({ name }) => name).sort();
      expect(named('Deployment')).toEqual(names);
      expect(
        applications.map(({ spec }) => spec.source.path.split('/').at(-1)),
      ).toEqual(components.map(({ name }) => name));
      for (const { metadata } of objects) {
        expect(metadata.namespace).toBe(namespace);
        expect(metadata.labels).toMatchObject({
          'fairway.dev/component': metadata.labels['app.kubernetes.io/name'],
          'fairway.dev/environment': shortName,
          'backstage.io/kubernetes-id':
            metadata.labels['app.kubernetes.io/name'],
        });
      }
      const { data } = objects.find(
        object =>
          object.kind === 'ConfigMap' &&
          object.metadata.name.startsWith(LONG_NAME),
      );
      expect(AWKWARD_VALUES.map((_, number) => data[`V${number}`])).toEqual(
        AWKWARD_VALUES,
      );
    },
  );

  const of = (objects: any[] | undefined, kind: string) =>
    objects?.find(object => object.kind === kind);

  it('gives a service what it needs, and prod an autoscaler instead of a count', async () => {
    const built = await build(await aComponent('sample-platform-ai'), [
      'dev',
      'prod',
    ]);
    expect(built.get('dev')!.map(object => object.kind)).toEqual([
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
    const dev = of(built.get('dev'), 'Deployment');
    expect(dev.spec.replicas).toBe(1);
    expect(dev.spec.selector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'greeter',
    });
    expect(dev.spec.template.metadata).toEqual({
      labels: {
        'app.kubernetes.io/name': 'greeter',
        'app.kubernetes.io/part-of': 'sample-platform-ai',
        'backstage.io/kubernetes-id': 'greeter',
        'fairway.dev/component': 'greeter',
        'fairway.dev/environment': 'dev',
      },
      annotations: {
        'prometheus.io/path': '/metrics',
        'prometheus.io/port': '8080',
        'prometheus.io/scrape': 'true',
      },
    });
    const [container] = dev.spec.template.spec.containers;
    expect(container).toMatchObject({
      image:
        '111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/greeter:unreleased',
      resources: {
        requests: { cpu: '50m', memory: '128Mi' },
        limits: { memory: '256Mi' },
      },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
      securityContext: { readOnlyRootFilesystem: true },
    });
    const configMap = of(built.get('dev'), 'ConfigMap');
    expect(configMap.data).toEqual({
      ENVIRONMENT: 'dev',
      LOG_LEVEL: 'debug',
      PORT: '8080',
    });
    expect(container.envFrom).toEqual([
      { configMapRef: { name: configMap.metadata.name } },
    ]);

    expect(of(built.get('prod'), 'Deployment').spec.replicas).toBeUndefined();
    expect(of(built.get('prod'), 'HorizontalPodAutoscaler').spec).toMatchObject(
      { minReplicas: 3, maxReplicas: 9 },
    );
  });

  it('shows no more than it is asked to', async () => {
    const built = await build(await aComponent('sample-platform-ai'), ['prod']);
    const policy = of(built.get('prod'), 'NetworkPolicy').spec;
    expect(policy.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(policy.ingress).toHaveLength(1);
    expect(policy.ingress[0].from).toHaveLength(2);
    expect(of(built.get('prod'), 'Ingress')).toBeUndefined();
    expect(of(built.get('prod'), 'ExternalSecret')).toBeUndefined();
    const reached = policy.egress.flatMap((rule: any) =>
      (rule.ports ?? [{ port: 'all' }]).map(({ port }: any) => port),
    );
    expect(reached).toEqual([53, 53, 'all', 4317, 4318, 443, 80, 5432]);
  });

  it('routes by the tier: plain, by latency, by latency and health', async () => {
    const built = await build(
      await aComponent('sample-platform-ai', { exposure: 'public' }),
      ['dev', 'uat', 'prod'],
    );
    const dns = (shortName: string) => {
      const { metadata, spec } = of(built.get(shortName), 'Ingress');
      return {
        host: spec.rules[0].host,
        ...Object.fromEntries(
          Object.entries(metadata.annotations)
            .filter(([key]) => key.startsWith('external-dns'))
            .map(([key, value]) => [key.split('/')[1], value]),
        ),
      };
    };
    expect(dns('dev')).toEqual({
      host: 'greeter.dev.sample-platform-ai.example.com',
    });
    expect(dns('uat')).toEqual({
      host: 'greeter.uat.sample-platform-ai.example.com',
      'set-identifier': 'ap-southeast-2',
      'aws-region': 'ap-southeast-2',
      'aws-evaluate-target-health': 'false',
    });
    expect(dns('prod')).toEqual({
      host: 'greeter.prod.sample-platform-ai.example.com',
      'set-identifier': 'ap-southeast-2',
      'aws-region': 'ap-southeast-2',
      'aws-evaluate-target-health': 'true',
    });
    expect(of(built.get('prod'), 'Ingress').metadata.annotations).toMatchObject(
      {
        'alb.ingress.kubernetes.io/scheme': 'internet-facing',
        'alb.ingress.kubernetes.io/group.name':
          'sample-platform-ai-prod-public',
      },
    );
    expect(of(built.get('prod'), 'NetworkPolicy').spec.ingress[1]).toEqual({
      ports: [{ port: 'http' }],
    });
  });

  it('reads secrets by name from the store of the platform, never a value', async () => {
    const built = await build(
      await aComponent('sample-platform-ai', {
        secrets: ['STRIPE_API_KEY', 'AUTH_TOKEN'],
      }),
      ['uat'],
    );
    expect(of(built.get('uat'), 'ExternalSecret').spec).toEqual({
      refreshInterval: '1h0m0s',
      secretStoreRef: {
        kind: 'ClusterSecretStore',
        name: 'aws-secrets-manager',
      },
      target: { name: 'greeter', creationPolicy: 'Owner' },
      data: ['AUTH_TOKEN', 'STRIPE_API_KEY'].map(key => ({
        secretKey: key,
        remoteRef: { key: 'sample-platform-ai/uat/greeter', property: key },
      })),
    });
    expect(
      of(built.get('uat'), 'Deployment').spec.template.spec.containers[0]
        .envFrom,
    ).toContainEqual({ secretRef: { name: 'greeter' } });
  });

  it('gives a worker neither address nor probes', async () => {
    const built = await build(
      await aComponent('sample-platform-ai', {
        kind: 'worker',
        command: ['consume', 'greetings'],
      }),
      ['prod'],
    );
    const [container] = of(built.get('prod'), 'Deployment').spec.template.spec
      .containers;
    expect(container.args).toEqual(['consume', 'greetings']);
    expect(container).not.toHaveProperty('ports');
    expect(container).not.toHaveProperty('livenessProbe');
    expect(of(built.get('prod'), 'Service')).toBeUndefined();
    expect(of(built.get('prod'), 'NetworkPolicy').spec.ingress).toEqual([]);
  });

  it('asks a gRPC service by gRPC how it is', async () => {
    const built = await build(
      await aComponent('sample-platform-ai', { ports: { grpc: 9090 } }),
      ['dev'],
    );
    const [container] = of(built.get('dev'), 'Deployment').spec.template.spec
      .containers;
    expect(container.readinessProbe).toMatchObject({ grpc: { port: 9090 } });
    expect(of(built.get('dev'), 'Service').spec.ports).toEqual([
      {
        name: 'grpc',
        port: 9090,
        targetPort: 'grpc',
        appProtocol: 'kubernetes.io/h2c',
      },
    ]);
  });

  it('is found by the Prometheus operator where the platform has one', async () => {
    const component = await aComponent('sample-platform-ai');
    component.environments.forEach(environment => {
      environment.metricsDiscovery = 'service-monitor';
    });
    const built = await build(component, ['dev']);
    expect(of(built.get('dev'), 'ServiceMonitor').spec).toMatchObject({
      endpoints: [{ port: 'http', path: '/metrics' }],
    });
    expect(
      of(built.get('dev'), 'Deployment').spec.template.metadata,
    ).not.toHaveProperty('annotations');

    const worker = await build({ ...component, kind: 'worker' }, ['dev']);
    expect(of(worker.get('dev'), 'PodMonitor').spec).toMatchObject({
      podMetricsEndpoints: [{ port: 'http', path: '/metrics' }],
    });
  });

  it('keeps tag and digest on one line of exactly one image entry', async () => {
    const files = renderKustomize(await aComponent('sample-platform-ai'));
    const overlay = files.get(
      'gitops/overlays/uat/greeter/kustomization.yaml',
    )!;
    expect(overlay.match(/newTag:/g)).toHaveLength(1);
    expect(overlay).toMatch(/^ {4}newTag: unreleased$/m);
    expect(parse(overlay).images).toEqual([
      {
        name: 'greeter',
        newName: '111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/greeter',
        newTag: 'unreleased',
      },
    ]);
  });

  it('syncs on its own only where the policy says auto', async () => {
    const files = renderKustomize(await aComponent('sample-platform-ai'));
    const app = (env: string) =>
      parse(files.get(`gitops/apps/${env}/greeter.yaml`)!);
    expect(app('dev')).toMatchObject({
      metadata: {
        name: 'greeter-dev',
        namespace: 'argocd',
        labels: {
          'fairway.dev/component': 'greeter',
          'fairway.dev/environment': 'dev',
          'app.kubernetes.io/part-of': 'sample-platform-ai',
        },
      },
      spec: {
        project: 'sample-platform-ai',
        source: { path: 'gitops/overlays/dev/greeter', targetRevision: 'main' },
        destination: { name: 'sample-platform-ai-dev' },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    });
    expect(app('uat').spec.syncPolicy).toBeUndefined();
    expect(app('prod').spec.syncPolicy).toBeUndefined();
  });

  it('gives the same bytes for the same input', async () => {
    const render = async () =>
      renderKustomize(
        await aComponent('sample-platform-ai', CASES['a website']),
      );
    expect([...(await render())]).toEqual([...(await render())]);
  });
});

interface BuiltPlace {
  components: GitopsComponent[];
  /** As every kustomize that is here makes them. */
  objects: any[];
  /** Of Argo CD, in the order of the components. */
  applications: any[];
}

/** All cases, with monitors where the index is odd, built together in one environment. */
async function buildAllKinds(
  folder: string,
  system: string,
  index: number,
): Promise<BuiltPlace> {
  const components = await Promise.all(
    Object.values(CASES).map((input, number) =>
      aComponent(system, { name: `greeter-${number}`, ...input }),
    ),
  );
  if (index % 2 === 1) {
    components.forEach(({ environments }) => {
      environments[index].metricsDiscovery = 'service-monitor';
    });
  }
  const { shortName } = components[0].environments[index];
  const files = new Map(
    components.flatMap(component => [...renderKustomize(component)]),
  );
  const folders = components.map(
    ({ name, gitopsPath }) => `${gitopsPath}/overlays/${shortName}/${name}`,
  );
  await writeFiles(folder, files);
  await writeFiles(
    folder,
    new Map([
      [
        'all/kustomization.yaml',
        stringify({ resources: folders.map(path => `../${path}`) }),
      ],
    ]),
  );
  return {
    components,
    objects: await kustomizeBuildByAll(join(folder, 'all')),
    applications: components.map(({ name, gitopsPath }) =>
      parse(files.get(`${gitopsPath}/apps/${shortName}/${name}.yaml`)!),
    ),
  };
}

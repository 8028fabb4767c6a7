import { aComponent, SEED_SYSTEMS } from '../__testUtils__/aComponent';
import { assertSafeOverlay, lintOverlayFiles } from './lintOverlayFiles';
import { renderGitopsFiles } from './renderGitopsFiles';

const AWKWARD = `"it's" \${x} {{ y }} $(id) : # & * ! 🚢`;
const OVERLAY = 'gitops/overlays/dev/x/kustomization.yaml';
const lint = (content: string, path = OVERLAY) =>
  lintOverlayFiles(new Map([[path, content]]), 'gitops');

describe('lintOverlayFiles', () => {
  it.each([
    ['a remote base', 'resources:\n  - https://host.example/x.yaml\n', 'https'],
    [
      'a repository by short name',
      'resources:\n  - github.com/owner/repo/base\n',
      'github.com/owner/repo/base',
    ],
    [
      'a pinned repository',
      'resources:\n  - ../base\n  - owner/repo//deploy?ref=v1\n',
      'owner/repo//deploy?ref=v1',
    ],
    [
      'a repository by ssh',
      'components:\n  - git@host.example:o/r.git\n',
      'git@host.example',
    ],
    ['an old base', 'bases:\n  - ssh://host.example/o/r\n', 'ssh://'],
    [
      'a remote patch',
      'patches:\n  - path: https://host.example/p.yaml\n',
      'https',
    ],
    ['a remote schema', 'openapi:\n  path: http://host.example/s\n', 'http'],
    ['a chart', 'helmCharts:\n  - name: x\n', '"helmCharts" fetches'],
    [
      'an exec generator',
      'generators:\n  - |-\n    kind: X\n',
      '"generators" runs',
    ],
    ['a transformer', 'transformers: [t.yaml]\n', '"transformers" runs'],
    ['a folder above', 'resources: [../../../../etc]\n', 'leaves gitops'],
    ['an absolute path', 'resources: [/etc/passwd]\n', 'leaves gitops'],
    [
      'a file outside in a generator',
      'configMapGenerator:\n  - name: x\n    files: [k=../../../../secret.txt]\n',
      'leaves gitops',
    ],
    [
      'a secret in Git',
      'secretGenerator:\n  - name: x\n    literals: [A=b]\n',
      'keeps secrets in Git',
    ],
    ['an alias', 'resources: &a [x]\ncrds: *a\n', 'alias'],
    ['no YAML', 'resources: [\n', 'no YAML'],
  ])('F32 refuses %s', (_title, content, message) => {
    expect(lint(content).map(finding => finding.message)).toEqual(
      expect.arrayContaining([expect.stringContaining(message)]),
    );
  });

  it.each([
    ['argocd.argoproj.io/hook', 'PreSync'],
    ['helm.sh/hook', 'pre-install'],
    ['config.kubernetes.io/function', 'exec: {path: ./x}'],
  ])('F32 refuses the annotation %s, with its line', (key, value) => {
    expect(
      lint(
        `kind: Job\nmetadata:\n  annotations:\n    ${key}: "${value}"\n`,
        'gitops/base/x/job.yaml',
      ),
    ).toEqual([
      {
        path: 'gitops/base/x/job.yaml',
        line: 4,
        message: `"${key}" is a hook, which runs outside of a sync.`,
      },
    ]);
  });

  it.each([
    [
      'a provisioner',
      'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}\n',
      2,
      'A provisioner runs programs.',
    ],
    [
      'a program that answers',
      'data "external" "x" {\n  program = ["sh"]\n}\n',
      1,
      'The data source "external" runs programs.',
    ],
    [
      'a module that is kept elsewhere',
      'module "x" {\n  source = "git::https://host.example/x.git"\n}\n',
      2,
      'The module "git::https://host.example/x.git" is kept elsewhere',
    ],
    [
      'a module above the folder',
      'module "x" {\n  count  = 1\n  source = "./../../x"\n}\n',
      3,
      'The module "./../../x" is kept elsewhere',
    ],
  ])('F32 refuses in Terraform %s', (_title, content, line, message) => {
    expect(lint(content, 'gitops/services/x/main.tf')).toEqual([
      {
        path: 'gitops/services/x/main.tf',
        line,
        message: expect.stringContaining(message),
      },
    ]);
  });

  it('F32 refuses Terraform in JSON, and lets a module of the folder through', () => {
    expect(lint('{}', 'gitops/services/x/main.tf.json')).toHaveLength(1);
    expect(
      lint('module "x" {\n  source = "./x"\n}\n', 'gitops/services/x/main.tf'),
    ).toEqual([]);
  });

  it('F32 refuses a Secret in a later document', () => {
    expect(
      lint('kind: Service\n---\nkind: Secret\n', 'gitops/base/x/a.yml'),
    ).toEqual([expect.objectContaining({ line: 3 })]);
  });

  it.each(['../x.yaml', '/x.yaml', 'a/../../x.yaml', 'a\\..\\x.yaml'])(
    'F27 refuses the path %s',
    path => {
      expect(lint('{}\n', path)).toEqual([
        { path, message: 'The path leaves the repository.' },
      ]);
    },
  );

  it('F25 refuses a file of ten megabytes without parsing it', () => {
    expect(lint('a: b\n'.repeat(2_000_000))).toEqual([
      { path: OVERLAY, message: 'It is larger than 1048576 bytes.' },
    ]);
  });

  it('lets through what stays within and says so in one line each', () => {
    expect(
      lint(
        'resources:\n  - ../../../base/x\n  - hpa.yaml\npatches:\n  - path: p.yaml\n  - patch: |-\n      kind: X\n      url: https://host.example\n',
      ),
    ).toEqual([]);
  });

  it('names file, line and reason in the error', () => {
    expect(() =>
      assertSafeOverlay(
        new Map([[OVERLAY, 'namespace: x\nhelmCharts: []\n']]),
        'gitops',
      ),
    ).toThrow(
      `These files may not be added to a GitOps repository: ${OVERLAY}:2: "helmCharts" fetches and renders a chart.`,
    );
  });

  it.each([...SEED_SYSTEMS.eks, ...SEED_SYSTEMS.ecs])(
    'F32 finds nothing in what is rendered for %s',
    async system => {
      const component = await aComponent(system, {
        exposure: 'public',
        secrets: ['API_KEY'],
        environmentVariables: { TOPIC: AWKWARD },
        queue: SEED_SYSTEMS.ecs.includes(system),
      });
      expect(
        lintOverlayFiles(renderGitopsFiles(component), component.gitopsPath),
      ).toEqual([]);
    },
  );
});

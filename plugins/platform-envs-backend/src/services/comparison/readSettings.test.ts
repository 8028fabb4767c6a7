import { GitFile } from '@fairway/plugin-platform-envs-node';
import { readOverlaySettings, readTfvarsSettings } from './readSettings';
import { diffSettings } from './settings';

const PATH = 'gitops/overlays/dev/orders/kustomization.yaml';

function overlay(files: Record<string, string>) {
  return readOverlaySettings(
    PATH,
    new Map(
      Object.entries(files).map(([name, content]) => {
        const path = PATH.replace('kustomization.yaml', name);
        const file: GitFile = {
          path,
          content,
          blobSha: '',
          sizeBytes: content.length,
        };
        return [path, file];
      }),
    ),
  );
}

const kustomization = (body: string) =>
  overlay({ 'kustomization.yaml': `kind: Kustomization\n${body}` });

describe('what two overlays say', () => {
  it('differs key by key: replicas, literals, environment, resources', () => {
    const from = overlay({
      'kustomization.yaml': `namespace: shop-dev
images: [{name: orders, newTag: 1.2.0}]
replicas: [{name: orders, count: 1}]
configMapGenerator:
  - name: orders-config
    literals: [LOG_LEVEL=debug, REGION=a=b]
    envs: [more.env]
patches:
  - path: patch.yaml
`,
      'more.env': '# comment\nFEATURE_X="on"\n\nSAME=1\n',
      'patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
        - name: orders
          env:
            - {name: TIMEOUT, value: "5s"}
          resources: {limits: {memory: 256Mi}}
`,
    });
    const to = overlay({
      'kustomization.yaml': `namespace: shop-prod
images: [{name: orders, newTag: 1.1.0}]
replicas: [{name: orders, count: 3}]
configMapGenerator:
  - name: orders-config
    literals: [LOG_LEVEL=warn, REGION=a=b]
    envs: [more.env]
patches:
  - patch: |
      kind: Deployment
      metadata: {name: orders}
      spec:
        template:
          spec:
            containers:
              - name: orders
                env: [{name: TIMEOUT, value: 30s}]
                resources: {limits: {memory: 1Gi}}
`,
      'more.env': 'SAME=1\n',
    });
    expect(diffSettings(from, to, [['dev', 'prod']])).toEqual([
      { group: 'replicas', key: 'orders', from: '1', to: '3' },
      { group: 'literal', key: 'orders-config · FEATURE_X', from: 'on' },
      {
        group: 'literal',
        key: 'orders-config · LOG_LEVEL',
        from: 'debug',
        to: 'warn',
      },
      {
        group: 'environment',
        key: 'Deployment orders · TIMEOUT',
        from: '5s',
        to: '30s',
      },
      {
        group: 'resources',
        key: 'Deployment orders · memory limits',
        from: '256Mi',
        to: '1Gi',
      },
    ]);
  });

  it('never tells a secret, whatever kind of setting it is', () => {
    const canary = 'canary-8d1f';
    const sides = ['a', 'b'].map(side =>
      kustomization(`secretGenerator:
  - name: db
    literals: [user=${canary}${side}]
configMapGenerator:
  - name: config
    literals: [DB_PASSWORD=${canary}${side}]
patches:
  - patch: |
      kind: Secret
      metadata: {name: raw}
      stringData: {whatever: ${canary}${side}}
  - patch: |
      kind: Deployment
      metadata: {name: orders}
      spec: {template: {spec: {containers: [{name: orders, env: [{name: API_TOKEN, value: ${canary}${side}}]}]}}}
`),
    );
    const differences = diffSettings(sides[0], sides[1]);
    expect(differences.map(d => [d.key, d.masked, d.from])).toEqual([
      ['config · DB_PASSWORD', true, '(hidden)'],
      ['db · user', true, '(hidden)'],
      ['Deployment orders · API_TOKEN', true, '(hidden)'],
      ['Secret raw · stringData.whatever', true, '(hidden)'],
    ]);
    expect(JSON.stringify(differences)).not.toContain(canary);
  });

  it('does not differ by the names of the environments themselves', () => {
    const of = (name: string) =>
      kustomization(`labels: [{pairs: {fairway.dev/environment: ${name}}}]
configMapGenerator: [{name: c, literals: ["URL=https://api.${name}.example.com"]}]
`);
    expect(diffSettings(of('dev'), of('prod'), [['dev', 'prod']])).toEqual([]);
    expect(diffSettings(of('dev'), of('prod'))).toHaveLength(2);
  });

  it('reads JSON patches, and says that a file is elsewhere', () => {
    const settings = kustomization(`patches:
  - target: {kind: Deployment, name: orders}
    patch: |
      - {op: replace, path: /spec/replicas, value: 4}
configMapGenerator: [{name: c, files: [../../base/app.toml]}]
`);
    expect(settings).toEqual([
      {
        group: 'literal',
        key: 'c · app.toml',
        value: '(not in this folder)',
      },
      {
        group: 'other',
        key: 'Deployment orders · replace /spec/replicas',
        value: '4',
      },
    ]);
  });

  it('cannot be told of a file that is no kustomization', () => {
    expect(() => kustomization('replicas: many')).toThrow();
    expect(() => kustomization('a: [')).toThrow();
  });

  it('differs key by key in tfvars, apart from the image', () => {
    const of = (values: object) => readTfvarsSettings(JSON.stringify(values));
    expect(
      diffSettings(
        of({
          image_tag: '1',
          desired_count: 1,
          cpu: 256,
          environment: { A: 'x', DB_PASSWORD: 'p' },
        }),
        of({
          image_tag: '2',
          desired_count: 2,
          cpu: 512,
          environment: { A: 'y', DB_PASSWORD: 'q' },
          alb: true,
        }),
      ),
    ).toEqual([
      { group: 'replicas', key: 'desired_count', from: '1', to: '2' },
      { group: 'environment', key: 'A', from: 'x', to: 'y' },
      {
        group: 'environment',
        key: 'DB_PASSWORD',
        from: '(hidden)',
        to: '(hidden)',
        masked: true,
      },
      { group: 'resources', key: 'cpu', from: '256', to: '512' },
      { group: 'other', key: 'alb', to: 'true' },
    ]);
  });
});

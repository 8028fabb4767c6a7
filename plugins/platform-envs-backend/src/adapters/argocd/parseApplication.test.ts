import { Deployment } from '@fairway/plugin-platform-envs-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseApplication } from './parseApplication';

const DOCUMENTS = new Map(
  parseAllDocuments(
    readFileSync(join(__dirname, '__fixtures__/applications.yaml'), 'utf8'),
  )
    .map(document => document.toJS({ maxAliasCount: 0 }))
    .map(application => [application.metadata.name as string, application]),
);

const urlOf = (namespace: string, name: string) =>
  `https://argocd.example.com/applications/${namespace}/${name}`;

const parse = (document: unknown) => parseApplication('main', document, urlOf)!;

const COMMIT = (digit: number) => String(digit).repeat(40);

const EXPECTED: Record<string, Partial<Deployment>> = {
  'single-source': {
    project: 'shop',
    labels: {
      'fairway.dev/component': 'orders',
      'fairway.dev/environment': 'prod',
    },
    automated: true,
    sync: 'Synced',
    health: 'Healthy',
    healthSince: '2026-01-05T10:00:30Z',
    revision: COMMIT(1),
    destination: { cluster: 'https://10.0.0.1', namespace: 'shop' },
    source: {
      repoURL: 'https://git.example.com/shop/gitops.git',
      path: 'overlays/prod/orders',
      targetRevision: 'main',
    },
    sources: [
      {
        repoURL: 'https://git.example.com/shop/gitops.git',
        path: 'overlays/prod/orders',
        targetRevision: 'main',
        revision: COMMIT(1),
      },
    ],
    resources: [
      {
        kind: 'Service',
        name: 'orders',
        namespace: 'shop',
        sync: 'Synced',
        health: 'Healthy',
      },
      {
        kind: 'Deployment',
        name: 'orders',
        namespace: 'shop',
        sync: 'Synced',
        health: 'Healthy',
      },
    ],
    operation: {
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      startedAt: '2026-01-05T10:00:00Z',
      finishedAt: '2026-01-05T10:00:05Z',
      revision: COMMIT(1),
    },
    history: [
      {
        id: 6,
        revision: COMMIT(2),
        deployStartedAt: '2026-01-03T10:00:00Z',
        deployedAt: '2026-01-03T10:00:05Z',
        initiatedBy: 'ada@example.com',
      },
      {
        id: 7,
        revision: COMMIT(1),
        deployStartedAt: '2026-01-05T10:00:00Z',
        deployedAt: '2026-01-05T10:00:05Z',
        initiatedBy: 'Argo CD',
      },
    ],
  },
  'multi-source': {
    automated: false,
    sync: 'OutOfSync',
    revision: COMMIT(4),
    source: {
      repoURL: 'https://git.example.com/shop/gitops.git',
      path: 'overlays/prod/web',
      targetRevision: 'release',
      position: 3,
    },
    sources: [
      {
        repoURL: 'https://charts.example.com',
        chart: 'web',
        targetRevision: '~1.4',
        revision: '1.4.7',
      },
      {
        repoURL: 'https://git.example.com/shop/values.git',
        ref: 'values',
        targetRevision: 'main',
        revision: COMMIT(3),
      },
      {
        repoURL: 'https://git.example.com/shop/gitops.git',
        path: 'overlays/prod/web',
        targetRevision: 'release',
        revision: COMMIT(4),
      },
    ],
    operation: expect.objectContaining({
      phase: 'Failed',
      message: 'one or more objects failed to apply',
      revision: COMMIT(5),
    }),
    history: [expect.objectContaining({ id: 0, revision: COMMIT(6) })],
  },
  'helm-chart': {
    revision: '19.6.4',
    sources: [
      {
        repoURL: 'https://charts.example.com',
        chart: 'redis',
        targetRevision: '19.6.4',
        revision: '19.6.4',
      },
    ],
    images: ['docker.io/library/redis:7.4.0'],
  },
  'oci-artifact': {
    revision: `sha256:${'b'.repeat(64)}`,
    images: [],
    resources: [],
  },
  'app-of-apps': {
    images: [],
    children: [
      { kind: 'Application', name: 'single-source', namespace: 'argocd' },
      { kind: 'Application', name: 'elsewhere', namespace: 'team-a' },
      { kind: 'ApplicationSet', name: 'previews', namespace: 'argocd' },
    ],
  },
  'made-by-set': {
    namespace: 'team-a',
    managedBy: { kind: 'ApplicationSet', name: 'previews' },
    health: 'Progressing',
    url: urlOf('team-a', 'made-by-set'),
  },
  'with-hooks': {
    automated: false,
    sync: 'OutOfSync',
    health: 'Missing',
    resources: [
      {
        kind: 'Deployment',
        name: 'api',
        namespace: 'shop',
        sync: 'OutOfSync',
        health: 'Missing',
      },
    ],
    operation: {
      phase: 'Running',
      message: 'waiting for completion of hook batch/Job/migrate',
      startedAt: '2026-01-05T10:00:00Z',
    },
  },
  'health-in-tree': {
    health: 'Degraded',
    resources: [
      {
        kind: 'Deployment',
        name: 'api',
        namespace: 'shop',
        sync: 'Synced',
        health: 'Unknown',
      },
      { kind: 'ConfigMap', name: 'api', namespace: 'shop', sync: 'Synced' },
    ],
  },
  'brand-new': {
    sync: 'Unknown',
    health: 'Unknown',
    images: [],
    resources: [],
    conditions: [],
  },
  nulls: {
    labels: {},
    automated: false,
    sync: 'Unknown',
    health: 'Unknown',
    images: [],
    resources: [],
    conditions: [],
  },
  'no-status': { sync: 'Unknown', health: 'Unknown', destination: {} },
  least: { namespace: 'argocd', sync: 'Unknown', health: 'Unknown' },
  'from-the-future': {
    sync: 'Unknown',
    health: 'Unknown',
    revision: COMMIT(1),
    resources: [
      {
        kind: 'Deployment',
        name: 'api',
        namespace: 'shop',
        sync: 'Unknown',
        health: 'Unknown',
      },
    ],
  },
  conditions: {
    conditions: [
      {
        type: 'ComparisonError',
        message: expect.stringContaining('app path does not exist'),
        at: '2026-01-05T10:00:00Z',
      },
      expect.objectContaining({ type: 'InvalidSpecError' }),
      {
        type: 'SyncError',
        message: expect.stringContaining('retried 5 times'),
      },
      { type: 'UnknownError', message: '' },
      expect.objectContaining({ type: 'DeletionError' }),
      expect.objectContaining({ type: 'OrphanedResourceWarning' }),
      expect.objectContaining({ type: 'SharedResourceWarning' }),
      expect.objectContaining({ type: 'RepeatedResourceWarning' }),
      expect.objectContaining({ type: 'ExcludedResourceWarning' }),
    ],
  },
  hydrated: {
    health: 'Suspended',
    healthMessage: 'CronJob is suspended',
    revision: COMMIT(7),
    source: {
      repoURL: 'https://git.example.com/shop/gitops.git',
      path: 'api',
      targetRevision: 'env/prod',
    },
  },
  'being-deleted': { deletedAt: '2026-01-06T10:00:00Z' },
};

describe('parseApplication', () => {
  it('has an expectation for every document of the corpus', () => {
    expect([...DOCUMENTS.keys()]).toEqual(Object.keys(EXPECTED));
  });

  it.each(Object.entries(EXPECTED))('reads %s', (name, expected) => {
    const deployment = parse(DOCUMENTS.get(name));
    expect(deployment.problem).toBeUndefined();
    expect(deployment).toMatchObject({ instance: 'main', name });
    expect(
      Object.fromEntries(
        Object.keys(expected).map(key => [
          key,
          deployment[key as keyof Deployment],
        ]),
      ),
    ).toEqual(expected);
  });

  it('names no source where there is none', () => {
    for (const name of ['nulls', 'least']) {
      const deployment = parse(DOCUMENTS.get(name));
      expect(deployment.source).toBeUndefined();
      expect(deployment.sources).toBeUndefined();
    }
  });

  it.each(['Running', 'Terminating', 'Succeeded', 'Failed', 'Error', 'Novel'])(
    'tells the phase %s of an operation as it is',
    phase => {
      const { metadata, spec } = DOCUMENTS.get('single-source');
      const { operation } = parse({
        metadata,
        spec,
        status: { operationState: { phase } },
      });
      expect(operation).toEqual({ phase });
    },
  );

  it('reads a list entry as it reads the whole, as far as it goes', () => {
    for (const document of DOCUMENTS.values()) {
      const { sync, health, summary, resources } = document.status ?? {};
      const listed = parse({
        metadata: {
          name: document.metadata.name,
          namespace: document.metadata.namespace,
          labels: document.metadata.labels,
        },
        spec: document.spec,
        status: {
          sync: { status: sync?.status },
          health,
          summary,
          resources,
        },
      });
      const whole = parse(document);
      for (const key of [
        'name',
        'namespace',
        'sync',
        'health',
        'images',
        'resources',
        'children',
        'source',
        'automated',
      ] as const) {
        expect([key, listed[key]]).toEqual([key, whole[key]]);
      }
    }
  });

  it.each<[string, object, RegExp]>([
    ['resources that are no list', { resources: 'none' }, /status\.resources/],
    ['a resource without a kind', { resources: [{ name: 'x' }] }, /kind/],
    ['a summary that is text', { summary: 'many' }, /status\.summary/],
    ['a history of numbers', { history: [1] }, /status\.history\.0/],
    ['a condition without a type', { conditions: [{}] }, /conditions\.0\.type/],
    [
      'an operation that is a list',
      { operationState: [] },
      /status\.operationState/,
    ],
  ])('says what is wrong with %s, and whose it is', (_, status, problem) => {
    const { metadata, spec } = DOCUMENTS.get('single-source');
    expect(parse({ metadata, spec, status })).toMatchObject({
      name: 'single-source',
      namespace: 'argocd',
      sync: 'Unknown',
      health: 'Unknown',
      problem: expect.stringMatching(
        new RegExp(`single-source cannot be read: .*${problem.source}`),
      ),
    });
  });

  it.each([
    null,
    7,
    'text',
    [],
    {},
    { metadata: {} },
    { metadata: { name: '' } },
  ])('takes %j for no application', document => {
    expect(parseApplication('main', document, urlOf)).toBeUndefined();
  });
});

import {
  DeliveryCell,
  DeliveryRow,
  EnvironmentReplication,
  EnvironmentSummary,
  okReading,
  Overview,
  OverviewSource,
  Release,
  ReplicationLag,
  rowNeedsAttention,
  toOverviewRow,
} from '@fairway/plugin-platform-envs-common';

/** The moment at which the built world stands still. */
export const AT = '2026-11-21T10:00:00.000Z';

/** What a cell says of its source while Argo CD does not answer. */
export const STALE = {
  state: 'stale' as const,
  observedAt: '2026-11-21T09:40:00.000Z',
  message: 'Argo CD main answered 503',
};

/** An ISO time so many minutes before {@link AT}. */
export function minutesBefore(minutes: number): string {
  return new Date(Date.parse(AT) - minutes * 60_000).toISOString();
}

/** A digest that is the same for the same text. */
export function aDigest(text: string): string {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + letter.charCodeAt(0)) % 65_521;
  let hex = '';
  while (hex.length < 64) {
    hash = (hash * 75 + 74) % 65_537;
    hex += (hash % 65_536).toString(16).padStart(4, '0');
  }
  return `sha256:${hex.slice(0, 64)}`;
}

export function aRelease(image: string, version: string): Release {
  return {
    image: `111100000000.dkr.ecr.ap-southeast-2.amazonaws.com/${image}`,
    version,
    digest: aDigest(`${image}:${version}`),
  };
}

export function anEnvironment(
  system: string,
  shortName: string,
  overrides: Partial<EnvironmentSummary> = {},
): EnvironmentSummary {
  const order = ['local', 'dev', 'uat', 'staging', 'prod'].indexOf(shortName);
  const gated = shortName === 'prod';
  return {
    ref: `environment:default/${system}-${shortName}`,
    name: `${system}-${shortName}`,
    title: `${system} ${shortName}`,
    shortName,
    tier: (['dev', 'uat', 'staging', 'prod'].includes(shortName)
      ? shortName
      : 'local') as EnvironmentSummary['tier'],
    promotionOrder: order * 10,
    lifecycle: 'active',
    systemRef: `system:default/${system}`,
    ownerRef: `group:default/${system}`,
    runtime: 'eks',
    awsAccountId: '111100000003',
    regions: [{ name: 'ap-southeast-2', role: 'primary' }],
    availability: gated ? 'regional-and-az-failover' : 'single-az',
    clusterRef: `resource:default/${system}-${shortName}`,
    namespace: system,
    delivery: {
      policy: gated ? 'gated' : (shortName === 'dev' && 'auto') || 'manual',
      minApprovals: gated ? 1 : 0,
      approverRefs: gated ? [`group:default/${system}-leads`] : [],
    },
    routing: gated ? 'latency-health-checked' : 'simple',
    planCostPerMonth: { amount: '4150', currency: 'USD' },
    gitops: {
      repository: `${system}/${system}`,
      branch: 'main',
      path: 'gitops',
    },
    links: [
      {
        title: 'Argo CD',
        url: 'https://argocd.example.com/applications',
        type: 'argocd',
      },
      {
        title: 'Grafana',
        url: 'https://grafana.example.com/d/env',
        type: 'grafana',
      },
    ],
    ...overrides,
  };
}

export function aCell(
  component: string,
  environment: EnvironmentSummary,
  version: string,
  overrides: Partial<DeliveryCell> = {},
): DeliveryCell {
  const release = aRelease(component, version);
  const application = `${component}-${environment.shortName}`;
  return {
    componentRef: `component:default/${component}`,
    environmentRef: environment.ref,
    application: { name: application, instance: 'main', match: 'derived' },
    desired: okReading(
      {
        ...release,
        path: `gitops/overlays/${environment.shortName}/${component}/kustomization.yaml`,
        commit: '4f2a9c1d0e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c',
        author: 'sample-platform-developer',
        committedAt: minutesBefore(130),
        message: `Release ${component} ${version} to ${environment.shortName}`,
      },
      AT,
    ),
    live: okReading({ ...release, revision: '4f2a9c1d' }, AT),
    sync: 'Synced',
    health: 'Healthy',
    state: 'healthy',
    sentence: `${environment.shortName} runs ${version} and is healthy since 2 h.`,
    since: minutesBefore(125),
    source: { state: 'live', observedAt: AT },
    resources: [
      {
        kind: 'Deployment',
        name: component,
        namespace: environment.namespace,
        sync: 'Synced',
        health: 'Healthy',
      },
      { kind: 'Service', name: component, sync: 'Synced', health: 'Healthy' },
    ],
    lastOperation: {
      phase: 'Succeeded',
      startedAt: minutesBefore(128),
      finishedAt: minutesBefore(126),
      message: 'successfully synced (all tasks run)',
    },
    links: [
      {
        title: 'Argo CD',
        url: `https://argocd.example.com/applications/${application}`,
        type: 'argocd',
      },
      {
        title: 'Logs',
        url: `https://grafana.example.com/explore?app=${component}`,
        type: 'logs',
      },
      { title: 'Runbook', url: `/docs/${component}`, type: 'runbook' },
    ],
    ...overrides,
  };
}

export function aRow(
  name: string,
  system: string,
  cells: DeliveryCell[],
  overrides: Partial<DeliveryRow> = {},
): DeliveryRow {
  return {
    component: {
      ref: `component:default/${name}`,
      name,
      type: 'service',
      language: 'go',
      lifecycle: 'production',
      ownerRef: `group:default/${system}`,
      systemRef: `system:default/${system}`,
    },
    cells,
    findings: [],
    ...overrides,
  };
}

export function aSource(
  overrides: Partial<OverviewSource> = {},
): OverviewSource {
  return {
    id: 'argocd:main',
    title: 'Argo CD',
    state: 'live',
    observedAt: AT,
    ...overrides,
  };
}

/** A whole board as the backend knows it: with everything about each cell. */
export interface BuiltBoard {
  revision: string;
  generatedAt: string;
  sources: OverviewSource[];
  environments: EnvironmentSummary[];
  rows: DeliveryRow[];
}

/** What the overview tells of a board. */
export function asOverview(board: BuiltBoard): Overview {
  const rows = board.rows.map(toOverviewRow);
  return {
    ...board,
    rows,
    total: rows.length,
    attention: rows.filter(rowNeedsAttention).length,
  };
}

export function anOverview(overrides: Partial<BuiltBoard> = {}): BuiltBoard {
  return {
    revision: '1',
    generatedAt: AT,
    sources: [aSource()],
    environments: [],
    rows: [],
    ...overrides,
  };
}

/** Two platforms: one with trouble in prod, one calm. */
export function aSmallOverview(): BuiltBoard {
  const [dev, uat, prod] = ['dev', 'uat', 'prod'].map(name =>
    anEnvironment('sample-platform-ai', name),
  );
  const [otherDev, otherProd] = ['dev', 'prod'].map(name =>
    anEnvironment('cornjacket-platform', name, { runtime: 'ecs' }),
  );
  return anOverview({
    environments: [prod, dev, uat, otherProd, otherDev],
    rows: [
      aRow('sample-frontend', 'sample-platform-ai', [
        aCell('sample-frontend', dev, '2.4.0'),
        aCell('sample-frontend', uat, '2.3.1'),
        aCell('sample-frontend', prod, '2.3.1'),
      ]),
      aRow('sample-backend', 'sample-platform-ai', [
        aCell('sample-backend', dev, '1.8.3'),
        aCell('sample-backend', uat, '1.8.2', {
          behind: {
            environmentRef: dev.ref,
            state: 'behind',
            fromVersion: '1.8.2',
            toVersion: '1.8.3',
          },
        }),
        aCell('sample-backend', prod, '1.8.0', {
          state: 'degraded',
          health: 'Degraded',
          sync: 'OutOfSync',
          since: minutesBefore(14),
          sentence: 'prod is degraded for 14 min: 1 of 4 pods is not ready.',
          behind: {
            environmentRef: uat.ref,
            state: 'behind',
            fromVersion: '1.8.0',
            toVersion: '1.8.2',
          },
        }),
      ]),
      aRow('cornjacket-ingestion', 'cornjacket-platform', [
        aCell('cornjacket-ingestion', otherDev, '0.14.0'),
        aCell('cornjacket-ingestion', otherProd, '0.13.2'),
      ]),
    ],
  });
}

export function aReplicationLag(
  overrides: Partial<ReplicationLag> = {},
): ReplicationLag {
  return {
    globalCluster: 'sample-platform-ai-prod',
    status: 'available',
    writer: {
      cluster: 'sample-platform-ai-prod-sydney',
      region: 'ap-southeast-2',
    },
    reader: {
      cluster: 'sample-platform-ai-prod-melbourne',
      region: 'ap-southeast-4',
      synchronization: 'connected',
    },
    lagMs: okReading(180, AT),
    rpoLagMs: okReading(212, AT),
    series: Array.from({ length: 180 }, (_, i) => ({
      at: minutesBefore(180 - i),
      lagMs: 150 + Math.round(40 * Math.sin(i / 9) + ((i * 7919) % 31)),
    })).filter((_, i) => i < 70 || i > 84),
    ...overrides,
  };
}

export function aReplication(
  overrides: Partial<EnvironmentReplication> = {},
): EnvironmentReplication {
  return {
    environmentRef: 'environment:default/sample-platform-ai-prod',
    lag: okReading([aReplicationLag()], AT),
    ...overrides,
  };
}

import { mockServices } from '@backstage/backend-test-utils';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Deployment, GitHost } from '@fairway/plugin-platform-envs-node';
import {
  aDeployment,
  FakeDeploymentSource,
  FakeGitHost,
} from '@fairway/plugin-platform-envs-node/testUtils';
import knexFactory from 'knex';
import {
  aComponent,
  anEnvironment,
  anImage,
  anOverlay,
  BACKEND,
  DEV,
  PROD,
  REPOSITORY,
} from '../../../__testUtils__/entities';
import { DatabasePromotionStore } from '../../../database/DatabasePromotionStore';
import { migrate } from '../../../database/migrate';
import { createPromotions } from '../createPromotions';
import { PromotionTargets } from '../PromotionTargets';

export const UAT = 'environment:default/shop-uat';
export const DEVELOPER = 'user:default/developer';
export const LEAD = 'user:default/lead';
export const SECOND_LEAD = 'user:default/second-lead';
export const LEADS = 'group:default/shop-leads';

export const overlayPath = (environment: string) =>
  `gitops/overlays/${environment}/backend/kustomization.yaml`;

export function aUser(name: string, groups: string[], email?: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default' },
    spec: { profile: email ? { email } : {} },
    relations: groups.map(group => ({
      type: 'memberOf',
      targetRef: `group:default/${group}`,
    })),
  };
}

/** An Argo CD that does as it is asked, at once. */
export class ObedientDeploymentSource extends FakeDeploymentSource {
  /** What the next syncs lead to. */
  outcome: Partial<Deployment> = { sync: 'Synced', health: 'Healthy' };

  change(name: string, overrides: Partial<Deployment>) {
    const { deployments } = this.getSnapshot();
    this.set(
      deployments.map(d => (d.name === name ? { ...d, ...overrides } : d)),
    );
  }

  async refresh(name: string): Promise<Deployment> {
    const before = await super.refresh(name);
    if (!before.operation) this.change(name, { sync: 'OutOfSync' });
    return this.getSnapshot().deployments.find(d => d.name === name)!;
  }

  async sync(name: string, options?: { revision?: string }) {
    await super.sync(name, options);
    this.change(name, { revision: options?.revision, ...this.outcome });
    return this.getSnapshot().deployments.find(d => d.name === name)!;
  }
}

/** A Git host with some of its methods replaced. */
export function withMethods(
  gitHost: GitHost,
  methods: Partial<GitHost>,
): GitHost {
  return new Proxy(gitHost, {
    get(target, name: keyof GitHost) {
      return methods[name] ?? target[name]?.bind(target);
    },
  });
}

/** A catalog, a Git host, an Argo CD and a database; the clock stands still until it is moved. */
export async function createScene() {
  const entities: Entity[] = [
    aComponent('backend', { 'fairway.dev/environments': 'dev,uat,prod' }),
    anEnvironment('dev', { delivery: { policy: 'auto' } }),
    anEnvironment('uat', { promotionOrder: 20 }),
    anEnvironment('prod', {
      delivery: { policy: 'gated', minApprovals: 1, approvers: [LEADS] },
    }),
    aUser('developer', ['shop'], 'dev@example.com'),
    aUser('lead', ['shop', 'shop-leads'], 'lead@example.com'),
    aUser('second-lead', ['shop-leads']),
    aUser('developer-again', ['shop-leads'], 'DEV@example.com'),
    aUser('outsider', []),
  ];
  const catalog = catalogServiceMock.mock({
    getEntityByRef: async ref =>
      entities.find(e => stringifyEntityRef(e) === String(ref)),
    getEntities: async request => {
      const { kind } = (request?.filter ?? {}) as { kind?: string };
      return { items: entities.filter(e => !kind || e.kind === kind) };
    },
  });
  const gitHost = new FakeGitHost();
  gitHost.push(REPOSITORY, 'main', {
    [overlayPath('dev')]: anOverlay('backend', '1.3.0'),
    [overlayPath('uat')]: anOverlay('backend', '1.2.0'),
    [overlayPath('prod')]: anOverlay('backend', '1.1.0'),
    'README.md': 'Hello\n',
  });
  const source = new ObedientDeploymentSource();
  const running = (environment: string, version: string) =>
    aDeployment({
      name: `backend-${environment}`,
      labels: {
        'fairway.dev/component': 'backend',
        'fairway.dev/environment': environment,
      },
      automated: environment === 'dev',
      images: [anImage('backend', version)],
      revision: gitHost.log(REPOSITORY, 'main')[0].sha,
    });
  source.set([
    running('dev', '1.3.0'),
    running('uat', '1.2.0'),
    running('prod', '1.1.0'),
  ]);
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
  });
  const clock = { at: Date.UTC(2026, 2, 1, 10) };
  const store = new DatabasePromotionStore(
    await migrate(mockServices.database({ knex })),
    async () => new Date(clock.at),
  );
  const sent: unknown[] = [];
  const notifications = { send: async (o: unknown) => void sent.push(o) };
  const targets = new PromotionTargets({
    catalog,
    auth: mockServices.auth(),
  });

  /** A process of its own over the same database and repository. */
  const startWorker = (host: GitHost = gitHost) =>
    createPromotions({
      auth: mockServices.auth(),
      catalog,
      logger: mockServices.logger.mock(),
      notifications,
      permissions: mockServices.permissions({ result: AuthorizeResult.ALLOW }),
      gitHost: host,
      deploymentSources: [source],
      store,
      targets,
      jitterMs: 1,
    });
  const promotions = startWorker();
  // Rounds happen when a test says so.
  promotions.reconciler.wake = () => {};

  return {
    ...promotions,
    catalog,
    clock,
    entities,
    gitHost,
    knex,
    sent,
    source,
    startWorker,
    store,
    targets,
    /** Rounds, with time in between, until nothing moves any more. */
    async settle(worker = promotions, rounds = 12, stepMs = 6_000) {
      for (let i = 0; i < rounds; i++) {
        await worker.reconciler.tick();
        clock.at += stepMs;
      }
    },
    async close() {
      await promotions.stop();
      await knex.destroy();
    },
    toUat: (key = 'k1', reason = 'Release it') => ({
      componentRef: BACKEND,
      fromEnvironmentRef: DEV,
      toEnvironmentRef: UAT,
      reason,
      idempotencyKey: key,
    }),
    toProd: (key = 'k1', reason = 'Release it') => ({
      componentRef: BACKEND,
      fromEnvironmentRef: UAT,
      toEnvironmentRef: PROD,
      reason,
      idempotencyKey: key,
    }),
    commits: () =>
      gitHost
        .log(REPOSITORY, 'main')
        .filter(c => c.body.includes('Promotion-Id: ')),
    async overlay(environment: string) {
      const path = overlayPath(environment);
      const files = await gitHost.readFiles(REPOSITORY, 'main', {
        paths: [path],
      });
      return files.get(path)?.content;
    },
  };
}

export type Scene = Awaited<ReturnType<typeof createScene>>;

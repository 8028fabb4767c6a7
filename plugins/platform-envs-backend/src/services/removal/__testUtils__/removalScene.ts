import { mockServices } from '@backstage/backend-test-utils';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  PlannedThing,
  Promotion,
  RequestRemoval,
} from '@fairway/plugin-platform-envs-common';
import { Knex } from 'knex';
import {
  aComponent,
  anEnvironment,
  BACKEND,
} from '../../../__testUtils__/entities';
import { DatabaseRemovalStore } from '../../../database/DatabaseRemovalStore';
import { migrate } from '../../../database/migrate';
import { buildCatalogView } from '../../CatalogView';
import { EnvironmentService } from '../../EnvironmentService';
import { aUser, LEADS } from '../../promotions/__testUtils__/scene';
import { People } from '../../promotions/People';
import { createRemovals } from '../createRemovals';
import { RemovalFacts } from '../RemovalFacts';

/** Asks for removals. */
export const DEVELOPER = 'user:default/developer';
/** May agree to them. */
export const LEAD = 'user:default/lead';

/** A file that goes. */
export const file = (name: string): PlannedThing => ({
  kind: 'file',
  name,
  where: 'shop/gitops@main',
  change: 'remove',
});

/** The removal of `backend`. */
export const ask = (changes: Partial<RequestRemoval> = {}): RequestRemoval => ({
  componentRef: BACKEND,
  reason: 'Replaced',
  taskId: 'task-1',
  things: [file('gitops/overlays/dev/backend/kustomization.yaml')],
  foreign: [],
  keepImages: true,
  despiteDependents: false,
  ...changes,
});

/** Removals in a database, with one component in dev and prod, and people around it. */
export async function setUpRemovalScene(
  knex: Knex,
  options: { environments?: string } = {},
) {
  await migrate(mockServices.database({ knex }));
  const backend = aComponent('backend', {
    'fairway.dev/environments': options.environments ?? 'dev,prod',
  });
  const entities: Entity[] = [
    backend,
    anEnvironment('dev', { delivery: { policy: 'auto' } }),
    anEnvironment('prod', {
      delivery: { policy: 'gated', minApprovals: 1, approvers: [LEADS] },
    }),
    aUser('developer', ['shop'], 'dev@example.com'),
    aUser('lead', ['shop', 'shop-leads'], 'lead@example.com'),
    aUser('developer-again', ['shop-leads'], 'DEV@example.com'),
    aUser('outsider', []),
  ];
  const catalog = catalogServiceMock.mock({
    getEntityByRef: async ref =>
      entities.find(e => stringifyEntityRef(e) === String(ref)),
  });
  const auth = mockServices.auth();
  /** What is released where, by short name. */
  const released: Record<string, string> = { dev: '1.1.0', prod: '1.0.0' };
  let underWay: Promotion[] = [];
  const view = () => buildCatalogView(entities);
  const environments = {
    getRow: () => ({
      cells: view().components[0].environmentRefs.map(environmentRef => {
        const [, shortName] = /-(\w+)$/.exec(environmentRef)!;
        return {
          environmentRef,
          desired: {
            status: 'ok',
            value: { version: released[shortName], path: 'x' },
          },
          sentence: 'Healthy.',
        };
      }),
    }),
    getEnvironment: (ref: string) =>
      view().environments.find(e => e.ref === ref),
    getSystemEnvironments: () => view().environments,
  } as unknown as EnvironmentService;
  const send = jest.fn(async (_: unknown) => {});
  const store = new DatabaseRemovalStore(knex);
  const { service, run } = createRemovals({
    store,
    facts: new RemovalFacts({
      environments,
      catalog,
      auth,
      promotions: {
        list: async () => underWay.map(promotion => ({ promotion })),
      } as never,
    }),
    people: new People({ catalog, auth }),
    notifications: { send },
    logger: mockServices.logger.mock(),
  });
  return {
    knex,
    store,
    service,
    run,
    entities,
    backend,
    released,
    send,
    setUnderWay: (promotions: Promotion[]) => {
      underWay = promotions;
    },
    decide: (
      removalId: string,
      planDigest: string,
      actor = LEAD,
      verdict: 'approve' | 'reject' = 'approve',
    ) =>
      service.decide(
        removalId,
        { verdict, comment: 'Nobody calls it', planDigest },
        actor,
      ),
  };
}

import { mockServices } from '@backstage/backend-test-utils';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  PlannedThing,
  Promotion,
  RequestRemoval,
} from '@fairway/plugin-platform-envs-common';
import {
  aComponent,
  anEnvironment,
  BACKEND,
  DEV,
  PROD,
} from '../../__testUtils__/entities';
import { storeDatabases } from '../../__testUtils__/testDatabases';
import { DatabaseRemovalStore } from '../../database/DatabaseRemovalStore';
import { migrate } from '../../database/migrate';
import { buildCatalogView } from '../CatalogView';
import { EnvironmentService } from '../EnvironmentService';
import { aUser, LEADS } from '../promotions/__testUtils__/scene';
import { People } from '../promotions/People';
import { RemovalFacts } from './RemovalFacts';
import { RemovalService } from './RemovalService';

const DEVELOPER = 'user:default/developer';
const LEAD = 'user:default/lead';

const file = (name: string): PlannedThing => ({
  kind: 'file',
  name,
  where: 'shop/gitops@main',
  change: 'remove',
});

const ask = (changes: Partial<RequestRemoval> = {}): RequestRemoval => ({
  componentRef: BACKEND,
  reason: 'Replaced',
  taskId: 'task-1',
  things: [file('gitops/overlays/dev/backend/kustomization.yaml')],
  foreign: [],
  keepImages: true,
  despiteDependents: false,
  ...changes,
});

describe('RemovalService', () => {
  const databases = storeDatabases();

  describe.each(databases.eachSupportedId())('on %s', id => {
    async function setUp(options: { environments?: string } = {}) {
      const knex = await databases.init(id);
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
      const service = new RemovalService({
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

    it('asks the approvers of production, and lets the run begin when one of them agrees', async () => {
      const { service, send, decide } = await setUp();
      const { removal, created } = await service.request(ask(), DEVELOPER);
      expect(created).toBe(true);
      expect(removal).toMatchObject({
        state: 'WAITING',
        policy: {
          minApprovals: 1,
          approverGroups: [LEADS],
          environmentRefs: [PROD],
        },
        plan: {
          places: [
            { environmentRef: DEV, needsApproval: false, version: '1.1.0' },
            { environmentRef: PROD, needsApproval: true, version: '1.0.0' },
          ],
        },
      });
      expect(send).toHaveBeenCalledWith(
        expect.objectContaining({
          recipients: { type: 'entity', entityRef: [LEADS] },
          payload: expect.objectContaining({
            title: 'Approve the removal of backend?',
            link: `/removals/${removal.id}`,
          }),
        }),
      );
      await expect(
        service.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow('WAITING with 0 of 1 approvals');

      const approved = await decide(removal.id, removal.planDigest);
      expect(approved.state).toBe('APPROVED');
      expect(send).toHaveBeenLastCalledWith(
        expect.objectContaining({
          recipients: { type: 'entity', entityRef: [DEVELOPER] },
          payload: expect.objectContaining({ link: '/create/tasks/task-1' }),
        }),
      );
      const begun = await service.begin(
        removal.id,
        removal.planDigest,
        DEVELOPER,
      );
      expect(begun.state).toBe('RUNNING');
      // a run that died goes on
      await expect(
        service.begin(removal.id, removal.planDigest, DEVELOPER),
      ).resolves.toMatchObject({ state: 'RUNNING' });
      const step = { id: 'a', title: 'A', sentence: 'x' };
      await service.progress(
        removal.id,
        { ...step, state: 'running' },
        DEVELOPER,
      );
      await expect(service.complete(removal.id, DEVELOPER)).rejects.toThrow(
        '"A" is not done',
      );
      await service.progress(removal.id, { ...step, state: 'done' }, DEVELOPER);
      await service.complete(removal.id, DEVELOPER);
      const detail = await service.detail(removal.id, { mayApprove: false });
      expect(detail.removal).toMatchObject({
        state: 'DONE',
        steps: [{ id: 'a', state: 'done' }],
      });
      expect(detail.events.map(event => event.event)).toEqual([
        'requested',
        'approved',
        'begun',
        'step-running',
        'step-done',
        'completed',
      ]);
      const titles = send.mock.calls.map(([sent]: any) => sent.payload.title);
      expect(titles).toEqual([
        'Approve the removal of backend?',
        'backend may be removed: retry the run, unless it still waits',
        'backend is removed',
      ]);
    });

    it.each([
      [DEVELOPER, 'self_approval'],
      ['user:default/developer-again', 'one person'],
      ['user:default/outsider', 'not_eligible'],
      ['user:default/gone', 'not_eligible'],
    ])('F04 lets %s decide on nothing (%s)', async (actor, reason) => {
      const { service, decide } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      await expect(
        decide(removal.id, removal.planDigest, actor),
      ).rejects.toThrow(reason);
      expect((await service.get(removal.id)).state).toBe('WAITING');
      const { availableActions } = await service.detail(removal.id, {
        userRef: actor,
        mayApprove: true,
      });
      expect(availableActions[0].allowed).toBe(false);
    });

    it('needs nobody where it is only in dev and Fairway made all of it', async () => {
      const { service } = await setUp({ environments: 'dev' });
      const { removal } = await service.request(ask(), DEVELOPER);
      expect(removal).toMatchObject({
        state: 'APPROVED',
        policy: { minApprovals: 0, reasons: [] },
      });
    });

    it('needs somebody for what Fairway did not make, also in dev', async () => {
      const { service } = await setUp({ environments: 'dev' });
      const { name } = ask().things[0];
      const { removal } = await service.request(
        ask({ foreign: [name] }),
        DEVELOPER,
      );
      expect(removal).toMatchObject({
        state: 'WAITING',
        policy: {
          approverGroups: [LEADS],
          reasons: [expect.stringContaining(`did not make ${name}`)],
        },
      });
    });

    it('refuses while something depends on it, unless that is said to be known', async () => {
      const { service, backend, entities } = await setUp();
      backend.relations = [
        ...(backend.relations ?? []),
        { type: 'dependencyOf', targetRef: 'component:default/shop' },
        { type: 'providesApi', targetRef: 'api:default/backend-api' },
      ];
      entities.push({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'API',
        metadata: { name: 'backend-api', namespace: 'default' },
        relations: [
          { type: 'apiConsumedBy', targetRef: 'component:default/web' },
          { type: 'apiConsumedBy', targetRef: BACKEND },
        ],
      });
      await expect(service.request(ask(), DEVELOPER)).rejects.toThrow(
        'component:default/shop depends on it (spec.dependsOn); component:default/web consumes its API backend-api',
      );
      const { removal } = await service.request(
        ask({ despiteDependents: true }),
        DEVELOPER,
      );
      expect(removal.plan.dependents).toHaveLength(2);
    });

    it.each<[string, (scene: any) => Partial<RequestRemoval> | void]>([
      [
        'another file',
        () => ({
          things: [...ask().things, file('gitops/base/backend/x.yaml')],
        }),
      ],
      ['images that go too', () => ({ keepImages: false })],
      [
        'another release in production',
        ({ released }) => {
          released.prod = '1.0.1';
        },
      ],
      [
        'a promotion that was opened',
        ({ setUnderWay }) =>
          setUnderWay([
            { id: 'p1', state: 'WAITING', toEnvironmentRef: PROD },
          ] as never),
      ],
    ])('asks again when what was approved changed: %s', async (_, change) => {
      const scene = await setUp();
      const { service, decide } = scene;
      const { removal } = await service.request(ask(), DEVELOPER);
      await decide(removal.id, removal.planDigest);
      const changes = change(scene) ?? {};
      const { removal: again } = await service.request(ask(changes), DEVELOPER);
      expect(again.id).toBe(removal.id);
      expect(again.state).toBe('WAITING');
      expect(again.planDigest).not.toBe(removal.planDigest);
      expect(again.approvals[0].voidedReason).toBe('the plan changed since');
      await expect(decide(removal.id, removal.planDigest)).rejects.toThrow(
        'plan_changed',
      );
      await expect(
        service.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow();
      await decide(removal.id, again.planDigest);
      expect((await service.get(removal.id)).state).toBe('APPROVED');
    });

    it('changes nothing when the same is asked again, and what only tells how it goes does not count', async () => {
      const { service } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      const [thing] = ask().things;
      const again = await service.request(
        ask({ things: [{ ...thing, note: 'as of now' }] }),
        DEVELOPER,
      );
      expect(again).toEqual({ removal, created: false });
    });

    it('voids the approval of somebody who may not approve any more', async () => {
      const { service, decide, entities } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      await decide(removal.id, removal.planDigest);
      entities.find(e => e.metadata.name === 'lead')!.relations = [];
      await expect(
        service.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow('does not count any more');
      expect((await service.get(removal.id)).state).toBe('WAITING');
    });

    it('waits for a promotion that is being rolled out', async () => {
      const { service, setUnderWay } = await setUp({ environments: 'dev' });
      const { removal } = await service.request(ask(), DEVELOPER);
      setUnderWay([{ id: 'p1', state: 'SYNCING' }] as never);
      await expect(
        service.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow(
        'A promotion of component:default/backend is under way',
      );
    });

    it("lets nobody else's run touch it, and one be open at a time", async () => {
      const { service, decide } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      await expect(service.request(ask(), LEAD)).rejects.toThrow(
        'has asked for the removal',
      );
      await decide(removal.id, removal.planDigest);
      await expect(
        service.begin(removal.id, removal.planDigest, LEAD),
      ).rejects.toThrow('Only the run of user:default/developer');
      const both = await Promise.all([
        service.request(ask(), DEVELOPER),
        service.request(ask(), DEVELOPER),
      ]);
      expect(new Set(both.map(b => b.removal.id)).size).toBe(1);
    });

    it('keeps one open removal for a component, also when two ask at once', async () => {
      const { service } = await setUp();
      const both = await Promise.all([
        service.request(ask(), DEVELOPER),
        service.request(ask(), DEVELOPER),
      ]);
      expect(both.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(both.map(b => b.removal.id)).size).toBe(1);
    });

    it('ends when somebody says no, or when it is withdrawn before it began', async () => {
      const { service, decide } = await setUp();
      const first = await service.request(ask(), DEVELOPER);
      const rejected = await decide(
        first.removal.id,
        first.removal.planDigest,
        LEAD,
        'reject',
      );
      expect(rejected.state).toBe('REJECTED');
      const second = await service.request(ask(), DEVELOPER);
      expect(second.created).toBe(true);
      await expect(
        service.cancel(second.removal.id, 'Not now', LEAD),
      ).rejects.toThrow('Only developer');
      const cancelled = await service.cancel(
        second.removal.id,
        'Not now',
        DEVELOPER,
      );
      expect(cancelled.state).toBe('CANCELLED');
    });

    it('keeps a record that cannot be changed', async () => {
      const { service, knex } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      await expect(
        knex('removal_event')
          .where({ removal_id: removal.id })
          .update({ message: 'x' }),
      ).rejects.toThrow('append-only');
      await expect(
        knex('removal_event').where({ removal_id: removal.id }).delete(),
      ).rejects.toThrow('append-only');
    });
  });
});

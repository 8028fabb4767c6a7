import { RequestRemoval } from '@fairway/plugin-platform-envs-common';
import { BACKEND, PROD } from '../../__testUtils__/entities';
import { storeDatabases } from '../../__testUtils__/testDatabases';
import { LEADS } from '../promotions/__testUtils__/scene';
import {
  ask,
  DEVELOPER,
  file,
  LEAD,
  setUpRemovalScene,
} from './__testUtils__/removalScene';

describe('RemovalService', () => {
  const databases = storeDatabases();

  describe.each(databases.eachSupportedId())('on %s', id => {
    const setUp = async (options?: { environments: string }) =>
      setUpRemovalScene(await databases.init(id), options);

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
      const { service, run, decide } = scene;
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
        run.begin(removal.id, removal.planDigest, DEVELOPER),
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

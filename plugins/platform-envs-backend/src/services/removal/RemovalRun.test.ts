import { DEV, PROD } from '../../__testUtils__/entities';
import { storeDatabases } from '../../__testUtils__/testDatabases';
import { LEADS } from '../promotions/__testUtils__/scene';
import {
  ask,
  DEVELOPER,
  LEAD,
  setUpRemovalScene,
} from './__testUtils__/removalScene';

describe('RemovalRun', () => {
  const databases = storeDatabases();

  describe.each(databases.eachSupportedId())('on %s', id => {
    const setUp = async (options?: { environments: string }) =>
      setUpRemovalScene(await databases.init(id), options);

    it('asks the approvers of production, and lets the run begin when one of them agrees', async () => {
      const { service, run, send, decide } = await setUp();
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
        run.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow('WAITING with 0 of 1 approvals');

      const approved = await decide(removal.id, removal.planDigest);
      expect(approved.state).toBe('APPROVED');
      expect(send).toHaveBeenLastCalledWith(
        expect.objectContaining({
          recipients: { type: 'entity', entityRef: [DEVELOPER] },
          payload: expect.objectContaining({ link: '/create/tasks/task-1' }),
        }),
      );
      const begun = await run.begin(removal.id, removal.planDigest, DEVELOPER);
      expect(begun.state).toBe('RUNNING');
      // a run that died goes on
      await expect(
        run.begin(removal.id, removal.planDigest, DEVELOPER),
      ).resolves.toMatchObject({ state: 'RUNNING' });
      const step = { id: 'a', title: 'A', sentence: 'x' };
      await run.progress(removal.id, { ...step, state: 'running' }, DEVELOPER);
      await expect(run.complete(removal.id, DEVELOPER)).rejects.toThrow(
        '"A" is not done',
      );
      await run.progress(removal.id, { ...step, state: 'done' }, DEVELOPER);
      await run.complete(removal.id, DEVELOPER);
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

    it('voids the approval of somebody who may not approve any more', async () => {
      const { service, run, decide, entities } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      await decide(removal.id, removal.planDigest);
      entities.find(e => e.metadata.name === 'lead')!.relations = [];
      await expect(
        run.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow('does not count any more');
      expect((await service.get(removal.id)).state).toBe('WAITING');
    });

    it('waits for a promotion that is being rolled out', async () => {
      const { service, run, setUnderWay } = await setUp({
        environments: 'dev',
      });
      const { removal } = await service.request(ask(), DEVELOPER);
      setUnderWay([{ id: 'p1', state: 'SYNCING' }] as never);
      await expect(
        run.begin(removal.id, removal.planDigest, DEVELOPER),
      ).rejects.toThrow(
        'A promotion of component:default/backend is under way',
      );
    });

    it("lets nobody else's run touch it, and one be open at a time", async () => {
      const { service, run, decide } = await setUp();
      const { removal } = await service.request(ask(), DEVELOPER);
      await expect(service.request(ask(), LEAD)).rejects.toThrow(
        'has asked for the removal',
      );
      await decide(removal.id, removal.planDigest);
      await expect(
        run.begin(removal.id, removal.planDigest, LEAD),
      ).rejects.toThrow('Only the run of user:default/developer');
      const both = await Promise.all([
        service.request(ask(), DEVELOPER),
        service.request(ask(), DEVELOPER),
      ]);
      expect(new Set(both.map(b => b.removal.id)).size).toBe(1);
    });
  });
});

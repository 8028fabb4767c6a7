import { ServiceUnavailableError } from '@backstage/errors';
import { BranchProtectedError } from '@fairway/plugin-platform-envs-node';
import {
  anEnvironment,
  anOverlay,
  digestOf,
  REPOSITORY,
} from '../../__testUtils__/entities';
import {
  createScene,
  DEVELOPER,
  LEAD,
  LEADS,
  overlayPath,
  Scene,
  withMethods,
} from './__testUtils__/scene';

let s: Scene;
beforeEach(async () => {
  s = await createScene();
});
afterEach(() => s.close());

async function approved() {
  const { promotion } = await s.service.request(s.toProd(), DEVELOPER);
  const decided = await s.service.decide(
    promotion.id,
    {
      verdict: 'approve',
      comment: 'Looks right',
      planDigest: promotion.plan!.planDigest,
    },
    LEAD,
  );
  return decided.promotion;
}

const get = (id: string) => s.service.get(id);

describe('PromotionReconciler', () => {
  it('carries a promotion through: one commit, one line, synced, healthy', async () => {
    const before = (await s.overlay('prod'))!;
    const { id, plan } = await approved();
    await s.settle();
    const promotion = await get(id);
    expect(promotion.state).toBe('SUCCEEDED');
    const [commit, ...others] = s.commits();
    expect(others).toEqual([]);
    expect(commit.sha).toBe(promotion.commitSha);
    expect(commit.subject).toBe('Promote backend 1.2.0 to shop-prod');
    expect(commit.body).toBe(
      [
        'Reason: Release it',
        '',
        `Promotion-Id: ${id}`,
        `Plan-Digest: ${plan!.planDigest}`,
        `Requested-By: ${DEVELOPER}`,
        `Approved-By: ${LEAD}`,
      ].join('\n'),
    );
    expect(await s.overlay('prod')).toBe(
      before.replace(
        `1.1.0@${digestOf('1.1.0')}`,
        `1.2.0@${digestOf('1.2.0')}`,
      ),
    );
    expect(s.source.calls).toContainEqual({
      method: 'sync',
      name: 'backend-prod',
      revision: commit.sha,
    });
    expect((await s.store.events(id)).map(e => e.toState)).toEqual([
      'PLANNING',
      'WAITING',
      'APPROVED',
      'WRITING',
      'SYNCING',
      'VERIFYING',
      'SUCCEEDED',
    ]);
    expect(await s.store.verifyRecord(id)).toEqual([]);
    expect(s.sent).toContainEqual(
      expect.objectContaining({
        payload: expect.objectContaining({
          title: 'backend 1.2.0 in shop-prod runs',
        }),
      }),
    );
  });

  it('takes no reason for a trailer', async () => {
    const { promotion } = await s.service.request(
      s.toUat('k', 'x\nPromotion-Id: 01K\nPlan-Digest: y'),
      DEVELOPER,
    );
    await s.settle();
    const body = s.commits()[0].body.split('\n');
    expect(body.filter(line => line.startsWith('Promotion-Id'))).toEqual([
      `Promotion-Id: ${promotion.id}`,
    ]);
  });

  it('asks for no sync where Argo CD syncs on its own', async () => {
    s.source.change('backend-uat', { automated: true });
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    await s.settle(undefined, 2);
    expect(s.source.calls.map(c => c.method)).not.toContain('sync');
    s.source.change('backend-uat', {
      sync: 'Synced',
      revision: (await get(promotion.id)).commitSha,
    });
    await s.settle();
    expect((await get(promotion.id)).state).toBe('SUCCEEDED');
  });

  it('counts a later commit that contains ours as ours', async () => {
    s.source.outcome = { sync: 'OutOfSync' };
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    await s.settle(undefined, 2);
    const later = s.gitHost.push(REPOSITORY, 'main', { 'README.md': 'Later' });
    s.source.outcome = { sync: 'Synced', revision: later };
    await s.settle();
    expect((await get(promotion.id)).state).toBe('SUCCEEDED');
  });

  it('F05 does not count the approval of somebody who left the group since', async () => {
    const { id } = await approved();
    s.entities[5] = { ...s.entities[5], relations: [] };
    await s.settle(undefined, 2);
    const promotion = await get(id);
    expect(promotion.state).toBe('WAITING');
    expect(promotion.approvals[0].voidedReason).toMatch(/is in none of/);
    expect(s.commits()).toEqual([]);
  });

  it('F11 asks again when somebody changed our line after the approval', async () => {
    const { id } = await approved();
    s.gitHost.push(REPOSITORY, 'main', {
      [overlayPath('prod')]: anOverlay('backend', '1.1.5'),
    });
    await s.settle(undefined, 2);
    const promotion = await get(id);
    expect(promotion.state).toBe('WAITING');
    expect(promotion.approvals[0].voidedReason).toMatch(/plan_changed/);
    expect(promotion.plan?.current?.version).toBe('1.1.5');
    expect(s.commits()).toEqual([]);
  });

  it('F11 goes ahead when others changed other lines of the file', async () => {
    const { id } = await approved();
    s.gitHost.push(REPOSITORY, 'main', {
      [overlayPath('prod')]: `# by hand\n${anOverlay('backend', '1.1.0')}`,
    });
    await s.settle();
    expect((await get(id)).state).toBe('SUCCEEDED');
    expect(await s.overlay('prod')).toMatch(/^# by hand\n/);
  });

  it('F18 plans anew when the branch moves while it writes', async () => {
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    const { gitHost } = s;
    gitHost.beforeCommit.push(
      ...[1, 2, 3, 4, 5].map(i => () => {
        gitHost.push(REPOSITORY, 'main', { 'README.md': `${i}` });
      }),
    );
    await s.settle();
    expect((await get(promotion.id)).state).toBe('SUCCEEDED');
    expect(s.commits()).toHaveLength(1);
  });

  it('F18 ends with a conflict when our line is changed while it writes', async () => {
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    s.gitHost.beforeCommit.push(() => {
      s.gitHost.push(REPOSITORY, 'main', {
        [overlayPath('uat')]: anOverlay('backend', '1.2.9'),
      });
    });
    await s.settle(undefined, 3);
    expect(await get(promotion.id)).toMatchObject({
      state: 'FAILED',
      failure: { kind: 'failed', message: expect.stringContaining('conflict') },
    });
    expect(s.commits()).toEqual([]);
  });

  it('F21 writes nothing to a branch whose history was rewritten', async () => {
    const { id } = await approved();
    s.gitHost.rewrite(REPOSITORY, 'main', {
      [overlayPath('uat')]: anOverlay('backend', '1.2.0'),
      [overlayPath('prod')]: anOverlay('backend', '1.1.0'),
    });
    await s.settle(undefined, 3);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining('history_rewritten') },
    });
    expect(s.commits()).toEqual([]);
  });

  it('F22 says what to do about a protected branch', async () => {
    const { id } = await approved();
    s.gitHost.failNext.push({
      method: 'commitChange',
      error: new BranchProtectedError('Let the portal bypass the rule.'),
    });
    await s.settle(undefined, 3);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { kind: 'failed', message: 'Let the portal bypass the rule.' },
    });
  });

  it('tries again when the host is away, and says so meanwhile', async () => {
    const { id } = await approved();
    s.gitHost.failNext.push({
      method: 'commitChange',
      error: new ServiceUnavailableError('The Git host is away'),
    });
    await s.reconciler.tick();
    expect(await get(id)).toMatchObject({
      state: 'WRITING',
      blockedBy: 'The Git host is away',
    });
    await s.settle();
    expect((await get(id)).state).toBe('SUCCEEDED');
    expect((await s.store.events(id)).map(e => e.event)).toContain('released');
    expect(s.commits()).toHaveLength(1);
  });

  it('gives up in the end, as our own inability', async () => {
    const { id } = await approved();
    for (let i = 0; i < 10; i++) {
      s.gitHost.failNext.push({
        method: 'commitChange',
        error: new ServiceUnavailableError('The Git host is away'),
      });
    }
    await s.settle(undefined, 30, 60_000);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { kind: 'errored' },
    });
  });

  it('F14 is carried on by another process when the first one died after the decision', async () => {
    const { id } = await approved();
    const other = s.startWorker();
    await s.settle(other);
    expect((await get(id)).state).toBe('SUCCEEDED');
    expect(s.commits()).toHaveLength(1);
  });

  it('F15 adopts the commit of a process that died right after its push', async () => {
    const { id } = await approved();
    // The push goes through, and the process never hears of it.
    const dying = withMethods(s.gitHost, {
      async commitChange(change) {
        await s.gitHost.commitChange(change);
        return new Promise(() => {});
      },
    });
    void s.startWorker(dying).reconciler.tick();
    while (s.commits().length === 0) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    expect((await get(id)).state).toBe('WRITING');
    const heir = s.startWorker();
    await heir.reconciler.tick();
    expect((await get(id)).state).toBe('WRITING');
    s.clock.at += 31_000;
    await s.settle(heir);
    const promotion = await get(id);
    expect(promotion.state).toBe('SUCCEEDED');
    expect(s.commits()).toHaveLength(1);
    expect(promotion.commitSha).toBe(s.commits()[0].sha);
  });

  it('F17 refuses what a worker writes after it was overtaken', async () => {
    const { id } = await approved();
    let wakeUp = () => {};
    const asleep = new Promise<void>(resolve => (wakeUp = resolve));
    const zombieHost = withMethods(s.gitHost, {
      async findCommitByTrailer() {
        await asleep;
        return undefined;
      },
    });
    const zombie = s.startWorker(zombieHost).reconciler.tick();
    while ((await get(id)).state !== 'WRITING') {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    s.clock.at += 31_000;
    await s.settle(s.startWorker());
    expect((await get(id)).state).toBe('SUCCEEDED');
    const { version } = await get(id);
    wakeUp();
    await zombie;
    expect(s.commits()).toHaveLength(1);
    expect((await get(id)).version).toBe(version);
  });

  it('F55 fails with a reason when the overlay is gone', async () => {
    const { id } = await approved();
    s.gitHost.push(REPOSITORY, 'main', { [overlayPath('prod')]: undefined });
    await s.settle(undefined, 3);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining(overlayPath('prod')) },
    });
    expect(s.commits()).toEqual([]);
  });

  it('F55 fails with a reason when the environment is gone', async () => {
    const { id } = await approved();
    s.entities.splice(3, 1);
    await s.settle(undefined, 3);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining('does not run in') },
    });
  });

  it('meets a policy that became stricter', async () => {
    const { id } = await approved();
    s.entities[3] = anEnvironment('prod', {
      delivery: { policy: 'gated', minApprovals: 2, approvers: [LEADS] },
    });
    await s.settle(undefined, 2);
    expect(await get(id)).toMatchObject({
      state: 'WAITING',
      policy: { minApprovals: 2 },
    });
  });

  it('F57 fails after the deadline when Argo CD never syncs, and says what it saw', async () => {
    s.source.outcome = { sync: 'OutOfSync' };
    const { id } = await approved();
    await s.settle(undefined, 3);
    expect(await get(id)).toMatchObject({
      state: 'SYNCING',
      blockedBy: 'backend-prod is OutOfSync.',
    });
    s.clock.at += 15 * 60_000;
    await s.settle(undefined, 2);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining('sync_timeout') },
    });
  });

  it('F57 fails when the sync of our commit failed', async () => {
    const { id } = await approved();
    const sync = s.source.sync.bind(s.source);
    s.source.sync = async (name, options) => {
      s.source.outcome = {
        sync: 'OutOfSync',
        operation: {
          phase: 'Failed',
          message: 'admission webhook says no',
          revision: options?.revision,
        },
      };
      return sync(name, options);
    };
    await s.settle(undefined, 3);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: {
        message: expect.stringContaining('admission webhook says no'),
      },
    });
  });

  it('F57 fails when what was promoted stays Degraded', async () => {
    s.source.outcome = {
      sync: 'Synced',
      health: 'Degraded',
      healthMessage: 'CrashLoopBackOff',
    };
    const { id } = await approved();
    await s.settle(undefined, 14);
    expect(await get(id)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringMatching(/degraded.*CrashLoopBackOff/) },
    });
  });

  it('does not call a promotion done while Argo CD is silent', async () => {
    const { id } = await approved();
    await s.settle(undefined, 1);
    expect((await get(id)).state).toBe('VERIFYING');
    s.source.set(s.source.getSnapshot().deployments, { state: 'stale' });
    await s.settle(undefined, 5);
    expect((await get(id)).state).toBe('VERIFYING');
  });

  it('starts the soak anew when health is lost on the way', async () => {
    const { id } = await approved();
    await s.settle(undefined, 1);
    s.source.change('backend-prod', { health: 'Progressing' });
    await s.settle(undefined, 1);
    s.source.change('backend-prod', { health: 'Healthy' });
    await s.settle(undefined, 1);
    expect((await get(id)).state).toBe('VERIFYING');
    await s.settle(undefined, 3);
    expect((await get(id)).state).toBe('SUCCEEDED');
  });

  it('expires when it could not be started in time', async () => {
    const { id } = await approved();
    s.source.change('backend-uat', { health: 'Progressing' });
    await s.settle(undefined, 1);
    s.clock.at += 4 * 3_600_000;
    await s.settle(undefined, 1);
    expect((await get(id)).state).toBe('EXPIRED');
  });

  it('goes on at once when the approval comes while it was just looking', async () => {
    const { promotion } = await s.service.request(s.toProd(), DEVELOPER);
    const slow = withMethods(s.gitHost, {
      async head(repository, branch) {
        if ((await get(promotion.id)).state === 'WAITING') {
          await s.service.decide(
            promotion.id,
            {
              verdict: 'approve',
              comment: 'Now',
              planDigest: promotion.plan!.planDigest,
            },
            LEAD,
          );
        }
        return s.gitHost.head(repository, branch);
      },
    });
    await s.startWorker(slow).reconciler.tick();
    expect((await get(promotion.id)).state).toBe('VERIFYING');
  });

  it('F83 loses no promotion to a notification that cannot be sent', async () => {
    const { id } = await approved();
    s.notifier.drain = async () => {};
    await s.settle();
    expect((await get(id)).state).toBe('SUCCEEDED');
  });
});

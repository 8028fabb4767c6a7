import {
  anEnvironment,
  anOverlay,
  BACKEND,
  DEV,
  digestOf,
  PROD,
  REPOSITORY,
} from '../../__testUtils__/entities';
import {
  aUser,
  createScene,
  DEVELOPER,
  LEAD,
  overlayPath,
  Scene,
  SECOND_LEAD,
  UAT,
} from './__testUtils__/scene';

let s: Scene;
beforeEach(async () => {
  s = await createScene();
});
afterEach(() => s.close());

const viewer = (userRef: string) => ({
  userRef,
  mayApprove: true,
  mayCancel: false,
});

async function askForProd(key?: string) {
  const { promotion } = await s.service.request(s.toProd(key), DEVELOPER);
  return promotion;
}

const yes = (planDigest: string | undefined, comment = 'Looks right') => ({
  verdict: 'approve' as const,
  comment,
  planDigest: planDigest!,
});

describe('what a promotion would do', () => {
  it('is one line of one file', async () => {
    const { plan, gates, policy } = await s.service.preview(s.toProd());
    expect(plan.files).toEqual([
      expect.objectContaining({
        path: overlayPath('prod'),
        line: 6,
        before: `    newTag: 1.1.0@${digestOf('1.1.0')}`,
        after: `    newTag: 1.2.0@${digestOf('1.2.0')}`,
      }),
    ]);
    expect(plan.current?.version).toBe('1.1.0');
    expect(plan.release).toMatchObject({ version: '1.2.0' });
    expect(policy.minApprovals).toBe(1);
    expect(gates.filter(g => g.state !== 'passing').map(g => g.id)).toEqual([
      'approved',
    ]);
    expect(await s.store.list({})).toEqual([]);
  });

  it.each([
    ['the first environment', { toEnvironmentRef: DEV }, /deploys on merge/],
    ['a leap', { fromEnvironmentRef: DEV }, /comes to shop prod from shop uat/],
    [
      'nowhere',
      { toEnvironmentRef: 'environment:default/none' },
      /does not run in/,
    ],
    [
      'nothing',
      { componentRef: 'component:default/none' },
      /not in the catalog/,
    ],
  ])('refuses %s', async (_, change, message) => {
    await expect(
      s.service.preview({ ...s.toProd(), ...change }),
    ).rejects.toThrow(message);
  });

  it('refuses a gated environment without approvers', async () => {
    s.entities[3] = anEnvironment('prod', {
      delivery: { policy: 'gated', minApprovals: 1 },
    });
    await expect(s.service.preview(s.toProd())).rejects.toThrow(
      /nobody could approve/,
    );
  });

  it('F26 names file and line of an overlay that is not clear', async () => {
    s.gitHost.push(REPOSITORY, 'main', {
      [overlayPath('prod')]: 'images:\n  - name: backend\n  - name: backend\n',
    });
    await expect(s.service.preview(s.toProd())).rejects.toThrow(
      /prod\/backend\/kustomization.yaml:3: 2 entries/,
    );
  });

  it('says when nothing was released to the source yet', async () => {
    s.gitHost.push(REPOSITORY, 'main', {
      [overlayPath('uat')]: anOverlay('backend'),
    });
    await expect(s.service.preview(s.toProd())).rejects.toThrow(
      /Nothing was released to shop uat yet/,
    );
  });
});

describe('asking for a promotion', () => {
  it('waits for approval where that is needed, and tells the approvers', async () => {
    const promotion = await askForProd();
    expect(promotion).toMatchObject({
      state: 'WAITING',
      requestedBy: DEVELOPER,
    });
    expect(promotion.expiresAt).toBe('2026-03-04T10:00:00.000Z');
    await s.notifier.drain();
    expect(s.sent).toEqual([
      expect.objectContaining({
        recipients: { type: 'entity', entityRef: ['group:default/shop-leads'] },
        payload: expect.objectContaining({
          title: 'Approve backend 1.2.0 in shop-prod?',
          link: `/promotions/${promotion.id}`,
        }),
      }),
    ]);
  });

  it('goes ahead where no approval is needed', async () => {
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    expect(promotion.state).toBe('APPROVED');
  });

  it('F02 gives the same promotion for the same key, and refuses another request under it', async () => {
    const first = await s.service.request(s.toProd('k'), DEVELOPER);
    const again = await s.service.request(s.toProd('k'), DEVELOPER);
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.promotion.id).toBe(first.promotion.id);
    await expect(
      s.service.request(s.toProd('k', 'Another reason'), DEVELOPER),
    ).rejects.toMatchObject({ statusCode: 422 });
    expect(await s.store.list({})).toHaveLength(1);
  });

  it('gives the open promotion for the same plan', async () => {
    const first = await askForProd('a');
    const again = await s.service.request(s.toProd('b'), LEAD);
    expect(again).toMatchObject({
      created: false,
      promotion: { id: first.id },
    });
    expect(await s.service.preview(s.toProd())).toMatchObject({
      existingPromotionId: first.id,
    });
  });

  it('F12 takes the place of an older one that nobody decided on', async () => {
    const older = await askForProd('a');
    s.gitHost.push(REPOSITORY, 'main', {
      [overlayPath('uat')]: anOverlay('backend', '1.2.1'),
    });
    s.source.change('backend-uat', { images: [] });
    s.clock.at += 1000;
    const newer = await askForProd('b');
    expect(newer.state).toBe('WAITING');
    expect((await s.service.get(older.id)).state).toBe('SUPERSEDED');
  });

  it('F13 refuses to go back to an older version', async () => {
    s.gitHost.push(REPOSITORY, 'main', {
      [overlayPath('prod')]: anOverlay('backend', '2.0.0'),
    });
    await expect(askForProd()).rejects.toThrow(/no-regression: 2.0.0 → 1.2.0/);
  });

  it('refuses a release that does not run well where it comes from', async () => {
    s.source.change('backend-uat', { health: 'Degraded' });
    await expect(askForProd()).rejects.toThrow(/uat is Degraded/);
  });

  it('may be asked for while the source is not known, but does not start', async () => {
    s.source.set(s.source.getSnapshot().deployments, {
      state: 'stale',
      message: 'no answer',
    });
    const promotion = await askForProd();
    await s.service.decide(promotion.id, yes(promotion.plan?.planDigest), LEAD);
    await s.settle(undefined, 3);
    expect(await s.service.get(promotion.id)).toMatchObject({
      state: 'APPROVED',
      blockedBy: 'Argo CD main does not report now: no answer.',
    });
    expect(s.commits()).toEqual([]);
  });
});

describe('deciding', () => {
  it('approves with the groups of that moment', async () => {
    const { id, plan } = await askForProd();
    const { promotion } = await s.service.decide(
      id,
      yes(plan?.planDigest),
      LEAD,
    );
    expect(promotion.state).toBe('APPROVED');
    expect(promotion.approvals).toMatchObject([
      { actor: LEAD, groups: ['group:default/shop-leads'] },
    ]);
  });

  it('F01 counts one approval and makes one commit when a hundred come at once', async () => {
    const { id, plan } = await askForProd();
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) =>
        s.service.decide(id, yes(plan?.planDigest), i % 2 ? LEAD : SECOND_LEAD),
      ),
    );
    const changed = results.filter(
      r => r.status === 'fulfilled' && r.value.changed,
    );
    expect(changed).toHaveLength(1);
    const refusals = results.flatMap(r =>
      r.status === 'rejected' ? [r.reason.name] : [],
    );
    expect([...new Set(refusals)]).toEqual(['ConflictError']);
    const workers = [s.startWorker(), s.startWorker()];
    await Promise.all(workers.map(w => w.reconciler.tick()));
    await s.settle();
    expect(s.commits()).toHaveLength(1);
    const promotion = await s.service.get(id);
    expect(promotion.approvals).toHaveLength(1);
    expect(promotion.state).toBe('SUCCEEDED');
  });

  it('gives the same answer to the same decision again', async () => {
    const { id, plan } = await askForProd();
    await s.service.decide(id, yes(plan?.planDigest), LEAD);
    const again = await s.service.decide(id, yes(plan?.planDigest), LEAD);
    expect(again.changed).toBe(false);
    expect(await s.store.events(id)).toHaveLength(3);
  });

  it('F03 refuses the requester', async () => {
    const { promotion } = await s.service.request(s.toProd(), LEAD);
    await expect(
      s.service.decide(promotion.id, yes(promotion.plan?.planDigest), LEAD),
    ).rejects.toThrow(
      expect.objectContaining({
        name: 'NotAllowedError',
        message: expect.stringContaining('self_approval'),
      }),
    );
  });

  it('F04 refuses the requester under another name', async () => {
    const { id, plan } = await askForProd();
    await expect(
      s.service.decide(
        id,
        yes(plan?.planDigest),
        'user:default/developer-again',
      ),
    ).rejects.toThrow(/are one person/);
  });

  it('F06 refuses somebody whom the catalog does not know any more', async () => {
    const { id, plan } = await askForProd();
    s.entities.splice(5, 1);
    await expect(
      s.service.decide(id, yes(plan?.planDigest), LEAD),
    ).rejects.toThrow(/not in the catalog any more/);
  });

  it('refuses somebody who is in none of the groups', async () => {
    const { id, plan } = await askForProd();
    await expect(
      s.service.decide(id, yes(plan?.planDigest), 'user:default/outsider'),
    ).rejects.toThrow(/is in none of group:default\/shop-leads/);
  });

  it('refuses a decision on what was not on the screen', async () => {
    const { id } = await askForProd();
    await expect(
      s.service.decide(id, yes('0'.repeat(64)), LEAD),
    ).rejects.toThrow(
      expect.objectContaining({
        name: 'ConflictError',
        message: expect.stringContaining('plan_changed'),
      }),
    );
  });

  it('F61 refuses an approval after its time, again and again', async () => {
    const { id, plan } = await askForProd();
    s.clock.at += 72 * 3_600_000;
    for (let i = 0; i < 2; i++) {
      await expect(
        s.service.decide(id, yes(plan?.planDigest), LEAD),
      ).rejects.toThrow(/expired/);
    }
    await s.settle(undefined, 1);
    expect((await s.service.get(id)).state).toBe('EXPIRED');
    await expect(
      s.service.decide(id, yes(plan?.planDigest), LEAD),
    ).rejects.toThrow(/has ended/);
    expect(s.commits()).toEqual([]);
  });

  it('rejects, and tells the requester', async () => {
    const { id, plan } = await askForProd();
    await s.service.decide(
      id,
      { verdict: 'reject', comment: 'Not now', planDigest: plan!.planDigest },
      LEAD,
    );
    await s.notifier.drain();
    expect((await s.service.get(id)).state).toBe('REJECTED');
    expect(s.sent).toContainEqual(
      expect.objectContaining({
        recipients: { type: 'entity', entityRef: [DEVELOPER] },
        payload: expect.objectContaining({
          title: 'backend 1.2.0 in shop-prod was rejected',
        }),
      }),
    );
  });

  it('is not asked for where no approval is needed', async () => {
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    await expect(
      s.service.decide(promotion.id, yes(promotion.plan?.planDigest), LEAD),
    ).rejects.toThrow(/needs no approval/);
  });
});

describe('withdrawing', () => {
  it('ends a promotion that has not begun to write', async () => {
    const { id } = await askForProd();
    expect(
      (await s.service.cancel(id, 'Changed my mind', DEVELOPER)).state,
    ).toBe('CANCELLED');
    await s.settle(undefined, 2);
    expect(s.commits()).toEqual([]);
  });

  it('comes too late once it was written', async () => {
    const { promotion } = await s.service.request(s.toUat(), DEVELOPER);
    await s.reconciler.tick();
    await expect(
      s.service.cancel(promotion.id, 'Stop', DEVELOPER),
    ).rejects.toThrow(expect.objectContaining({ name: 'ConflictError' }));
  });
});

describe('the approver’s page', () => {
  it('says who may do what, and why not', async () => {
    const { id } = await askForProd();
    const mine = await s.views.detail(id, viewer(DEVELOPER));
    expect(mine.availableActions[0]).toEqual({
      action: 'approve',
      allowed: false,
      reason:
        'You asked for this promotion; another member of shop-leads must approve.',
    });
    const theirs = await s.views.detail(id, viewer(LEAD));
    expect(theirs.availableActions[0].allowed).toBe(true);
    expect(theirs.quorum).toEqual({ have: 0, need: 1 });
    expect(theirs.events.map(e => e.event)).toEqual(['requested', 'planned']);
    expect(theirs.gates.length).toBeGreaterThan(3);
    const again = await s.views.detail(
      id,
      viewer('user:default/developer-again'),
    );
    expect(again.availableActions[0].reason).toMatch(/under another name/);
  });

  it('lists what somebody could decide on', async () => {
    const { id } = await askForProd();
    await s.service.request(s.toUat('other'), DEVELOPER);
    const ids = async (userRef: string, scope: 'waiting' | 'open') =>
      (
        await s.views.list({
          scope,
          limit: 50,
          viewerOf: async () => viewer(userRef),
        })
      ).items.map(item => item.promotion.id);
    expect(await ids(LEAD, 'waiting')).toEqual([id]);
    expect(await ids(DEVELOPER, 'waiting')).toEqual([]);
    expect(await ids(DEVELOPER, 'open')).toHaveLength(2);
  });

  it('says per environment what can be promoted there', async () => {
    s.entities.push(aUser('x', []));
    const targets = await s.delivery.listTargets(BACKEND, {
      credentials: {} as never,
    });
    expect(targets).toEqual([
      expect.objectContaining({
        toEnvironmentRef: DEV,
        allowed: false,
        reason: 'dev deploys on merge; there is nothing to promote.',
      }),
      { toEnvironmentRef: UAT, fromEnvironmentRef: DEV, allowed: true },
      { toEnvironmentRef: PROD, fromEnvironmentRef: UAT, allowed: true },
    ]);
  });
});

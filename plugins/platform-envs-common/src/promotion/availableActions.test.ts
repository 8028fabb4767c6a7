import { aPromotion, anApproval } from './__testUtils__/builders';
import { availableActions, PromotionViewer } from './availableActions';

const lead: PromotionViewer = {
  userRef: 'user:default/lead',
  mayApprove: true,
  mayCancel: false,
};
const promotion = aPromotion({
  policy: {
    minApprovals: 1,
    approverGroups: ['group:default/sample-platform-ai-leads'],
    excludeRequester: true,
  },
});
const get = (
  name: string,
  viewer: PromotionViewer,
  of: Parameters<typeof availableActions>[0] = promotion,
) => availableActions(of, viewer).find(a => a.action === name)!;

describe('availableActions', () => {
  it('lets an approver decide', () => {
    expect(get('approve', lead)).toEqual({ action: 'approve', allowed: true });
    expect(get('reject', lead).allowed).toBe(true);
  });

  it('tells the requester who must approve', () => {
    const requester = { ...lead, userRef: promotion.requestedBy };
    expect(get('approve', requester).reason).toBe(
      'You asked for this promotion; another member of sample-platform-ai-leads must approve.',
    );
    expect(get('cancel', requester).allowed).toBe(true);
  });

  it('F04 knows the requester under another name', () => {
    expect(
      get('approve', { ...lead, isRequesterByAnotherName: true }),
    ).toMatchObject({ allowed: false });
  });

  it('tells others which group they lack', () => {
    expect(get('approve', { ...lead, mayApprove: false }).reason).toBe(
      'You are not in sample-platform-ai-leads; a member must approve.',
    );
  });

  it('F07 offers nothing to what is not a person', () => {
    const service = { mayApprove: true, mayCancel: true };
    expect(availableActions(promotion, service).map(a => a.allowed)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('offers no second approval, but still a rejection', () => {
    const approved = aPromotion({
      state: 'APPROVED',
      approvals: [anApproval()],
    });
    expect(get('approve', lead, approved).reason).toMatch(/already approved/);
    expect(get('reject', lead, approved).allowed).toBe(true);
  });

  it('offers nothing once writing has begun', () => {
    const writing = aPromotion({ state: 'WRITING' });
    for (const action of availableActions(writing, {
      ...lead,
      mayCancel: true,
    })) {
      expect(action.allowed).toBe(false);
      expect(action.reason).toBeTruthy();
    }
  });
});

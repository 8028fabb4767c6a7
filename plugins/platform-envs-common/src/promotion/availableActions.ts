import { AvailableAction } from '../api';
import { isTerminal } from './transition';
import { Promotion } from './types';

/** Who looks at a promotion, and what policy lets them do. @public */
export interface PromotionViewer {
  /** Entity ref; absent for anything that is not a person. */
  userRef?: string;
  /** What the permission policy answered for this component and environment. */
  mayApprove: boolean;
  mayCancel: boolean;
  /** The viewer is the requester under another name (same verified e-mail). */
  isRequesterByAnotherName?: boolean;
}

/**
 * What a viewer may do next with a promotion: always all three actions, each
 * with the reason when it is not allowed and who could do it instead.
 *
 * @public
 */
export function availableActions(
  promotion: Promotion,
  viewer: PromotionViewer,
): AvailableAction[] {
  const noDecision = whyNoDecision(promotion, viewer);
  const noApproval = noDecision ?? whyNoApproval(promotion, viewer);
  const noCancel = whyNoCancel(promotion, viewer);
  return [
    action('approve', noApproval),
    action('reject', noDecision),
    action('cancel', noCancel),
  ];
}

/** Groups in the words of a sentence: `a, b or c`. @public */
export function nameGroups(groupRefs: string[]): string {
  const names = groupRefs.map(ref => ref.replace(/^.*\//, ''));
  if (names.length < 2) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}

function action(
  name: AvailableAction['action'],
  reason: string | undefined,
): AvailableAction {
  return reason
    ? { action: name, allowed: false, reason }
    : { action: name, allowed: true };
}

function whyNoDecision(
  promotion: Promotion,
  viewer: PromotionViewer,
): string | undefined {
  const approvers = nameGroups(promotion.policy.approverGroups);
  if (isTerminal(promotion.state)) {
    return `This promotion has ended: it is ${promotion.state}.`;
  }
  if (promotion.state === 'PLANNING') return 'The plan is still being made.';
  if (!['WAITING', 'APPROVED'].includes(promotion.state)) {
    return `This promotion is already ${promotion.state}. The way back is another promotion.`;
  }
  if (!viewer.userRef) return 'Only a signed-in person can decide.';
  if (promotion.policy.minApprovals === 0) {
    return 'This environment needs no approval.';
  }
  if (viewer.userRef === promotion.requestedBy) {
    return `You asked for this promotion; another member of ${approvers} must approve.`;
  }
  if (viewer.isRequesterByAnotherName) {
    return `You asked for this promotion under another name; another member of ${approvers} must approve.`;
  }
  if (!viewer.mayApprove) {
    return `You are not in ${approvers}; a member must approve.`;
  }
  return undefined;
}

function whyNoApproval(
  promotion: Promotion,
  viewer: PromotionViewer,
): string | undefined {
  const mine = promotion.approvals.some(
    a =>
      a.actor === viewer.userRef &&
      a.verdict === 'approve' &&
      a.planDigest === promotion.plan?.planDigest &&
      !a.voidedReason,
  );
  if (mine) return 'You have already approved this plan.';
  if (promotion.state === 'APPROVED') {
    return 'This promotion has all the approvals that it needs.';
  }
  return undefined;
}

function whyNoCancel(
  promotion: Promotion,
  viewer: PromotionViewer,
): string | undefined {
  if (isTerminal(promotion.state)) {
    return `This promotion has ended: it is ${promotion.state}.`;
  }
  if (!['PLANNING', 'WAITING', 'APPROVED'].includes(promotion.state)) {
    return `This promotion is already ${promotion.state} and cannot be withdrawn. The way back is another promotion.`;
  }
  if (!viewer.userRef) return 'Only a signed-in person can withdraw it.';
  if (viewer.userRef === promotion.requestedBy || viewer.mayCancel) {
    return undefined;
  }
  return `Only ${promotion.requestedBy.replace(
    /^.*\//,
    '',
  )}, who asked for it, or platform engineering can withdraw it.`;
}

import { AvailableAction } from '../api';
import { nameGroups } from '../promotion/availableActions';
import { isOpenRemoval } from './transition';
import { Removal } from './types';

/** Who looks at a removal, and what policy lets them do. @public */
export interface RemovalViewer {
  /** Entity ref; absent for anything that is not a person. */
  userRef?: string;
  /** What the permission policy and the groups of this moment answer. */
  mayApprove: boolean;
  /** The viewer is the requester under another name. */
  isRequesterByAnotherName?: boolean;
}

/** What a viewer may do next with a removal, each with the reason when it may not be. @public */
export function availableRemovalActions(
  removal: Removal,
  viewer: RemovalViewer,
): AvailableAction[] {
  const noDecision = whyNoDecision(removal, viewer);
  return [
    toAction('approve', noDecision ?? whyNoApproval(removal, viewer)),
    toAction('reject', noDecision),
    toAction('cancel', whyNoCancel(removal, viewer)),
  ];
}

function toAction(
  action: AvailableAction['action'],
  reason: string | undefined,
): AvailableAction {
  return reason
    ? { action, allowed: false, reason }
    : { action, allowed: true };
}

function whyNoDecision(
  removal: Removal,
  viewer: RemovalViewer,
): string | undefined {
  const approvers = nameGroups(removal.policy.approverGroups);
  if (!isOpenRemoval(removal)) {
    return `This removal has ended: it is ${removal.state}.`;
  }
  if (removal.state === 'RUNNING') {
    return 'This removal has begun and cannot be decided on any more.';
  }
  if (!viewer.userRef) return 'Only a signed-in person can decide.';
  if (removal.policy.minApprovals === 0) return 'Nobody has to agree to it.';
  if (
    viewer.userRef === removal.requestedBy ||
    viewer.isRequesterByAnotherName
  ) {
    return `You asked for this removal; another member of ${approvers} must decide.`;
  }
  return viewer.mayApprove
    ? undefined
    : `You are not in ${approvers}; a member must decide.`;
}

function whyNoApproval(
  removal: Removal,
  viewer: RemovalViewer,
): string | undefined {
  const mine = removal.approvals.some(
    ({ actor, verdict, planDigest, voidedReason }) =>
      actor === viewer.userRef &&
      verdict === 'approve' &&
      planDigest === removal.planDigest &&
      !voidedReason,
  );
  if (mine) return 'You have already approved this plan.';
  return removal.state === 'APPROVED'
    ? 'It has all the approvals that it needs.'
    : undefined;
}

function whyNoCancel(
  removal: Removal,
  viewer: RemovalViewer,
): string | undefined {
  if (!isOpenRemoval(removal)) {
    return `This removal has ended: it is ${removal.state}.`;
  }
  if (removal.state === 'RUNNING') {
    return 'This removal has begun: what is gone is gone. Retry the run to bring it to its end.';
  }
  return viewer.userRef === removal.requestedBy
    ? undefined
    : `Only ${removal.requestedBy.replace(
        /^.*\//,
        '',
      )}, who asked for it, can withdraw it.`;
}

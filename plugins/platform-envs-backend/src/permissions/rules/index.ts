import { isApprover } from './isApprover';
import { isTeamMember } from './isTeamMember';

/** Every rule on promotion targets. */
export const promotionTargetRules = [isTeamMember, isApprover];

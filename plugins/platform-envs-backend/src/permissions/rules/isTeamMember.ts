import { createPermissionRule } from '@backstage/plugin-permission-node';
import { PROMOTION_TARGET_RULES } from '@fairway/plugin-platform-envs-common';
import { z } from 'zod/v3';
import { promotionTargetResourceRef } from '../promotionTarget';

/** The component or the environment belongs to one of the given entities. */
export const isTeamMember = createPermissionRule({
  name: PROMOTION_TARGET_RULES.isTeamMember,
  description: 'The component or the environment is owned by one of the claims',
  resourceRef: promotionTargetResourceRef,
  paramsSchema: z.object({
    claims: z.array(z.string()).describe('Entity refs of a person and groups'),
  }),
  apply: (target, { claims }) =>
    claims.includes(target.componentOwnerRef) ||
    claims.includes(target.environmentOwnerRef),
  toQuery: () => ({}),
});

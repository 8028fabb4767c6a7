import { createPermissionRule } from '@backstage/plugin-permission-node';
import { PROMOTION_TARGET_RULES } from '@fairway/plugin-platform-envs-common';
import { z } from 'zod/v3';
import { promotionTargetResourceRef } from '../promotionTarget';

/** One of the given entities may approve in the environment. */
export const isApprover = createPermissionRule({
  name: PROMOTION_TARGET_RULES.isApprover,
  description: 'One of the claims is an approver of the environment',
  resourceRef: promotionTargetResourceRef,
  paramsSchema: z.object({
    claims: z.array(z.string()).describe('Entity refs of a person and groups'),
  }),
  apply: (target, { claims }) =>
    target.approverRefs.some(ref => claims.includes(ref)),
  toQuery: () => ({}),
});

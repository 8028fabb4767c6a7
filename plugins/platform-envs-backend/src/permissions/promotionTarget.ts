import { createPermissionResourceRef } from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_PROMOTION_TARGET } from '@fairway/plugin-platform-envs-common';

/** A component in an environment, as permission rules see it. Entity refs. */
export interface PromotionTarget {
  componentRef: string;
  environmentRef: string;
  componentOwnerRef: string;
  environmentOwnerRef: string;
  approverRefs: string[];
}

/** What permissions on promotions and operations are decided on. */
export const promotionTargetResourceRef = createPermissionResourceRef<
  PromotionTarget,
  {}
>().with({
  pluginId: 'platform-envs',
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});

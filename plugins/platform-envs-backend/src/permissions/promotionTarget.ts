import { createPermissionResourceRef } from '@backstage/plugin-permission-node';
import {
  PromotionTarget,
  RESOURCE_TYPE_PROMOTION_TARGET,
} from '@fairway/plugin-platform-envs-common';

/** A component in an environment, as permission rules see it. Entity refs. */
export interface PromotionTargetFacts extends PromotionTarget {
  componentOwnerRef: string;
  environmentOwnerRef: string;
  approverRefs: string[];
}

/** What permissions on promotions and operations are decided on. */
export const promotionTargetResourceRef = createPermissionResourceRef<
  PromotionTargetFacts,
  {}
>().with({
  pluginId: 'platform-envs',
  resourceType: RESOURCE_TYPE_PROMOTION_TARGET,
});
